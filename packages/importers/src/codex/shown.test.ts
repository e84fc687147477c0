/** What Codex shows of its tokens when a thread is resumed: whose turn, which figures. */
import { describe, expect, test } from 'vitest';
import type { Line } from '../inline-log.js';
import { context, event, madeAt, meta, prompt, readRollout, tokenCount, tokens } from './inline-log.js';

const thread = madeAt(0);
const begin = (seconds: number, turnId: string): Line => event(seconds, 'task_started', { turn_id: turnId });
const end = (seconds: number, turnId: string): Line => event(seconds, 'task_complete', { turn_id: turnId });

/** The statement that stands in the end: its turn and its total. */
function shownBy(...lines: Line[]) {
  const { drafts } = readRollout(thread, [meta(0, thread), context(1), ...lines]);
  const last = drafts.findLast((draft) => draft.kind === 'usage.shown');
  return last && [last.turnId ?? null, last.data.total.totalTokens, last.data.last.totalTokens];
}

describe('G3: what was shown last, and in which turn', () => {
  const first = [begin(2, 'T1'), prompt(3), tokenCount(4, 1), end(5, 'T1')];

  test('the turn in which the totals were written, though a later one went by without', () => {
    expect(shownBy(...first, begin(6, 'T2'), prompt(7), end(8, 'T2'))).toEqual(['T1', 1100, 1100]);
  });

  test('a statement without figures counts for its turn, with the figures of the one before', () => {
    const empty = event(8, 'token_count', { info: null });
    expect(shownBy(...first, begin(6, 'T2'), prompt(7), empty, end(9, 'T2'))).toEqual(['T2', 1100, 1100]);
  });

  test('nothing where no figures were ever written', () => {
    expect(shownBy(begin(2, 'T1'), prompt(3), event(4, 'token_count', { info: null }))).toBeUndefined();
  });

  test('no turn where there was none yet', () => {
    expect(shownBy(tokenCount(2, 1), begin(3, 'T1'), prompt(4), end(5, 'T1'))).toEqual([null, 1100, 1100]);
  });

  test('after its turn’s end it is still that turn’s', () => {
    expect(shownBy(begin(2, 'T1'), prompt(3), end(4, 'T1'), tokenCount(5, 1))).toEqual(['T1', 1100, 1100]);
  });

  test('turns that are rolled back leave their usage to the last turn before them', () => {
    const second = [begin(6, 'T2'), prompt(7), tokenCount(8, 2), end(9, 'T2')];
    const back = event(10, 'thread_rolled_back', { num_turns: 1 });
    expect(shownBy(...first, ...second, back)).toEqual(['T1', 2200, 1100]);
    expect(shownBy(...first, ...second, back, tokenCount(11, 2, { total_tokens: 60 }))).toEqual(['T1', 2200, 60]);
  });

  test('where all are rolled back, the turn that it was', () => {
    expect(shownBy(...first, event(6, 'thread_rolled_back', { num_turns: 1 }))).toEqual(['T1', 1100, 1100]);
  });

  test('an estimate after a compaction is shown as it stands, and counted by nobody', () => {
    const estimate = { ...tokens(0), total_tokens: 5383 };
    expect(shownBy(...first, begin(6, 'T2'), tokenCount(7, 1, estimate))).toEqual(['T2', 1100, 5383]);
  });

  test('a figure that is no count is unknown', () => {
    const info = { total_token_usage: { input_tokens: -1, total_tokens: 1e308 }, last_token_usage: {} };
    const { drafts } = readRollout(thread, [meta(0, thread), event(2, 'token_count', { info })]);
    expect(drafts.filter((draft) => draft.kind === 'usage.shown').map(({ data }) => data)).toMatchObject([
      { total: { inputTokens: null, totalTokens: null }, contextWindow: null },
    ]);
  });
});
