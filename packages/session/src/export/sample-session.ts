/** A small session for the tests of its exports. */
import type { Item, PlacedItem, SessionSummary, SessionUsage, Usage, UsageRequest } from '@taffrail/wire';
import type { TranscriptHead } from './transcript.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();

export const requests: UsageRequest[] = [request('a', 't1', 100, 10), request('b', 't2', 50, null)];

function request(attemptId: string, turnId: string, inputTokens: number, outputTokens: number | null): UsageRequest {
  return {
    attemptId,
    turnId,
    seq: 1,
    at: at(1),
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    inputTokens,
    outputTokens,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: null,
    final: true,
    costMicros: outputTokens === null ? null : 450,
  };
}

export const usage: Usage = {
  requests: 2,
  inputTokens: 1500,
  outputTokens: 10,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: 0,
  reported: {
    inputTokens: 2,
    outputTokens: 1,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 2,
  },
  costMicros: 450,
  pricedRequests: 1,
  last: null,
};

/** A session's head; `change` puts other facts in place of the usual ones. */
export function sampleHead(
  change: { session?: Partial<SessionSummary>; usage?: Partial<SessionUsage> } = {},
): TranscriptHead {
  return {
    session: {
      id: '01a1f83a-0000-7000-8000-000000000000',
      agent: 'claude',
      origin: 'imported',
      title: 'Fix the test',
      project: '/home/dev/demo',
      cwd: '/home/dev/demo',
      branch: null,
      model: 'claude-sonnet-4-5',
      agentVersion: '2.1.0',
      status: 'idle',
      open: false,
      position: null,
      parentId: null,
      forkedFrom: null,
      createdAt: at(0),
      updatedAt: at(59),
      head: 9,
      itemCount: 2,
      turnCount: 1,
      messageCount: 2,
      childCount: 0,
      sourceState: 'present',
      usage,
      usageWithSubAgents: usage,
      ...change.session,
    },
    usage: {
      usage,
      usageWithSubAgents: usage,
      inherited: null,
      requests,
      crossChecks: [],
      byModel: [],
      contextWindow: null,
      ...change.usage,
    },
  };
}

/** Items of one turn, or of the turns named beside them, in pages of two. */
export async function* samplePages(
  items: readonly Item[],
  turnIds: readonly (string | null)[] = [],
): AsyncGenerator<PlacedItem[]> {
  const placed = items.map((item, index) => ({
    id: `i${index}`,
    seq: index + 1,
    at: at(index),
    turnId: turnIds[index] ?? 't1',
    step: null,
    item,
  }));
  for (let index = 0; index < placed.length; index += 2) yield placed.slice(index, index + 2);
}

export const prompt = (text: string): Item => ({ type: 'message', role: 'user', author: 'human', text });
export const answer = (text: string): Item => ({ type: 'message', role: 'assistant', author: 'model', text });

export async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
