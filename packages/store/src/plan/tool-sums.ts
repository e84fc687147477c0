/**
 * How tools are summed ahead of questions: per session, quarter of an hour and name. A call or a result counts when and
 * under the name that its first row says, with what its latest row says; one that was taken back counts nothing.
 */
import type { Item } from '@taffrail/wire';
import { storedBytes } from '../stored-text.js';
import { bucketOf } from './buckets.js';
import type { SessionRecord } from './records.js';
import type { Writes } from './writes.js';

const figureNames = ['calls', 'errors', 'results', 'outputBytes', 'timed', 'durationMs'] as const;
export type ToolFigures = Record<(typeof figureNames)[number], number>;

export interface ToolBucket extends ToolFigures {
  num: number;
  bucket: number;
  name: string;
}

/** A call or a result as its session's log now states it. */
export interface ToolItem {
  bucket: number;
  name: string;
  figures: ToolFigures;
}

export const noFigures: ToolFigures = { calls: 0, errors: 0, results: 0, outputBytes: 0, timed: 0, durationMs: 0 };
const oneCall: ToolFigures = { ...noFigures, calls: 1 };

type ToolCall = Pick<Extract<Item, { type: 'tool_call' }>, 'type'>;
type ToolResult = Pick<Extract<Item, { type: 'tool_result' }>, 'type' | 'status' | 'durationMs' | 'blob'>;

/** `textBytes`: of the text in the row. A long result's size is that of its blob; only some logs say how long it took. */
export function toolFigures(item: ToolCall | ToolResult, textBytes: number): ToolFigures {
  if (item.type === 'tool_call') return oneCall;
  const { status, durationMs, blob } = item;
  return {
    calls: 0,
    errors: status === 'error' ? 1 : 0,
    results: 1,
    outputBytes: blob?.sizeBytes ?? textBytes,
    timed: durationMs === undefined ? 0 : 1,
    durationMs: Math.round(durationMs ?? 0),
  };
}

export function addToolFigures(sum: ToolFigures, figures: ToolFigures, sign: 1 | -1): void {
  for (const name of figureNames) sum[name] += sign * figures[name];
}

/** A row about an item. `label`: the tool, as far as this row tells. */
interface ToolRow {
  key: string;
  at: number;
  item: Item;
  label: string | null;
  isRevision: boolean;
}

/** Counts a call or a result that a row has brought or revised. One whose first row names no tool is never counted. */
export function countTool(writes: Writes, { num }: SessionRecord, { key, at, item, label, isRevision }: ToolRow): void {
  if (item.type !== 'tool_call' && item.type !== 'tool_result') return;
  const before = isRevision ? writes.toolItem(num, key) : undefined;
  const place = isRevision ? before : label === null ? undefined : { bucket: bucketOf(at), name: label };
  if (!place) return;
  const figures = toolFigures(item, item.type === 'tool_result' ? storedBytes(item.text) : 0);
  writes.putToolItem(num, key, { bucket: place.bucket, name: place.name, figures }, before?.figures);
}

/** Counts an item no longer, if it was a call or a result. */
export function takeBackTool(writes: Writes, { num }: SessionRecord, key: string): void {
  const before = writes.toolItem(num, key);
  if (before) writes.putToolItem(num, key, { ...before, figures: noFigures }, before.figures);
}
