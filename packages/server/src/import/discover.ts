/** Finds the logs of all agents below their roots. Looks at names and sizes only; opens nothing. */
import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Importer, importers, type SourceFormat, type Surroundings } from '@taffrail/importers';
import { type FileLook, lookAt } from './fingerprint.js';

export interface FoundRoot {
  importer: Importer;
  path: string;
}

export interface FoundSource extends FileLook {
  importer: Importer;
  root: string;
  /** Below the root, with `/`. */
  path: string;
  absolute: string;
  format: SourceFormat;
}

export interface Discovery {
  roots: FoundRoot[];
  sources: FoundSource[];
  problems: { path: string; message: string }[];
}

/** All roots of the chosen agents (all when none is named), whether they exist or not. */
export function rootsOf(surroundings: Surroundings, agents: readonly string[] = []): FoundRoot[] {
  return importers
    .filter((importer) => agents.length === 0 || agents.includes(importer.agent))
    .flatMap((importer) => importer.roots(surroundings).map((path) => ({ importer, path })));
}

/** The logs below `roots`, oldest first, so that an original usually comes before its forks. */
export function discover(roots: readonly FoundRoot[]): Discovery {
  const discovery: Discovery = { roots: [...roots], sources: [], problems: [] };
  for (const root of roots) walk(root, '', { seen: new Set(), entered: () => undefined }, discovery);
  return inOrder(discovery);
}

export interface Steps {
  /** The real paths of folders that are not to be entered again; those entered are added. */
  seen: Set<string>;
  /** Told of each folder, with its real path, before its entries are listed. */
  entered: (folder: string, real: string) => void;
}

/** The logs at or below one folder of a root (`''`: the root itself), in the same order. */
export function discoverBelow(root: FoundRoot, folder: string, steps: Steps): Discovery {
  const discovery: Discovery = { roots: [root], sources: [], problems: [] };
  walk(root, folder, steps, discovery);
  return inOrder(discovery);
}

function inOrder(discovery: Discovery): Discovery {
  discovery.sources.sort(
    (one, other) => placeInTime(one) - placeInTime(other) || (one.absolute < other.absolute ? -1 : 1),
  );
  return discovery;
}

/** A session's many documents are written again and again: their names, not their times, tell their order. */
const placeInTime = ({ format, mtimeMs }: FoundSource): number => (format === 'document' ? 0 : mtimeMs);

/** One file of a root, as `discover` would find it; `null` when it is no log or is gone. */
export function sourceAt(root: FoundRoot, path: string): FoundSource | null {
  const format = root.importer.classify(path);
  if (!format) return null;
  const absolute = join(root.path, path);
  const look = databaseLook(absolute, format) ?? lookAt(absolute);
  return look ? { ...look, importer: root.importer, root: root.path, path, absolute, format } : null;
}

/** A database's recent writes are in its write-ahead log: both files make up how it looks. */
function databaseLook(absolute: string, format: SourceFormat): FileLook | null {
  if (format !== 'database') return null;
  const [main, log] = [lookAt(absolute), lookAt(`${absolute}-wal`)];
  if (!main || !log || log.sizeBytes === 0) return main;
  return {
    sizeBytes: main.sizeBytes + log.sizeBytes,
    mtimeMs: Math.max(main.mtimeMs, log.mtimeMs),
    fingerprint: `${main.fingerprint}|${log.fingerprint}`,
  };
}

/** Names of folders directly below a root that hold no logs and need not be watched. */
export function uninteresting({ importer, path }: FoundRoot): string[] {
  if (!importer.enters) return [];
  const folders = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((entry) => entry.name).filter((name) => !importer.enters?.(name));
}

/** Walks a folder once, however many links lead to it: a loop of links ends where it began. */
function walk(root: FoundRoot, folder: string, steps: Steps, discovery: Discovery): void {
  for (const entry of listOf(root, folder, steps, discovery)) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() || (entry.isSymbolicLink() && !root.importer.classify(path))) {
      if (root.importer.enters?.(path) ?? true) walk(root, path, steps, discovery);
    } else {
      const source = sourceAt(root, path);
      if (source) discovery.sources.push(source);
    }
  }
}

function listOf(root: FoundRoot, folder: string, { seen, entered }: Steps, discovery: Discovery): Dirent[] {
  const absolute = join(root.path, folder);
  try {
    const real = realpathSync(absolute);
    if (seen.has(real)) return [];
    seen.add(real);
    entered(folder, real);
    // What is really here comes before what links lead to, so that a file keeps its path when a link to it is added.
    const entries = readdirSync(absolute, { withFileTypes: true });
    return entries.sort((one, other) => Number(one.isSymbolicLink()) - Number(other.isSymbolicLink()));
  } catch (error) {
    // A root that is not there is an agent that is not installed; a link may lead nowhere or to a file.
    if (!expected.has((error as NodeJS.ErrnoException).code))
      discovery.problems.push({ path: absolute, message: error instanceof Error ? error.message : String(error) });
    return [];
  }
}

const expected = new Set<string | undefined>(['ENOENT', 'ENOTDIR', 'ELOOP']);
