/** Rows to fill a store with, for the contract's tests: what is not of interest has a default. */
import { type Item, type TokenCounts, tokenFields, type UsageRecord } from '@taffrail/wire';
import type { NewRow, SessionAppend, SourceCheckpoint } from '../commit.js';

export const minuteMs = 60_000;
const beginning = Date.UTC(2026, 0, 1, 9);

/** Milliseconds of a minute after the beginning of all samples. */
export const at = (minute: number): number => beginning + minute * minuteMs;
export const isoAt = (minute: number): string => new Date(at(minute)).toISOString();

export const noTokens = Object.fromEntries(tokenFields.map((field) => [field, null])) as unknown as TokenCounts;

type Placing = Partial<Pick<NewRow, 'key' | 'turnId' | 'step'>> & { minute?: number };

const placed = ({ minute = 0, ...rest }: Placing, key: string) => ({ key, ...rest, at: at(minute) });

export function item(data: Item, placing: Placing = {}): NewRow {
  return { ...placed(placing, `item:${data.type}:${data.text}`), kind: 'item.recorded', data };
}

export const prompt = (text: string, placing: Placing = {}): NewRow =>
  item({ type: 'message', role: 'user', author: 'human', text }, placing);

export const answer = (text: string, placing: Placing = {}): NewRow =>
  item({ type: 'message', role: 'assistant', author: 'model', text }, placing);

export const call = (name: string, input: unknown, placing: Placing = {}): NewRow => {
  const callId = placing.key?.replace(/^call:/, '') ?? name;
  return item({ type: 'tool_call', callId, name, text: JSON.stringify(input) }, { key: `call:${callId}`, ...placing });
};

export const result = (callId: string, text: string, placing: Placing = {}): NewRow =>
  item({ type: 'tool_result', callId, text, status: 'ok' }, { key: `result:${callId}`, ...placing });

export const describedAs = (
  data: Extract<NewRow, { kind: 'session.described' }>['data'],
  placing: Placing = {},
): NewRow => ({
  ...placed(placing, `described:${JSON.stringify(data)}`),
  kind: 'session.described',
  data,
});

export const turnStarted = (turnId: string, minute = 0): NewRow => ({
  ...placed({ turnId, minute }, `turn:${turnId}`),
  kind: 'turn.started',
  data: {},
});

export const turnCompleted = (turnId: string, minute = 0): NewRow => ({
  ...placed({ turnId, minute }, `end:${turnId}`),
  kind: 'turn.completed',
  data: { outcome: 'complete' },
});

type UsageRow = Extract<NewRow, { kind: 'usage.recorded' }>;
type Stated = Partial<Omit<UsageRecord, 'attemptId' | 'totals' | 'inheritedFrom'>> &
  Placing & { claim?: 'own' | 'unknown' | 'copy'; originKey?: string };

/** A usage record of `request`. Its output is 1 and its input 10 unless said otherwise. */
export function usage(request: string, stated: Stated = {}): UsageRow {
  const { minute, turnId, step, key, claim = 'unknown', originKey, ...figures } = stated;
  const placing = {
    ...(minute === undefined ? {} : { minute }),
    ...(turnId ? { turnId } : {}),
    ...(step ? { step } : {}),
  };
  return {
    ...placed(placing, key ?? `usage:${request}`),
    kind: 'usage.recorded',
    identity: { key: request, claim, ...(originKey ? { originKey } : {}) },
    data: {
      attemptId: request,
      model: 'model-a',
      provider: 'one',
      final: true,
      ...noTokens,
      inputTokens: 10,
      outputTokens: 1,
      ...figures,
    },
  };
}

export const append = (sessionId: string, ...rows: NewRow[]): SessionAppend => ({
  sessionId,
  agent: 'claude',
  origin: 'imported',
  mappingVersion: 1,
  rows,
});

export const checkpoint = (path: string, some: Partial<SourceCheckpoint> = {}): SourceCheckpoint => ({
  path,
  root: '/logs',
  agent: 'claude',
  format: 'lines',
  importerVersion: 1,
  fingerprint: 'as it was',
  sizeBytes: 100,
  offset: 100,
  line: 3,
  tailHash: 'tail',
  state: '{}',
  sessionIds: [],
  problems: [],
  fromStart: false,
  ...some,
});
