/** Moves a finished build into its folder while a program built before may still be running from there. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

function filesIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => statSync(join(folder, file)).isFile());
}

/**
 * Moves all files of `from` into `to`: the ones named in `last` come last, so that an entry never names a part that is not
 * there. Files listed in `keep` (the build before this one) stay for one more build, because a running server or an
 * open page still loads its parts lazily; anything older goes. Returns the files of this build.
 */
export function place({ from, to, last, keep }) {
  const files = filesIn(from);
  const ordered = [...files.filter((file) => !last.includes(file)), ...files.filter((file) => last.includes(file))];
  for (const file of ordered) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    renameSync(join(from, file), join(to, file));
  }
  const stays = new Set([...files, ...keep]);
  for (const file of existsSync(to) ? filesIn(to) : []) {
    if (!stays.has(file)) rmSync(join(to, file));
  }
  rmSync(from, { recursive: true, force: true });
  return files;
}
