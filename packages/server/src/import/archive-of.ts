/** A temporary archive that imports a home folder, and what it then holds, for tests of importing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itemPage, openSqlite, type Store } from '@taffrail/store';
import type { ImportReport, UsageTotals } from '@taffrail/wire';
import { type ImportOptions, runImport } from './run-import.js';

export interface Archive {
  /** A folder to put logs into: the home of the agents. */
  home: string;
  databasePath: string;
  store: Store;
  import(some?: Partial<ImportOptions>): Promise<ImportReport>;
  remove(): Promise<void>;
}

export function emptyArchive(): Archive {
  const folder = mkdtempSync(join(tmpdir(), 'taffrail-import-'));
  const databasePath = join(folder, 'taffrail.db');
  const store = openSqlite({ path: databasePath, now: Date.now });
  const surroundings = { home: join(folder, 'home'), env: {} };
  return {
    home: surroundings.home,
    databasePath,
    store,
    import: (some) => runImport({ store, surroundings, agents: [], index: 'now', now: Date.now, ...some }),
    remove: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface SessionContent {
  items: { id: string; turnId: string | null; step: number | null; item: unknown }[];
  totals: UsageTotals | null;
  requests: unknown[];
}

/**
 * What was read, by session: no seqs, and nothing that depends on when it was read. The items of a session that is
 * written in several files stand in the order of their names, because either file may be read first.
 */
export async function contentOf(store: Store): Promise<Record<string, SessionContent>> {
  const sessions = await store.queries.selectFrom('sessions').selectAll().orderBy('id').execute();
  const spread = await sessionsInSeveralFiles(store);
  const contents = await Promise.all(
    sessions.map(async ({ num, id, item_count: total, totals }) => {
      const { items } = await itemPage(store.queries, { num, total, limit: 1_000_000 });
      const plain = items.map(({ seq: _seq, at: _at, ...item }) => item);
      const content: SessionContent = {
        items: spread.has(id) ? plain.sort((one, other) => (one.id < other.id ? -1 : 1)) : plain,
        totals: totals === null ? null : (JSON.parse(totals) as UsageTotals),
        requests: await requestsOf(store, num),
      };
      return [id, content] as const;
    }),
  );
  return Object.fromEntries(contents);
}

async function sessionsInSeveralFiles(store: Store): Promise<ReadonlySet<string>> {
  const rows = await store.queries
    .selectFrom('source_sessions')
    .innerJoin('sources', 'sources.path', 'source_sessions.path')
    .select('session_id')
    .where('format', '=', 'lines')
    .groupBy('session_id')
    .having((builder) => builder.fn.countAll<number>(), '>', 1)
    .execute();
  return new Set(rows.map((row) => row.session_id));
}

function requestsOf(store: Store, num: number): Promise<unknown[]> {
  return store.queries
    .selectFrom('usage_facts')
    .select(['attempt_id', 'key', 'at', 'model', 'final', 'inherited_from', 'counted'])
    .select(['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'reasoning_tokens'])
    .where('num', '=', num)
    .orderBy('attempt_id')
    .execute();
}

/** What is said about each session in lists. */
export function descriptionsOf(store: Store) {
  return store.queries
    .selectFrom('sessions')
    .select(['id', 'agent', 'title', 'cwd', 'project', 'branch', 'model', 'effort', 'agent_version'])
    .select(['parent_id', 'forked_from', 'status', 'created_at', 'updated_at', 'item_count', 'turn_count'])
    .orderBy('id')
    .execute();
}

/** How far each log goes and its digest: equal before and after means that nothing was written. */
export function headsOf(store: Store) {
  return store.queries.selectFrom('sessions').select(['id', 'head', 'digest']).orderBy('id').execute();
}
