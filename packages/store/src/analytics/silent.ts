/**
 * Requests that their session owns and whose output nobody told. One that told no figure at all is *untold*: it is in no
 * sum, but a total that should hold it has to say so. Read from the facts, by an index that holds no others.
 */
import { type Kysely, sql } from 'kysely';
import { bucketOf } from '../plan/buckets.js';
import type { Tables, UsageFactsTable } from '../tables.js';
import { simulatedProvider } from './filter.js';
import { packedRows } from './packed.js';
import type { SessionOfBucket } from './usage-row.js';

export interface SilentRequest extends SessionOfBucket {
  num: number;
  bucket: number;
  /** Empty where the log names none. */
  model: string;
  /** Told no figure at all. */
  isUntold: boolean;
  /** Its end was logged. */
  isFinished: boolean;
}

const columns = ['num', 'at', 'counted', 'final', 'model'] as const;

/** Those of all sessions, or of these. `of`: whose a session is; one that it does not know is passed over. */
export async function readSilent(
  queries: Kysely<Tables>,
  nums: readonly number[] | null,
  of: (num: number) => SessionOfBucket | undefined,
): Promise<SilentRequest[]> {
  let facts = silentFacts(queries).select(columns);
  if (nums) facts = facts.where('num', 'in', nums);
  const rows = await packedRows<Pick<UsageFactsTable, (typeof columns)[number]>, typeof columns>(
    queries,
    facts,
    columns,
  );
  return rows.flatMap(([num, at, counted, final, model]) => {
    const session = of(num);
    if (!session) return [];
    const { agent, project } = session;
    const said = { isUntold: counted === 0, isFinished: final === 1 };
    return [{ num, bucket: bucketOf(at), model: model ?? '', agent, project, ...said }];
  });
}

/** Requests that told nothing at all. */
export const untoldFacts = (queries: Kysely<Tables>) => silentFacts(queries).where('counted', '=', 0);

/** In the words of the index, which is not used otherwise. */
function silentFacts(queries: Kysely<Tables>) {
  return queries
    .selectFrom('usage_facts')
    .where('output_tokens', 'is', null)
    .where('inherited_from', 'is', null)
    .where(sql<boolean>`provider IS NOT ${simulatedProvider}`);
}
