/** The store's present, read from SQLite as the planner asks. Inside a write transaction, so nothing moves under it. */
import type { UsageTotals } from '@taffrail/wire';
import { bucketOf } from '../plan/buckets.js';
import type { Fact, Known, KnownKey, SessionRecord } from '../plan/records.js';
import { noFigures, type ToolItem, toolFigures } from '../plan/tool-sums.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { Database, SqlRow } from './database.js';

const tied = `FROM usage_facts a JOIN usage_facts b ON b.key = a.key AND b.num <> a.num AND b.at = a.at AND b.claim = a.claim
  WHERE a.num = ?`;

const toolItem = `SELECT first.at AS at, first.label AS name, latest.item_type AS itemType, latest.data AS data, octet_length(latest.text) AS textBytes
  FROM keys k JOIN rows first ON first.id = k.num * ${rowIdSpan} + k.place JOIN rows latest ON latest.id = k.num * ${rowIdSpan} + k.latest
  WHERE k.num = ? AND k.key = ? AND first.label IS NOT NULL`;

interface ToolItemRow {
  at: number;
  name: string;
  /** `null` where it was taken back. */
  itemType: string | null;
  data: string;
  textBytes: number;
}

export class SqliteKnown implements Known {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  session(id: string): SessionRecord | undefined {
    return sessionFrom(this.#db.get('SELECT * FROM sessions WHERE id = ?', id));
  }

  sessionByNum(num: number): SessionRecord | undefined {
    return sessionFrom(this.#db.get('SELECT * FROM sessions WHERE num = ?', num));
  }

  key(num: number, key: string): KnownKey | undefined {
    return this.#db.get<KnownKey>('SELECT place, latest, hash FROM keys WHERE num = ? AND key = ?', num, key);
  }

  atOf(num: number, seq: number): number {
    return this.#db.get<{ at: number }>('SELECT at FROM rows WHERE id = ?', rowId(num, seq))?.at ?? 0;
  }

  fact(num: number, attemptId: string): Fact | undefined {
    return this.#facts('WHERE num = ? AND attempt_id = ?', num, attemptId)[0];
  }

  claimants(key: string): Fact[] {
    return this.#facts('WHERE key = ?', key);
  }

  replays(key: string): Fact[] {
    return this.#facts('WHERE origin_key = ?', key);
  }

  /** The claimants of each of `keys`; an empty list where there are none. */
  claimantsOf(keys: readonly string[]): Map<string, Fact[]> {
    return grouped(keys, this.#facts(`WHERE key IN ${listed}`, JSON.stringify(keys)), (fact) => fact.key);
  }

  /** The replays of each of `keys`; an empty list where there are none. */
  replaysOf(keys: readonly string[]): Map<string, Fact[]> {
    return grouped(keys, this.#facts(`WHERE origin_key IN ${listed}`, JSON.stringify(keys)), (fact) => fact.originKey);
  }

  /** What is known of each of `keys` in a session; `null` where nothing is. */
  keysOf(num: number, keys: readonly string[]): Map<string, KnownKey | null> {
    const found = this.#db.all<KnownKey & { key: string }>(
      `SELECT key, place, latest, hash FROM keys WHERE num = ? AND key IN ${listed}`,
      num,
      JSON.stringify(keys),
    );
    const known = new Map<string, KnownKey | null>(keys.map((key) => [key, null]));
    for (const { key, ...place } of found) known.set(key, place);
    return known;
  }

  latestCounted(num: number, except: ReadonlySet<string>): Fact | undefined {
    for (const row of this.#db.iterate<SqlRow>(
      'SELECT * FROM usage_facts WHERE num = ? AND counted = 1 ORDER BY at DESC, seq DESC',
      num,
    )) {
      if (!except.has(String(row['attempt_id']))) return factFrom(row);
    }
    return undefined;
  }

  firstApart(num: number, other: number): number | null {
    const row = this.#db.get<{ at: number | null }>(
      'SELECT min(at) AS at FROM usage_facts a WHERE num = ? AND NOT EXISTS (SELECT 1 FROM usage_facts b WHERE b.key = a.key AND b.num = ?)',
      num,
      other,
    );
    return row?.at ?? null;
  }

  toolOf(num: number, callId: string): string | undefined {
    const known = this.key(num, `call:${callId}`);
    if (!known) return undefined;
    return (
      this.#db.get<{ label: string | null }>('SELECT label FROM rows WHERE id = ?', rowId(num, known.place))?.label ??
      undefined
    );
  }

  toolItem(num: number, key: string): ToolItem | undefined {
    const row = this.#db.get<ToolItemRow>(toolItem, num, key);
    if (!row) return undefined;
    const figures = row.itemType === null ? noFigures : toolFigures(JSON.parse(row.data), row.textBytes);
    return { bucket: bucketOf(row.at), name: row.name, figures };
  }

  /** The sessions that hold a request of this one's with nothing but their later course to tell them apart. */
  tiedWith(num: number): number[] {
    return this.#db.all<{ num: number }>(`SELECT DISTINCT b.num AS num ${tied}`, num).map((row) => row.num);
  }

  /** The requests that make the two sessions tied. */
  tiedKeys(num: number, other: number): string[] {
    const sql = `SELECT DISTINCT a.key AS key ${tied} AND b.num = ?`;
    return this.#db.all<{ key: string }>(sql, num, other).map((row) => row.key);
  }

  #facts(where: string, ...parameters: (string | number)[]): Fact[] {
    return this.#db.all(`SELECT * FROM usage_facts ${where}`, ...parameters).map(factFrom);
  }
}

const listed = '(SELECT value FROM json_each(?))';

function grouped(
  keys: readonly string[],
  facts: readonly Fact[],
  keyOf: (fact: Fact) => string | null,
): Map<string, Fact[]> {
  const groups = new Map<string, Fact[]>(keys.map((key) => [key, []]));
  for (const fact of facts) groups.get(keyOf(fact) ?? '')?.push(fact);
  return groups;
}

function sessionFrom(row: SqlRow | undefined): SessionRecord | undefined {
  if (!row) return undefined;
  const text = (name: string) => row[name] as string | null;
  const number = (name: string) => row[name] as number;
  return {
    num: number('num'),
    id: text('id') ?? '',
    agent: text('agent') ?? '',
    origin: text('origin') ?? '',
    title: text('title'),
    cwd: text('cwd'),
    project: text('project'),
    branch: text('branch'),
    model: text('model'),
    effort: text('effort'),
    agentVersion: text('agent_version'),
    parentId: text('parent_id'),
    forkedFrom: text('forked_from'),
    hosted: text('hosted'),
    status: text('status') ?? 'idle',
    openQuestions: number('open_questions'),
    createdAt: number('created_at'),
    updatedAt: number('updated_at'),
    head: number('head'),
    digest: text('digest') ?? '',
    itemCount: number('item_count'),
    turnCount: number('turn_count'),
    messageCount: number('message_count'),
    totals: row['totals'] ? (JSON.parse(String(row['totals'])) as UsageTotals) : null,
    tied: row['tied'] === 1,
    runGen: number('run_gen'),
    mappingVersion: number('mapping_version'),
  };
}

function factFrom(row: SqlRow): Fact {
  const number = (name: string) => row[name] as number | null;
  const text = (name: string) => row[name] as string | null;
  return {
    num: number('num') ?? 0,
    attemptId: text('attempt_id') ?? '',
    key: text('key') ?? '',
    originKey: text('origin_key'),
    claim: number('claim') ?? 1,
    seq: number('seq') ?? 0,
    at: number('at') ?? 0,
    turnId: text('turn_id'),
    step: number('step'),
    model: text('model'),
    provider: text('provider'),
    inputTokens: number('input_tokens'),
    outputTokens: number('output_tokens'),
    cacheReadTokens: number('cache_read_tokens'),
    cacheWriteTokens: number('cache_write_tokens'),
    cacheWrite1hTokens: number('cache_write_1h_tokens'),
    reasoningTokens: number('reasoning_tokens'),
    outputSeen: number('output_seen'),
    outputPlaceholder: number('output_placeholder'),
    final: row['final'] === 1,
    inheritedFrom: text('inherited_from'),
    raw: text('raw'),
  };
}
