/** What stands between the items of a session that runs here. */
import type { DiscardedAttempt, Item, OpenPermission, PlacedItem, Turn } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { blocksOf, grown, keepSame } from './blocks.js';
import { type LiveFacts, runningTurnOf, withLiveRows } from './live-rows.js';

const second = (count: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, count)).toISOString();
const place = (seq: number, item: Item, turnId = 't1'): PlacedItem => {
  return { id: `i${seq}`, seq, at: second(seq), turnId, step: null, item };
};
const prompt: Item = { type: 'message', role: 'user', author: 'human', text: 'do it' };
const answer: Item = { type: 'message', role: 'assistant', author: 'model', text: 'done' };
const call = (callId: string): Item => ({ type: 'tool_call', callId, name: 'run_command', text: '{}' });
const error: Item = { type: 'error', text: 'The key was refused' };
const turn = (turnId: string, outcome: Turn['outcome']): Turn => ({
  turnId,
  seq: 1,
  startedAt: second(0),
  finishedAt: outcome === 'running' ? null : second(9),
  outcome,
  reason: null,
  throughput: null,
  before: null,
  after: null,
  resumes: null,
  compacts: false,
});
const question = (callId: string): OpenPermission => ({
  permissionId: `p-${callId}`,
  callId,
  tool: 'run_command',
  subject: 'npm test',
  pattern: 'npm test',
  askedAt: second(5),
  turnId: 't1',
});
const attempt = (at: number): DiscardedAttempt & { at: string } => ({
  attemptId: `a${at}`,
  model: 'large',
  keyId: 'main',
  reason: 'rate_limited',
  message: 'slow down',
  httpStatus: 429,
  retryAfterMs: null,
  at: second(at),
});

function facts(over: Partial<LiveFacts> & { turnList?: Turn[]; asked?: OpenPermission[] } = {}): LiveFacts {
  const { turnList = [turn('t1', 'running')], asked = [], ...rest } = over;
  return {
    turns: new Map(turnList.map((one) => [one.turnId, one])),
    permissions: new Map(asked.map((one) => [one.permissionId, one])),
    rewinds: [],
    discarded: [],
    budgetWarnings: new Map(),
    requests: new Map(),
    ...rest,
  };
}
const kindsOf = (items: PlacedItem[], live: LiveFacts) => withLiveRows(blocksOf(items), live).map(({ kind }) => kind);

describe('live rows', () => {
  it('E4: a question stands below the call it is about, not at the end', () => {
    const items = [place(1, prompt), place(2, call('a')), place(3, answer)];
    expect(kindsOf(items, facts({ asked: [question('a')] }))).toEqual(['prompt', 'tool', 'ask', 'prose']);
  });

  it('E4: a question whose call is not loaded still stands in the transcript', () => {
    expect(kindsOf([place(1, prompt)], facts({ asked: [question('elsewhere')] }))).toEqual(['prompt', 'ask']);
  });

  it('C6: a turn that failed, was stopped or broke off says so at its end; a complete one says nothing', () => {
    const ends = (['failed', 'cancelled', 'interrupted', 'complete', 'running'] as const).map((outcome) =>
      kindsOf([place(1, prompt), place(2, answer)], facts({ turnList: [turn('t1', outcome)] })),
    );
    const ended = ['prompt', 'prose', 'turn_end'];
    expect(ends).toEqual([ended, ended, ended, ['prompt', 'prose'], ['prompt', 'prose']]);
  });

  it('E-beyond: what a turn had to do without stands by itself, and is not why it ended', () => {
    const without: Item = { type: 'error', text: 'Without github: it is not there.', code: 'mcp' };
    const rows = withLiveRows(
      blocksOf([place(1, prompt), place(2, without)]),
      facts({ turnList: [turn('t1', 'failed')] }),
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['prompt', 'error', 'turn_end']);
    expect(rows[2]).toMatchObject({ error: null });
  });

  it('C7: the error that ended a turn is shown once, with what can be done about it', () => {
    const items = [place(1, prompt), place(2, error)];
    const rows = withLiveRows(blocksOf(items), facts({ turnList: [turn('t1', 'failed')] }));
    expect(rows.map(({ kind }) => kind)).toEqual(['prompt', 'turn_end']);
    expect(rows[1]).toMatchObject({ error: { item: error }, isLast: true });
  });

  it('only the newest turn can be taken up again', () => {
    const items = [place(1, prompt), place(2, prompt, 't2')];
    const rows = withLiveRows(
      blocksOf(items),
      facts({ turnList: [turn('t1', 'interrupted'), turn('t2', 'interrupted')] }),
    );
    expect(rows.flatMap((row) => (row.kind === 'turn_end' ? [row.isLast] : []))).toEqual([false, true]);
  });

  it('an attempt that came to nothing stands where it happened', () => {
    const items = [place(1, prompt), place(2, answer), place(6, answer)];
    expect(kindsOf(items, facts({ discarded: [attempt(4)] }))).toEqual(['prompt', 'prose', 'attempt', 'prose']);
    expect(kindsOf([place(1, prompt)], facts({ discarded: [attempt(4)] }))).toEqual(['prompt', 'attempt']);
  });

  it('every row has a key of its own', () => {
    const items = [place(1, prompt), place(2, call('a')), place(3, call('b')), place(4, error)];
    const live = facts({
      turnList: [turn('t1', 'failed')],
      asked: [question('a'), question('b')],
      discarded: [attempt(1), attempt(3)],
    });
    const keys = withLiveRows(blocksOf(items), live).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('the running turn is the newest, if it has not ended', () => {
    expect(runningTurnOf(facts({ turnList: [turn('t1', 'complete'), turn('t2', 'running')] }).turns)?.turnId).toBe(
      't2',
    );
    expect(runningTurnOf(facts({ turnList: [turn('t1', 'complete')] }).turns)).toBeNull();
  });
});

describe('blocks made again', () => {
  it('are the same objects where nothing changed, so that their rows are not drawn again', () => {
    const first = place(1, prompt);
    const before = blocksOf([first, place(2, answer)]);
    const known = new Map(before.map((block) => [block.key, block]));
    const after = keepSame(known, blocksOf([first, place(2, { ...answer, text: 'done, and more' }), place(3, answer)]));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after).toHaveLength(3);
  });
});

describe('a text that grows', () => {
  const items = [place(1, prompt), place(2, call('a')), place(3, answer)];
  const before = { items, blocks: blocksOf(items) };

  it('changes its own block and no other', () => {
    const longer = place(3, { ...answer, text: 'done, and more' });
    const after = grown(before, [...items.slice(0, 2), longer]);
    expect(after?.slice(0, 2)).toEqual(before.blocks.slice(0, 2));
    expect(after?.[0]).toBe(before.blocks[0]);
    expect(after?.[2]).toMatchObject({ kind: 'prose', item: longer });
    expect(after).toEqual(blocksOf([...items.slice(0, 2), longer]));
  });

  it('an item that comes, goes or becomes another is no growing text', () => {
    expect(grown(before, [...items, place(4, answer)])).toBeNull();
    expect(grown(before, items.slice(0, 2))).toBeNull();
    expect(grown(before, [...items.slice(0, 2), place(3, error)])).toBeNull();
  });

  it('the output of a call grows within its block', () => {
    const output = (text: string) =>
      place(4, { type: 'tool_result', callId: 'a', text, status: 'ok', streaming: true });
    const started = [...items, output('one')];
    const next = [...items, output('one, two')];
    expect(grown({ items: started, blocks: blocksOf(started) }, next)).toEqual(blocksOf(next));
  });
});
