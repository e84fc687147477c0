/** A session's turns from top to bottom, with the places where its context was compacted and what was set aside. */
import {
  type CompactionMark,
  compactionMark,
  type Item,
  type Timeline,
  type TimelineAside,
  type TimelineTurn,
} from '@taffrail/wire';
import { type Kysely, sql } from 'kysely';
import { rowId, rowIdSpan } from '../row-id.js';
import type { Tables } from '../tables.js';
import { type RowPiece, rowPieces } from './pieces.js';
import type { NamedFiles } from './turn-files.js';

interface TurnRow {
  turn_id: string;
  seq: number;
  started_at: number;
  finished_at: number | null;
  tool_calls: number;
  others: number;
  /** The rewind that has set it aside. */
  aside_by: number | null;
  prompt: string | null;
}

/** What a piece of the log tells of it. */
interface TurnPart extends Omit<TurnRow, 'seq' | 'finished_at'> {
  /** `null` where the piece holds nothing but new forms of its rows. */
  first: number | null;
  ended_at: number | null;
  last_at: number;
}

export interface TimelineQuestion {
  num: number;
  /** The last row. */
  head: number;
}

const promptCharacters = 200;
/** Summed in one go. */
const rowsPerPiece = 3_000;

/**
 * A session's turns in order, with what each took; and beside them those that rewinds have set aside.
 * @param files That turns are known to have changed.
 */
export async function timeline(
  queries: Kysely<Tables>,
  session: TimelineQuestion,
  files: ReadonlyMap<string, NamedFiles>,
): Promise<Required<Pick<Timeline, 'turns' | 'aside'>>> {
  const { num } = session;
  const rows = await turnRows(queries, session);
  const kept = rows.filter(({ aside_by }) => aside_by === null);
  const usage = await queries
    .selectFrom('usage_facts')
    .select(['turn_id', (builder) => builder.fn.countAll<number>().as('requests')])
    .select((builder) => [
      builder.fn.sum<number | null>('input_tokens').as('input'),
      builder.fn.sum<number | null>('output_tokens').as('output'),
    ])
    .where('num', '=', num)
    .groupBy('turn_id')
    .execute();
  const spent = new Map(usage.map((turn) => [turn.turn_id, turn]));
  const compactions = compactionsByTurn(kept, await compactionsIn(queries, session));
  const told = (turn: TurnRow): TimelineTurn => ({
    turnId: turn.turn_id,
    seq: turn.seq,
    startedAt: new Date(turn.started_at).toISOString(),
    finishedAt: turn.finished_at === null ? null : new Date(turn.finished_at).toISOString(),
    prompt: turn.prompt ?? '',
    toolCalls: turn.tool_calls,
    requests: Number(spent.get(turn.turn_id)?.requests ?? 0),
    inputTokens: spent.get(turn.turn_id)?.input ?? null,
    outputTokens: spent.get(turn.turn_id)?.output ?? null,
    ...compactionFacts(turn, compactions.get(turn.turn_id)),
    ...files.get(turn.turn_id),
  });
  return { turns: kept.map(told), aside: await asideIn(queries, num, rows, told) };
}

/** In the order of their first rows. */
async function turnRows(queries: Kysely<Tables>, session: TimelineQuestion): Promise<TurnRow[]> {
  const turns = new Map<string, TurnPart>();
  for await (const piece of rowPieces(session, 0, rowsPerPiece)) {
    for (const part of await turnParts(queries, piece)) {
      const before = turns.get(part.turn_id);
      turns.set(part.turn_id, before ? joined(before, part) : part);
    }
  }
  return [...turns.values()]
    .sort((one, other) => (one.first ?? 0) - (other.first ?? 0))
    .map(({ first, ended_at, last_at, ...turn }) => ({
      ...turn,
      seq: (first ?? 0) % rowIdSpan,
      // What comes after the end that a log states is none of its time: a person may have been away in between.
      finished_at: ended_at ?? last_at,
    }));
}

async function turnParts(queries: Kysely<Tables>, { after, upTo }: RowPiece): Promise<TurnPart[]> {
  const { rows } = await sql<TurnPart>`
    WITH turn AS (
      SELECT turn_id, min(CASE WHEN revises IS NULL THEN id END) AS first, min(at) AS started_at,
        max(CASE WHEN kind = 'turn.completed' THEN at END) AS ended_at, max(at) AS last_at,
        sum(coalesce(item_type = 'tool_call' AND revises IS NULL, 0)) AS tool_calls, max(CASE WHEN kind = 'turn.started' THEN revised_by END) AS aside_by,
        sum(kind = 'item.recorded' AND revises IS NULL AND item_type <> 'compaction') AS others, min(CASE WHEN item_type = 'message' AND instr(data, '"author":"human"') THEN id END) AS message
      FROM rows WHERE id > ${after} AND id <= ${upTo} AND turn_id IS NOT NULL
      GROUP BY turn_id
    )
    SELECT turn.turn_id, first, started_at, ended_at, last_at, tool_calls, others, aside_by, substr(prompt.text, 1, ${promptCharacters}) AS prompt
    FROM turn LEFT JOIN rows prompt ON prompt.id = turn.message`.execute(queries);
  return rows;
}

/** A turn whose rows lie in two pieces. */
function joined(one: TurnPart, next: TurnPart): TurnPart {
  return {
    turn_id: one.turn_id,
    first: one.first ?? next.first,
    started_at: Math.min(one.started_at, next.started_at),
    ended_at: next.ended_at ?? one.ended_at,
    last_at: Math.max(one.last_at, next.last_at),
    tool_calls: one.tool_calls + next.tool_calls,
    others: one.others + next.others,
    aside_by: one.aside_by ?? next.aside_by,
    prompt: one.prompt ?? next.prompt,
  };
}

/** By the rewind that took them out, in the order of the rewinds. One that was undone holds none. */
async function asideIn(
  queries: Kysely<Tables>,
  num: number,
  turns: readonly TurnRow[],
  told: (turn: TurnRow) => TimelineTurn,
): Promise<TimelineAside[]> {
  const seqs = [...new Set(turns.flatMap(({ aside_by }) => aside_by ?? []))];
  if (seqs.length === 0) return [];
  const marks = await queries
    .selectFrom('rows')
    .select(['id', 'at', 'data'])
    .where(
      'id',
      'in',
      seqs.map((seq) => rowId(num, seq)),
    )
    .orderBy('id')
    .execute();
  const rewinds = marks.map(({ id, at, data }) => ({
    seq: id % rowIdSpan,
    toSeq: (JSON.parse(data) as { toSeq: number }).toSeq,
    at: new Date(at).toISOString(),
  }));
  return rewinds.map((mark) => ({
    ...mark,
    within: rewinds.find(({ seq, toSeq }) => toSeq <= mark.seq && mark.seq < seq)?.seq ?? null,
    turns: turns.filter(({ aside_by }) => aside_by === mark.seq).map(told),
  }));
}

function compactionFacts(
  { others }: TurnRow,
  marks: CompactionMark[] | undefined,
): Pick<TimelineTurn, 'compactions' | 'compacts'> {
  if (!marks) return {};
  return { compactions: marks, ...(Number(others) === 0 ? { compacts: true } : {}) };
}

interface FoundCompaction {
  turnId: string | null;
  mark: CompactionMark;
}

/** As they stand now, without those that were taken back. */
async function compactionsIn(queries: Kysely<Tables>, session: TimelineQuestion): Promise<FoundCompaction[]> {
  const found: FoundCompaction[] = [];
  for await (const { after, upTo } of rowPieces(session, 0, rowsPerPiece)) {
    const { rows } = await sql<{ id: number; turn_id: string | null; data: string }>`
      SELECT place.id, place.turn_id, coalesce(latest.data, place.data) AS data
      FROM rows place LEFT JOIN rows latest ON latest.id = place.id - (place.id % ${rowIdSpan}) + place.revised_by
      WHERE place.id > ${after} AND place.id <= ${upTo} AND place.item_type = 'compaction'
        AND place.revises IS NULL AND coalesce(latest.kind, 'item.recorded') = 'item.recorded'
      ORDER BY place.id`.execute(queries);
    for (const { id, turn_id, data } of rows) {
      const item = JSON.parse(data) as Extract<Item, { type: 'compaction' }>;
      found.push({ turnId: turn_id, mark: compactionMark(id % rowIdSpan, item) });
    }
  }
  return found;
}

/** One that stands in no turn is told with the turn before it, or with the first. */
function compactionsByTurn(
  turns: readonly Pick<TurnRow, 'turn_id' | 'seq'>[],
  found: readonly FoundCompaction[],
): Map<string, CompactionMark[]> {
  const byTurn = new Map<string, CompactionMark[]>();
  for (const { turnId, mark } of found) {
    const at = turnId ?? (turns.findLast(({ seq }) => seq < mark.seq) ?? turns[0])?.turn_id;
    if (at !== undefined) byTurn.set(at, [...(byTurn.get(at) ?? []), mark]);
  }
  return byTurn;
}
