/** Content hashes of source trees. Content, not times: a checkout or a copy changes every time stamp and no byte. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inTree } from './tree.mjs';

/** What never reaches a build: tests and their fixtures, notes. */
const besideTheSource = /\.test\.tsx?$|\.md$|^fixtures$|^node_modules$/;

function filesBelow(path) {
  if (!statSync(inTree(path)).isDirectory()) return [path];
  return readdirSync(inTree(path))
    .filter((name) => !besideTheSource.test(name))
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** One hash over names and contents of all files under `paths` (relative to the clone; absent ones count as absent). */
export function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const files = existsSync(inTree(path)) ? filesBelow(path) : [];
    for (const file of files)
      hash
        .update(`${file}\0`)
        .update(readFileSync(inTree(file)))
        .update('\0');
  }
  return hash.digest('hex');
}
