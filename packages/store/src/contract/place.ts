/** Where a contract's test keeps its store: empty at first, opened as often as wanted, and what is asked of it. */
import { emptySession, foldRows, type SessionState } from '@taffrail/session';
import type { Row } from '@taffrail/wire';
import type { CommitResult, SessionAppend } from '../commit.js';
import { readRows } from '../reading/rows.js';
import { timeline } from '../reading/timeline.js';
import { TurnFiles } from '../reading/turn-files.js';
import type { Store } from '../store.js';

export interface Place {
  /** Opens the store that is kept here. A second opening sees what the first has committed. */
  open(): Promise<Store>;
}

/** Makes a new, empty place. */
export type NewPlace = () => Promise<Place>;

export async function emptyStore(newPlace: NewPlace): Promise<Store> {
  return (await newPlace()).open();
}

export function commit(store: Store, ...appends: SessionAppend[]): Promise<CommitResult> {
  return store.commit({ appends, index: 'now' });
}

export async function numOf(store: Store, sessionId: string): Promise<number> {
  const { num } = await sessionOf(store, sessionId);
  return num;
}

export async function timelineOf(store: Store, sessionId: string, files = new TurnFiles(store.queries)) {
  const session = await sessionOf(store, sessionId);
  return timeline(store.queries, session, await files.of(session));
}

export const turnsOf = async (store: Store, sessionId: string) => (await timelineOf(store, sessionId)).turns;

export function sessionOf(store: Store, sessionId: string) {
  return store.queries.selectFrom('sessions').selectAll().where('id', '=', sessionId).executeTakeFirstOrThrow();
}

export async function logOf(store: Store, sessionId: string): Promise<Row[]> {
  return readRows(store.queries, await numOf(store, sessionId), 0, 1_000_000);
}

export async function stateOf(store: Store, sessionId: string): Promise<SessionState> {
  return foldRows(emptySession, await logOf(store, sessionId));
}

/** Everything that a batch can change, to see that one has changed nothing. */
export async function everything(store: Store): Promise<unknown> {
  const tables = [
    'sessions',
    'rows',
    'usage_facts',
    'usage_buckets',
    'activity_buckets',
    'tool_buckets',
    'usage_claims',
    'sources',
    'source_sessions',
    'source_problems',
  ] as const;
  const contents = await Promise.all(tables.map((table) => store.queries.selectFrom(table).selectAll().execute()));
  const blobs = await store.queries.selectFrom('blobs').select(['hash', 'size']).orderBy('hash').execute();
  return [...contents, blobs];
}
