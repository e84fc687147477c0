/** Brings the archive to what the file system shows: reads what changed, marks what is gone or back. */
import { join, sep } from 'node:path';
import type { CommitResult, Store } from '@taffrail/store';
import type { FoundRoot, FoundSource } from './discover.js';
import type { KnownSource } from './read-source.js';
import { type ImportOptions, ImportRun } from './run-import.js';

/** What the archive knows of a source: enough to tell whether it changed, without what its reading goes on from. */
export interface KnownLook {
  path: string;
  fingerprint: string;
  importer_version: number;
  missing_since: number | null;
}

export interface Reconciling extends Pick<ImportOptions, 'surroundings' | 'agents'> {
  store: Store;
  onCommit: (result: CommitResult) => void;
  stopped: () => boolean;
}

/** The known sources at or below one path of a root (`''`: all of the root). */
export function knownWithin(store: Store, root: FoundRoot, path: string): Promise<KnownLook[]> {
  const ofRoot = store.queries
    .selectFrom('sources')
    .select(['path', 'fingerprint', 'importer_version', 'missing_since'])
    .where('root', '=', root.path);
  if (path === '') return ofRoot.execute();
  const absolute = join(root.path, path);
  // What begins with a text lies between it and the text with its last character raised by one.
  const beyond = `${absolute}${String.fromCharCode(sep.charCodeAt(0) + 1)}`;
  return ofRoot
    .where(({ or, and, eb }) =>
      or([eb('path', '=', absolute), and([eb('path', '>=', `${absolute}${sep}`), eb('path', '<', beyond)])]),
    )
    .execute();
}

/** `known` and `found` are the same part of a root, as it was and as it is. Unchanged files are not opened. */
export async function reconcile(
  options: Reconciling,
  known: readonly KnownLook[],
  found: readonly FoundSource[],
): Promise<void> {
  const before = new Map(known.map((look) => [look.path, look]));
  const present = new Set(found.map((source) => source.absolute));
  const gone = known.filter((look) => look.missing_since === null && !present.has(look.path));
  const back = known.filter((look) => look.missing_since !== null && present.has(look.path));
  await mark(options, gone, true);
  await mark(options, back, false);
  const changed = found.filter((source) => isChanged(source, before.get(source.absolute)));
  if (changed.length > 0) await readAll(options, changed);
}

function isChanged(source: FoundSource, known: KnownLook | undefined): boolean {
  return known?.fingerprint !== source.fingerprint || known.importer_version !== source.importer.version;
}

/** Their sessions stay and say so. */
async function mark(options: Reconciling, looks: readonly KnownLook[], missing: boolean): Promise<void> {
  const sessionIds = new Set<string>();
  for (const { path } of looks) {
    if (options.stopped()) break;
    for (const sessionId of await options.store.markMissing(path, missing)) sessionIds.add(sessionId);
  }
  if (sessionIds.size === 0) return;
  const changed = [...sessionIds].map((sessionId) => ({ sessionId, head: 0 }));
  options.onCommit({ changed, newRows: 0, newRequests: 0, newSessions: [], stale: [] });
}

async function readAll(options: Reconciling, sources: readonly FoundSource[]): Promise<void> {
  const known = new Map<string, KnownSource>();
  const run = new ImportRun({ ...options, index: 'now', now: Date.now }, sources, known);
  for (const source of sources) {
    if (options.stopped()) return;
    const row = await options.store.queries
      .selectFrom('sources')
      .selectAll()
      .where('path', '=', source.absolute)
      .executeTakeFirst();
    if (row) known.set(source.absolute, row);
    await run.read(source);
    known.delete(source.absolute);
  }
}
