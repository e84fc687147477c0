/** What a trace needs to see of a row: never a text, only how long it is and what a call's arguments begin with. */
import type { Item, Row } from '@taffrail/wire';

export const traceRowKinds = [
  'turn.started',
  'turn.completed',
  'turn.waiting',
  'turn.resumed',
  'permission.asked',
  'permission.answered',
  'attempt.discarded',
  'span.started',
  'span.finished',
  'usage.recorded',
  'item.recorded',
] as const satisfies readonly Row['kind'][];
type TraceRowKind = (typeof traceRowKinds)[number];

type WithoutText<Part> = Part extends Item ? Omit<Part, 'text'> : never;
export type TracedItem = WithoutText<Item>;

interface TraceRowBase {
  seq: number;
  /** Milliseconds since 1970 UTC. */
  at: number;
  turnId: string | null;
  step: number | null;
}

interface TracedItemRow extends TraceRowBase {
  kind: 'item.recorded';
  data: TracedItem;
  textBytes: number;
  /** The beginning of a tool call's arguments. */
  textHead: string;
}

type PlainKind = Exclude<TraceRowKind, 'item.recorded'>;

export type TraceRow =
  | TracedItemRow
  | { [Kind in PlainKind]: TraceRowBase & { kind: Kind; data: Extract<Row, { kind: Kind }>['data'] } }[PlainKind];

export type TraceRowOf<Kind extends TraceRowKind> = Extract<TraceRow, { kind: Kind }>;

/** Enough to name what a call works on, however long its arguments are. */
export const textHeadCharacters = 600;

/** `null` for rows that tell a trace nothing. */
export function traceRowFrom(row: Row): TraceRow | null {
  const kinds: readonly string[] = traceRowKinds;
  if (!kinds.includes(row.kind)) return null;
  const place = { seq: row.seq, at: Date.parse(row.at), turnId: row.turnId ?? null, step: row.step ?? null };
  if (row.kind !== 'item.recorded') return { ...place, kind: row.kind, data: row.data } as TraceRow;
  const { text, ...data } = row.data;
  const textHead = data.type === 'tool_call' ? text.slice(0, textHeadCharacters) : '';
  return { ...place, kind: row.kind, data, textBytes: new TextEncoder().encode(text).length, textHead };
}
