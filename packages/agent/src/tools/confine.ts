/** Paths that a model gives: where they really lead, and no way out of the session's folder. */
import { lstat, readlink } from 'node:fs/promises';
import { isAbsolute, join, posix, sep } from 'node:path';
import { refuseHidden } from './hidden-characters.js';
import { isSystemError, Refusal } from './refusal.js';

/** A path inside the root. No part of it was a link when it was looked at. */
export interface Inside {
  /** Relative to the root, with `/`; `.` is the root. */
  name: string;
  /** Absolute. */
  path: string;
  /** Whether something is there. */
  exists: boolean;
}

interface Step {
  name: string;
  /** The link whose target this part stands in. */
  link: string | null;
}

const linksMax = 40;
const separators = sep === '\\' ? /[\\/]/ : /\//;

/** The parts of an absolute path below `root`, `null` where it is elsewhere. `..` in it is not resolved. */
function partsBelow(root: string, path: string): string[] | null {
  if (path === root) return [];
  const start = root.endsWith(sep) ? root : root + sep;
  return path.startsWith(start) ? path.slice(start.length).split(separators) : null;
}

/** True where `path`, absolute and real, is `root` or below it. */
export function isWithin(root: string, path: string): boolean {
  return partsBelow(root, path) !== null;
}

/** The path is one, and it is not this session's. */
export class LeadsOut extends Refusal {}

function leadsOut(given: string, link?: string): LeadsOut {
  const through = link === undefined ? '' : ` through the link ${link}`;
  return new LeadsOut(`${given} leads out of the session's folder${through}.`);
}

function firstSteps(root: string, given: string, from: string): string[] {
  if (given === '') throw new Refusal('The path is empty. The session’s folder itself is `.`.');
  refuseHidden('The path', given);
  if (/^~[^/\\]*([/\\]|$)/.test(given)) {
    throw new LeadsOut(`${given} leads out of the session's folder: ~ is a home. A file of that name is ./${given}.`);
  }
  if (!isAbsolute(given)) return [...from.split('/'), ...given.split(separators)];
  const parts = partsBelow(root, given);
  if (parts === null) throw leadsOut(given);
  return parts;
}

/**
 * Finds where a path really leads, link by link.
 * @param root The session's folder, absolute and real.
 * @param given As the model wrote it: relative to `from`, or absolute below the root.
 * @param from A folder inside the root, relative to it with `/`.
 * @throws Refusal where any part of it leaves the root, is `~`, holds a hidden character, or is a link to nothing.
 */
export async function resolveInside(root: string, given: string, from = '.'): Promise<Inside> {
  const todo: Step[] = firstSteps(root, given, from).map((name) => ({ name, link: null }));
  const done: string[] = [];
  // How many of the last parts are not there.
  let missing = 0;
  let links = 0;
  for (let step = todo.shift(); step !== undefined; step = todo.shift()) {
    if (step.name === '' || step.name === '.') continue;
    if (step.name === '..') {
      if (done.pop() === undefined) throw leadsOut(given, step.link ?? undefined);
      missing = Math.max(0, missing - 1);
      continue;
    }
    const name = posix.join(...done, step.name);
    const found: Look = missing === 0 ? await lookAt(join(root, name), given) : 'nothing';
    if (found === 'link') {
      links += 1;
      if (links > linksMax) throw new Refusal(`${given} goes through too many links.`);
      const target = await targetOf(root, name, given);
      if (target.fromRoot) done.length = 0;
      todo.unshift(...target.parts.map((part) => ({ name: part, link: name })));
      continue;
    }
    if (found === 'nothing' && step.link !== null) {
      throw new Refusal(`${given} goes through the link ${step.link}, which leads to nothing.`);
    }
    if (found === 'nothing') missing += 1;
    done.push(step.name);
  }
  return { name: posix.join(...done) || '.', path: join(root, ...done), exists: missing === 0 };
}

async function targetOf(root: string, link: string, given: string): Promise<{ parts: string[]; fromRoot: boolean }> {
  const target = await readlink(join(root, link));
  if (!isAbsolute(target)) return { parts: target.split(separators), fromRoot: false };
  const parts = partsBelow(root, target);
  if (parts === null) throw leadsOut(given, link);
  return { parts, fromRoot: true };
}

type Look = 'thing' | 'link' | 'nothing';

async function lookAt(path: string, given: string): Promise<Look> {
  try {
    return (await lstat(path)).isSymbolicLink() ? 'link' : 'thing';
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 'nothing';
    if (isSystemError(error, 'ENOTDIR')) throw new Refusal(`${given} goes through a file as if it were a folder.`);
    throw error;
  }
}

/**
 * A path as permissions see it: relative to the root and without detours, so that `src/../secrets/x` and the absolute
 * spelling are matched by a rule for `secrets/*`. Looks at no file: it does not follow links.
 */
export function plainPath(given: string, root?: string): string {
  const parts = root !== undefined && isAbsolute(given) ? partsBelow(root, posix.normalize(given)) : null;
  return posix.normalize(parts?.join('/') || (parts ? '.' : given)).replace(/(?<=.)\/$/, '');
}
