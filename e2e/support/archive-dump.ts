/** Everything that an archive holds, row by row, to compare one archive with another. */
import { join } from 'node:path';
import { openSqlite } from '@taffrail/store';

/** What depends on when something was imported, and not on what. */
const ofTheMoment = new Set(['imported_at']);

const tables = {
  sessions: 'num',
  rows: 'id',
  usage_facts: 'attempt_id',
  usage_buckets: 'bucket',
  activity_buckets: 'bucket',
  usage_claims: 'source',
  sources: 'path',
  source_sessions: 'session_id',
  source_problems: 'message',
} as const;

/** The tables of the archive in `dataDir` as sorted lines; blobs by hash and size. */
export async function dumpOf(dataDir: string): Promise<Record<string, string[]>> {
  const store = openSqlite({ path: join(dataDir, 'taffrail.db'), now: Date.now });
  const dump: Record<string, string[]> = {};
  for (const table of Object.keys(tables) as (keyof typeof tables)[]) {
    const rows = await store.queries.selectFrom(table).selectAll().execute();
    dump[table] = rows.map((row) => lineOf(row)).sort();
  }
  const blobs = await store.queries.selectFrom('blobs').select(['hash', 'size']).execute();
  dump['blobs'] = blobs.map(lineOf).sort();
  dump['unsound'] = await store.integrity();
  dump['waiting for the index'] = [String(await store.pendingRows())];
  await store.close();
  return dump;
}

function lineOf(row: object): string {
  return JSON.stringify(row, (key, value: unknown) => (ofTheMoment.has(key) ? undefined : value));
}

/** The tables in which two archives differ, each with its first difference: empty when they are the same. */
export function differences(one: Record<string, string[]>, other: Record<string, string[]>): string[] {
  return Object.keys({ ...one, ...other }).flatMap((table) => {
    const [here, there] = [one[table] ?? [], other[table] ?? []];
    const at = here.findIndex((line, index) => line !== there[index]);
    if (at === -1 && here.length === there.length) return [];
    return [`${table} (${here.length} and ${there.length}): ${here[at]?.slice(0, 400)} | ${there[at]?.slice(0, 400)}`];
  });
}
