/** Rows as logs hold them, in short. For tests. */
import { channelOf, type Item, type Row, tokenFields } from '@taffrail/wire';

type Said<Kind extends Row['kind']> = Kind extends Row['kind']
  ? { kind: Kind; data: Extract<Row, { kind: Kind }>['data'] }
  : never;
export interface RowPlace {
  at: number;
  turnId?: string;
  step?: number;
  partId?: string;
}
export type Line = RowPlace & Said<Row['kind']>;

/** Seconds after the beginning. */
export const second = (count: number): number => Date.UTC(2026, 0, 1) + count * 1000;
export const iso = (count: number): string => new Date(second(count)).toISOString();

/** A log of these lines, `at` in seconds. */
export function logOf(lines: readonly Line[]): Row[] {
  return lines.map(
    ({ at, ...line }, index) =>
      ({
        ...line,
        seq: index + 1,
        at: iso(at),
        channel: channelOf(line.kind, line.kind === 'item.recorded' ? line.data.type : undefined),
      }) as Row,
  );
}

export const item = (at: number, data: Item, place: Partial<RowPlace> = {}): Line => ({
  at,
  turnId: 'turn-1',
  ...place,
  kind: 'item.recorded',
  data,
});
export const asks = (text: string): Item => ({ type: 'message', role: 'user', author: 'human', text });
export const says = (text: string): Item => ({ type: 'message', role: 'assistant', author: 'model', text });
export const call = (callId: string, text = '{}', name = 'bash'): Item => ({ type: 'tool_call', callId, name, text });
export const result = (callId: string, some: Partial<Extract<Item, { type: 'tool_result' }>> = {}): Item => ({
  type: 'tool_result',
  callId,
  text: 'ok',
  status: 'ok',
  ...some,
});

const unknown = Object.fromEntries(tokenFields.map((field) => [field, null])) as Record<
  (typeof tokenFields)[number],
  null
>;
export const usage = (
  at: number,
  attemptId: string,
  some: Partial<Extract<Row, { kind: 'usage.recorded' }>['data']> = {},
  place: Partial<RowPlace> = {},
): Line => ({
  at,
  turnId: 'turn-1',
  ...place,
  kind: 'usage.recorded',
  data: { attemptId, model: 'model-a', provider: null, final: true, ...unknown, inputTokens: 100, ...some },
});
