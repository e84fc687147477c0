/** Items as blocks, and the ledger beside them. */
import type { Item, PlacedItem, UsageRequest } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { blocksOf, callMs, indexOfSeq, type ToolBlock } from './blocks.js';
import { nextFrom } from './find-hits.js';
import { ledgerOf } from './steps.js';

const second = (count: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, count)).toISOString();
function place(seq: number, item: Item, over: Partial<PlacedItem> = {}): PlacedItem {
  return { id: `i${seq}`, seq, at: second(seq), turnId: 't1', step: null, item, ...over };
}
const prompt: Item = { type: 'message', role: 'user', author: 'human', text: 'do it' };
const answer: Item = { type: 'message', role: 'assistant', author: 'model', text: 'done' };
const harness: Item = { type: 'message', role: 'user', author: 'harness', text: 'reminder' };
const thought: Item = { type: 'reasoning', text: 'hm' };
const call = (callId: string): Item => ({ type: 'tool_call', callId, name: 'Bash', text: '{}' });
const result = (callId: string, durationMs?: number): Item => ({
  type: 'tool_result',
  callId,
  text: 'ok',
  status: 'ok',
  ...(durationMs === undefined ? {} : { durationMs }),
});
const request = (seq: number, over: Partial<UsageRequest> = {}): UsageRequest => ({
  attemptId: `a${seq}`,
  model: 'm',
  provider: null,
  final: true,
  inputTokens: seq,
  outputTokens: 1,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
  seq,
  at: second(seq),
  turnId: 't1',
  costMicros: null,
  ...over,
});

describe('blocks', () => {
  it('join a call with its result, wherever the result stands', () => {
    const blocks = blocksOf([
      place(1, prompt),
      place(2, call('a')),
      place(3, call('b')),
      place(4, result('b')),
      place(5, result('a')),
    ]);
    expect(blocks.map((block) => [block.kind, block.seq])).toEqual([
      ['prompt', 1],
      ['tool', 2],
      ['tool', 3],
    ]);
    expect((blocks[1] as ToolBlock).result?.seq).toBe(5);
  });

  it('show a result whose call is not there, and a call that got none', () => {
    const blocks = blocksOf([place(1, result('x')), place(2, call('y'))]);
    expect(blocks).toMatchObject([
      { kind: 'tool', call: null },
      { kind: 'tool', result: null },
    ]);
  });

  it('lose no result when a log repeats one', () => {
    const blocks = blocksOf([place(1, call('a')), place(2, result('a')), place(3, result('a'))]);
    expect(blocks.map((block) => block.seq)).toEqual([1, 3]);
  });

  it('tell what a person wrote from what the harness wrote in their name', () => {
    expect(blocksOf([place(1, prompt), place(2, harness), place(3, answer)]).map((block) => block.kind)).toEqual([
      'prompt',
      'harness',
      'prose',
    ]);
  });

  it('mark where a turn begins, once, whatever stands between', () => {
    const summary: Item = { type: 'compaction', text: '', trigger: 'auto' };
    const blocks = blocksOf([
      place(1, prompt),
      place(2, summary, { turnId: null }),
      place(3, answer),
      place(4, prompt, { turnId: 't2' }),
    ]);
    expect(blocks.map((block) => block.opensTurn)).toEqual([true, false, false, true]);
  });

  it('are found by the seq of their call, of their result, and between', () => {
    const blocks = blocksOf([place(1, prompt), place(4, call('a')), place(6, result('a')), place(9, answer)]);
    expect([1, 4, 6, 8, 9, 99].map((seq) => indexOfSeq(blocks, seq))).toEqual([0, 1, 1, 1, 2, 2]);
    expect(indexOfSeq([], 1)).toBe(-1);
  });

  it('D5: of a turn that begins at a row no block shows, stands its first block', () => {
    const blocks = blocksOf([place(2, prompt), place(3, answer), place(6, prompt, { turnId: 't2' })]);
    expect(indexOfSeq(blocks, 5, 't2')).toBe(2);
    expect(indexOfSeq(blocks, 5)).toBe(1);
  });

  it('take a call’s time from the log, else from its entries', () => {
    const [measured, estimated] = blocksOf([
      place(1, call('a')),
      place(2, call('b')),
      place(3, result('a', 8200)),
      place(5, result('b')),
    ]) as ToolBlock[];
    expect(callMs(measured as ToolBlock)).toEqual({ ms: 8200, isMeasured: true });
    expect(callMs(estimated as ToolBlock)).toEqual({ ms: 3000, isMeasured: false });
  });
});

describe('the ledger', () => {
  const items = [
    place(1, prompt),
    place(2, thought),
    place(3, call('a')),
    place(4, result('a')),
    place(6, call('b')),
    place(7, result('b')),
    place(9, answer),
  ];

  it('puts each request beside the first block of the step it produced', () => {
    const ledger = ledgerOf(blocksOf(items), [request(5), request(8), request(10)]);
    expect([...ledger].map(([key, entry]) => [key, entry.requests.map((one) => one.seq)])).toEqual([
      ['i2', [5]],
      ['i6', [8]],
      ['i9', [10]],
    ]);
  });

  it('goes by the log’s own step numbers where it has them', () => {
    const stepped = items.map((item) => ({ ...item, step: item.seq < 6 ? 0 : 1 }));
    const ledger = ledgerOf(blocksOf(stepped), [request(99, { step: 0 }), request(98, { step: 1 })]);
    expect([...ledger].map(([key, entry]) => [key, entry.requests[0]?.seq])).toEqual([
      ['i2', 99],
      ['i6', 98],
    ]);
  });

  it('measures a step from the entry before it to its last', () => {
    const ledger = ledgerOf(blocksOf(items), [request(5), request(8), request(10)]);
    expect([...ledger.values()].map((entry) => entry.ms)).toEqual([2000, 2000, 2000]);
  });

  it('leaves requests out that belong before the loaded stretch', () => {
    expect(ledgerOf(blocksOf(items.slice(4)), [request(5), request(8)]).size).toBe(1);
  });
});

describe('find in a session', () => {
  it('goes on from where the reader is, and round the ends', () => {
    const hits = [3, 8, 20];
    expect([nextFrom(hits, 8, 1), nextFrom(hits, 9, 1), nextFrom(hits, 20, 1)]).toEqual([20, 20, 3]);
    expect([nextFrom(hits, 8, -1), nextFrom(hits, 1, -1), nextFrom([], 1, 1)]).toEqual([3, 20, undefined]);
  });
});
