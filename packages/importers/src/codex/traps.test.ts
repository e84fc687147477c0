/** Logs in which a request seems to happen more often than it did, one trap per test. */
import { recount, recountByRoot } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import type { Line } from '../inline-log.js';
import {
  answer,
  at,
  context,
  draftsOf,
  event,
  item,
  line,
  madeAt,
  meta,
  prompt,
  readRollout,
  tokenCount,
  tokens,
  usageRecord,
} from './inline-log.js';

const parent = madeAt(0);
const child = madeAt(1000);

/** What `requests` requests of the tests' usual size add up to. */
const requests = (count: number) => ({
  requests: count,
  inputTokens: 1000 * count,
  outputTokens: 100 * count,
  cacheReadTokens: 400 * count,
  reasoningTokens: 20 * count,
});

const counted = (...lines: Line[]) => recount(readRollout(parent, [meta(0, parent), context(1), ...lines]).drafts);

describe('F-beyond: running totals count a request where they change, and only there', () => {
  test('stated again in the same millisecond', () => {
    expect(counted(tokenCount(2, 1), tokenCount(2, 1))).toMatchObject(requests(1));
  });

  test('stated again two seconds later', () => {
    expect(counted(tokenCount(2, 1), tokenCount(4, 1))).toMatchObject(requests(1));
  });

  test('stated again when the session is resumed', () => {
    expect(counted(tokenCount(2, 1), prompt(60), tokenCount(61, 1), tokenCount(62, 2))).toMatchObject(requests(2));
  });

  test('two requests of the same size are two', () => {
    expect(counted(tokenCount(2, 1), tokenCount(3, 2))).toMatchObject(requests(2));
  });

  test('limits without totals are no request', () => {
    expect(counted(event(2, 'token_count', { info: null, rate_limits: {} }), tokenCount(3, 1))).toMatchObject(
      requests(1),
    );
  });

  test('an estimate after a compaction is no request', () => {
    const nothing = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, reasoning_output_tokens: 0 };
    const estimate = tokenCount(4, 1, { ...nothing, total_tokens: 6875 });
    expect(counted(tokenCount(2, 1), line(3, 'compacted', { message: 'Summary.' }), estimate)).toMatchObject(
      requests(1),
    );
  });

  test('totals that began anew on resume, with the same sum', () => {
    const other = { ...tokens(1), input_tokens: 900, output_tokens: 200 };
    const again = event(60, 'token_count', { info: { total_token_usage: other, last_token_usage: other } });
    expect(counted(tokenCount(2, 1), again)).toMatchObject({ requests: 2, inputTokens: 1900, outputTokens: 300 });
  });

  test('totals that began anew and reach figures that were there before', () => {
    expect(counted(tokenCount(2, 1), tokenCount(3, 2), tokenCount(60, 1), tokenCount(61, 2))).toMatchObject(
      requests(4),
    );
  });

  test('a log that only keeps totals gives each request what they grew by', () => {
    const total = (seconds: number, count: number) =>
      event(seconds, 'token_count', { info: { total_token_usage: tokens(count) } });
    expect(counted(total(2, 1), total(3, 3))).toMatchObject({ requests: 2, inputTokens: 3000, outputTokens: 300 });
  });

  test('lines repeated or out of order change nothing', () => {
    const lines = [tokenCount(2, 1), tokenCount(3, 2), tokenCount(4, 3)] as const;
    expect(counted(...lines, ...lines)).toMatchObject(requests(3));
    expect(counted(...[...lines].reverse())).toMatchObject(requests(3));
  });
});

describe('F2: what a version does not write is unknown', () => {
  test('cache writes without a figure are unknown, reasoning of 0 is 0', () => {
    const usage = { ...tokens(1), reasoning_output_tokens: 0 };
    const usages = counted(event(2, 'token_count', { info: { total_token_usage: usage, last_token_usage: usage } }));
    expect(usages).toMatchObject({ cacheWriteTokens: null, cacheWrite1hTokens: null, reasoningTokens: 0 });
  });

  test('a response without usage is no request', () => {
    expect(
      counted(usageRecord(2, parent, 'resp_1'), answer(3), item(4, 'function_call', { call_id: 'c', name: 'n' })),
    ).toMatchObject(requests(1));
  });

  test('a figure that is no count is unknown and told', () => {
    const read = readRollout(parent, [
      meta(0, parent),
      usageRecord(1, parent, 'resp_1', { usage: { ...tokens(1), output_tokens: -5 } }),
    ]);
    expect(recount(read.drafts)).toMatchObject({ inputTokens: 1000, outputTokens: null });
    expect(read.problems[0]).toMatch(/^2 bad_number: output_tokens/);
  });
});

describe('F-beyond: a usage record and the totals beside it are one request', () => {
  const record = (seconds: number, id: string, total: number) =>
    usageRecord(seconds, parent, id, { thread_token_usage: tokens(total) });
  const lines = [record(2, 'resp_1', 1), tokenCount(2, 1), record(3, 'resp_2', 2), tokenCount(3, 2)];

  test('record first, as every version writes it', () => {
    expect(counted(...lines)).toMatchObject(requests(2));
  });

  test('totals first', () => {
    expect(counted(tokenCount(2, 1), record(2, 'resp_1', 1), tokenCount(3, 2), record(3, 'resp_2', 2))).toMatchObject(
      requests(2),
    );
  });

  test('records that do not say the totals', () => {
    const bare = [
      usageRecord(2, parent, 'resp_1'),
      tokenCount(2, 1),
      usageRecord(3, parent, 'resp_2'),
      tokenCount(3, 2),
    ];
    expect(counted(...bare)).toMatchObject(requests(2));
    expect(counted(tokenCount(2, 1), usageRecord(2, parent, 'resp_1'))).toMatchObject(requests(1));
  });

  test('a session begun by an old version and resumed by a new one', () => {
    const old = [prompt(1), tokenCount(2, 1), tokenCount(3, 2)];
    const resumed = [prompt(60), tokenCount(61, 2), record(62, 'resp_3', 3), tokenCount(62, 3)];
    expect(counted(...old, ...resumed)).toMatchObject(requests(3));
  });

  test('a session begun by a new version and resumed by an old one', () => {
    expect(counted(prompt(1), ...lines, prompt(60), tokenCount(61, 2), tokenCount(62, 3))).toMatchObject(requests(3));
  });

  test('the same record twice', () => {
    expect(counted(record(2, 'resp_1', 1), record(2, 'resp_1', 1))).toMatchObject(requests(1));
  });

  test('a helper without a log of its own is counted where its record stands', () => {
    expect(counted(usageRecord(2, madeAt(500), 'resp_1'))).toMatchObject(requests(1));
  });
});

const original = [meta(0, parent), context(1), tokenCount(2, 1), tokenCount(3, 2), tokenCount(4, 3)];
const spawned = { source: { subagent: { thread_spawn: { parent_thread_id: parent, depth: 1 } } } };

/** The replay as the child's file holds it, stamped by `stamp`, and then one request of its own. */
const replaying = (birth: Line, stamp: (index: number) => number, own: Line[] = [tokenCount(1100, 4)]) => [
  birth,
  context(1000),
  ...[1, 2, 3].map((count) => tokenCount(stamp(count), count)),
  ...own,
];

function expectOnce(lines: Line[], expected = requests(4)): void {
  const [forth, back] = [
    draftsOf({ [parent]: original, [child]: lines }),
    draftsOf({ [child]: lines, [parent]: original }),
  ];
  expect(recount(forth)).toMatchObject(expected);
  expect(recount(back)).toMatchObject(expected);
}

describe('F-beyond: a replay of the parent is counted once, in whichever order the files are read', () => {
  test('a sub-agent that replays its parent in the second it was made', () => {
    expectOnce(replaying(meta(1000, child, spawned), () => 1000));
  });

  test('a sub-agent that replays its parent with the original times', () => {
    expectOnce(replaying(meta(1000, child, spawned), (index) => index + 1));
  });

  test('a fork that replays its parent, stamped anew over several seconds', () => {
    expectOnce(replaying(meta(1000, child, { forked_from_id: parent }), (index) => 1000 + index));
  });

  test('a fork that embeds its parent’s first line', () => {
    const lines = replaying(meta(1000, child, { forked_from_id: parent }), () => 1000);
    expectOnce([lines[0] as Line, meta(1000, parent), ...lines.slice(1)]);
  });

  test('totals that go on from the parent’s do not hide the child’s first request, nor totals that begin anew', () => {
    expectOnce(
      replaying(meta(1000, child, spawned), () => 1000, [tokenCount(1100, 1), tokenCount(1101, 2)]),
      requests(5),
    );
  });

  test('a sub-agent whose own requests are as large as its parent’s keeps them', () => {
    expectOnce([meta(1000, child, spawned), context(1001), tokenCount(1010, 1), tokenCount(1020, 2)], requests(5));
  });

  test('records replayed with the parent’s thread are the parent’s', () => {
    const records = [1, 2].map((each) => usageRecord(each + 1, parent, `resp_${each}`));
    const replay = [
      meta(1000, child, { forked_from_id: parent }),
      meta(1000, parent),
      ...records,
      usageRecord(1100, child, 'resp_3'),
    ];
    const drafts = draftsOf({ [child]: replay, [parent]: [meta(0, parent), ...records] });
    expect(recountByRoot(drafts)).toMatchObject({ [parent]: requests(2), [child]: requests(1) });
  });
});

const turn = (id: string, started: number, count: number, stamp: number): Line[] => [
  event(stamp, 'task_started', { turn_id: id, started_at: Date.parse(at(started)) / 1000 }),
  context(stamp, 'gpt-5.5', { turn_id: id }),
  tokenCount(stamp, count),
];

const claimsIn = (drafts: RowDraft[]) =>
  drafts.filter((draft) => draft.kind === 'usage.recorded').map((draft) => [draft.identity.key, draft.identity.claim]);
const named = (thread: string, count: number) =>
  `codex:${thread}:${count * 1000}.${count * 400}.${count * 100}.${count * 20}.${count * 1100}`;

describe('F-beyond: where turns are marked, the log itself tells a replay', () => {
  const grandchild = madeAt(2000);
  const born = (seconds: number, id: string, from: string) =>
    meta(seconds, id, { forked_from_id: from, cli_version: '0.123.0' });

  test('by the turn’s id, made before the thread was', () => {
    const lines = [
      born(1000, child, parent),
      meta(1000, parent),
      ...turn(madeAt(5), 5, 1, 1000),
      ...turn(madeAt(1050), 1050, 2, 1060),
    ];
    expect(claimsIn(readRollout(child, lines).drafts)).toEqual([
      [named(parent, 1), 'copy'],
      [named(child, 2), 'own'],
    ]);
  });

  test('by the time the turn began, where its id says nothing', () => {
    const lines = [
      born(1000, child, parent),
      meta(1000, parent),
      ...turn('1', 5, 1, 1000),
      ...turn('2', 1050, 2, 1060),
    ];
    expect(claimsIn(readRollout(child, lines).drafts)).toEqual([
      [named(parent, 1), 'copy'],
      [named(child, 2), 'own'],
    ]);
  });

  test('a parent that went on with requests as large as the child’s keeps its own, and the child its', () => {
    const own = [meta(0, parent), ...turn(madeAt(5), 5, 1, 6), ...turn(madeAt(1500), 1500, 2, 1501)];
    const forked = [
      born(1000, child, parent),
      meta(1000, parent),
      ...turn(madeAt(5), 5, 1, 1000),
      ...turn(madeAt(1050), 1050, 2, 1060),
    ];
    expect(recountByRoot(draftsOf({ [child]: forked, [parent]: own }))).toMatchObject({
      [parent]: requests(2),
      [child]: requests(1),
    });
  });

  test('a fork of a fork names the owner of each turn', () => {
    const lines = [
      born(2000, grandchild, child),
      born(2000, child, parent),
      meta(2000, parent),
      ...turn(madeAt(5), 5, 1, 2000),
      ...turn(madeAt(1050), 1050, 2, 2000),
      ...turn(madeAt(2050), 2050, 3, 2060),
    ];
    expect(claimsIn(readRollout(grandchild, lines).drafts)).toEqual([
      [named(parent, 1), 'copy'],
      [named(child, 2), 'copy'],
      [named(grandchild, 3), 'own'],
    ]);
  });

  test('totals of a parent whose requests are named by records are not stated a second time', () => {
    const spawn = meta(1000, child, { ...spawned, forked_from_id: parent, cli_version: '0.159.0' });
    const lines = [
      spawn,
      meta(1000, parent),
      ...turn(madeAt(5), 5, 1, 1000),
      ...turn(madeAt(1050), 1050, 2, 1060).slice(0, 2),
      usageRecord(1061, child, 'resp_9'),
    ];
    expect(claimsIn(readRollout(child, lines).drafts)).toEqual([['codex:resp_9', 'own']]);
  });

  test('lines below the ordinal at which the sub-agent begins are the parent’s', () => {
    const spawn = meta(1000, child, { ...spawned, subagent_history_start_ordinal: 5 });
    const drafts = readRollout(child, [spawn, { ...(tokenCount(1000, 1) as object), ordinal: 3 }]).drafts;
    expect(claimsIn(drafts)).toEqual([[named(parent, 1), 'copy']]);
  });

  test('a fork that refers to its parent’s history takes the totals only as where they begin', () => {
    const fork = meta(1000, child, {
      forked_from_id: parent,
      history_base: { thread_id: parent, end_ordinal_exclusive: 9 },
    });
    const drafts = readRollout(child, [
      fork,
      tokenCount(1001, 3),
      usageRecord(1002, child, 'resp_4', { thread_token_usage: tokens(4) }),
    ]).drafts;
    expect(recount(drafts)).toMatchObject(requests(1));
  });
});

describe('F-beyond: the program’s own total is kept apart', () => {
  const claims = (drafts: RowDraft[]) =>
    drafts.filter((draft) => draft.kind === 'usage.claimed').map((draft) => draft.data);

  test('the latest total, never summed', () => {
    const drafts = readRollout(parent, [...original]).drafts;
    expect(claims(drafts).at(-1)).toMatchObject({ source: 'token_count', includesInherited: false, inputTokens: 3000 });
    expect(new Set(drafts.filter((draft) => draft.kind === 'usage.claimed').map((draft) => draft.key))).toEqual(
      new Set(['claim:token_count']),
    );
  });

  test('in a fork it says that the parent’s is in it', () => {
    const fork = meta(1000, child, { forked_from_id: parent, history_base: { thread_id: parent } });
    const drafts = readRollout(child, [
      fork,
      usageRecord(1002, child, 'resp_4', { thread_token_usage: tokens(4) }),
    ]).drafts;
    expect(claims(drafts)).toMatchObject([
      { source: 'thread_token_usage', includesInherited: true, inputTokens: 4000 },
    ]);
  });

  test('in a sub-agent whose totals began at nothing it does not', () => {
    const drafts = readRollout(child, [
      meta(1000, child, spawned),
      usageRecord(1002, child, 'resp_1', { thread_token_usage: tokens(1) }),
    ]).drafts;
    expect(claims(drafts)).toMatchObject([{ includesInherited: false, inputTokens: 1000 }]);
  });
});
