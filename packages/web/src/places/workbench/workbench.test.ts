/** The workbench's pure parts: tasks, history, turns, usage, choices. */
import type {
  LastRequest,
  OpenPermission,
  PlacedItem,
  SessionUsage,
  TimelineTurn,
  Turn,
  UsageTotals,
} from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { promptsOf, recalled } from './history.js';
import { turnsOf } from './live-turns.js';
import { contextTokens, isStale, usageOf } from './live-usage.js';
import { demoOf, startable } from './start-choices.js';
import { tasksOf } from './tasks.js';
import { workbenchSearchOf } from './url-state.js';

const second = (count: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, count)).toISOString();
const place = (seq: number, item: PlacedItem['item']): PlacedItem => {
  return { id: `i${seq}`, seq, at: second(seq), turnId: 't1', step: null, item };
};
const said = (seq: number, text: string) => place(seq, { type: 'message', role: 'user', author: 'human', text });
const tasksCall = (seq: number, text: string) =>
  place(seq, { type: 'tool_call', callId: `c${seq}`, name: 'tasks', text });
const byId = (items: PlacedItem[]) => new Map(items.map((item) => [item.id, item]));

describe('tasks', () => {
  const list = (status: string) => JSON.stringify({ tasks: [{ text: 'Read', status }] });

  it('E5: the newest list counts', () => {
    expect(tasksOf([tasksCall(1, list('pending')), tasksCall(2, list('done'))])).toEqual([
      { text: 'Read', status: 'done' },
    ]);
  });

  it('E5: a list that is still being written changes nothing', () => {
    expect(tasksOf([tasksCall(1, list('active')), tasksCall(2, '{"tasks": [{"te')])).toEqual([
      { text: 'Read', status: 'active' },
    ]);
  });

  it('no list is no list, and an unknown status is work to do', () => {
    expect(tasksOf([said(1, 'hello')])).toBeNull();
    expect(tasksOf([tasksCall(1, list('paused'))])).toEqual([{ text: 'Read', status: 'pending' }]);
  });
});

describe('what was asked before', () => {
  const prompts = promptsOf([said(1, 'first'), said(2, 'second'), said(3, 'first')]);

  it('comes back newest first, each once', () => {
    expect(prompts).toEqual(['first', 'second']);
  });

  it('↑ goes into the past and stops at the oldest, ↓ comes back to nothing', () => {
    expect(recalled(prompts, '', 1)).toBe('first');
    expect(recalled(prompts, 'first', 1)).toBe('second');
    expect(recalled(prompts, 'second', 1)).toBeNull();
    expect(recalled(prompts, 'first', -1)).toBe('');
  });

  it('what one is writing is never replaced', () => {
    expect(recalled(prompts, 'something new', 1)).toBeNull();
  });
});

const turn = (over: Partial<Turn>): Turn => ({
  turnId: 't1',
  seq: 1,
  startedAt: second(0),
  finishedAt: null,
  outcome: 'running',
  reason: null,
  throughput: null,
  before: null,
  after: null,
  resumes: null,
  compacts: false,
  ...over,
});
const throughput = {
  model: 'large',
  startedAt: second(0),
  requests: 2,
  inputTokens: 100,
  outputTokens: null,
  cacheReadTokens: null,
  reasoningTokens: null,
  contextTokens: 90,
  contextWindow: 1000,
};

describe('the timeline of a live session', () => {
  const nobodyAsks = { permissions: new Map(), waiting: null };

  it('D5: says of a turn what it waits for, a person before a key, and only of the one that does', () => {
    const turns = new Map([
      ['t1', turn({ outcome: 'complete' })],
      ['t2', turn({ turnId: 't2' })],
    ]);
    const question: OpenPermission = {
      permissionId: 'p',
      callId: 'c',
      tool: 'run_command',
      subject: 'npm test',
      pattern: 'npm test',
      askedAt: second(3),
      turnId: 't2',
    };
    const asked = new Map([['p', question]]);
    const key = { until: null, reason: 'rate limited' };
    const waits = (facts: Partial<Parameters<typeof turnsOf>[0]>) =>
      turnsOf({ ...nobodyAsks, turns, items: new Map(), ...facts }, []).map(({ waitsFor }) => waitsFor);
    expect(waits({ permissions: asked, waiting: key })).toEqual([undefined, 'person']);
    expect(waits({ waiting: key })).toEqual([undefined, 'key']);
    expect(waits({})).toEqual([undefined, undefined]);
  });

  const known: TimelineTurn = {
    turnId: 't1',
    seq: 1,
    startedAt: second(0),
    finishedAt: null,
    prompt: 'from the server',
    toolCalls: 7,
    requests: 1,
    inputTokens: 40,
    outputTokens: 4,
  };

  it('B-beyond: says of a turn that nobody asked for what it does', () => {
    const turns = new Map([
      ['t1', turn({ turnId: 't1', resumes: 't0' })],
      ['t2', turn({ turnId: 't2', compacts: true })],
      ['t3', turn({ turnId: 't3' })],
    ]);
    const shown = turnsOf({ ...nobodyAsks, turns, items: new Map() }, []);
    expect(shown.map(({ unasked }) => unasked)).toEqual(['resume', 'compaction', undefined]);
  });

  it('D5: has the compactions that are loaded here and those that only the server knows', () => {
    const turns = new Map([['t1', turn({ compacts: true })]]);
    const summary = { type: 'compaction', text: 'so far', trigger: 'manual', tokensBefore: 910 } as const;
    const items = byId([{ id: 'c', seq: 9, at: second(1), turnId: 't1', step: null, item: summary }]);
    const old = [{ seq: 4, trigger: 'auto' } as const, { seq: 9, trigger: 'manual' } as const];
    expect(turnsOf({ ...nobodyAsks, turns, items }, [{ ...known, compactions: old }])).toMatchObject([
      { compacts: true, compactions: [{ seq: 4 }, { seq: 9, trigger: 'manual', tokensBefore: 910 }] },
    ]);
    expect(turnsOf({ ...nobodyAsks, turns, items: new Map() }, [])[0]).not.toHaveProperty('compacts');
  });

  it('C6: takes the figures a turn ended with, and leaves unknown what nobody reported', () => {
    const turns = new Map([['t1', turn({ outcome: 'complete', finishedAt: second(9), throughput })]]);
    expect(turnsOf({ ...nobodyAsks, turns, items: byId([said(1, 'do it')]) }, [])).toMatchObject([
      { prompt: 'do it', outcome: 'complete', inputTokens: 100, outputTokens: null, model: 'large' },
    ]);
  });

  it('B2: of a long session has the turns that the line does not tell of from the server', () => {
    const turns = new Map([['t9', turn({ turnId: 't9', seq: 90 })]]);
    const shown = turnsOf({ ...nobodyAsks, turns, items: new Map() }, [known, { ...known, turnId: 't9', seq: 90 }]);
    expect(shown.map(({ turnId, outcome }) => [turnId, outcome])).toEqual([
      ['t1', undefined],
      ['t9', 'running'],
    ]);
  });

  it('what is not loaded any more comes from the server', () => {
    const turns = new Map([['t1', turn({})]]);
    expect(turnsOf({ ...nobodyAsks, turns, items: new Map() }, [known])).toMatchObject([
      { prompt: 'from the server', toolCalls: 7, inputTokens: 40 },
    ]);
  });
});

const last: LastRequest = {
  model: 'large',
  at: second(5),
  turnId: 't1',
  inputTokens: 80,
  outputTokens: 20,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
};
const reported = {
  inputTokens: 3,
  outputTokens: 3,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
};
const totals: UsageTotals = { ...last, requests: 3, inputTokens: 300, outputTokens: 30, reported, last };

describe('the usage of a live session', () => {
  const older: SessionUsage = {
    usage: { ...totals, requests: 2, inputTokens: 200, costMicros: 5, pricedRequests: 2 },
    usageWithSubAgents: null,
    inherited: null,
    requests: [],
    crossChecks: [],
    byModel: [],
    contextWindow: null,
  };

  it('C6: is what the log states, never a sum of ours: the server’s older answer only adds prices', () => {
    const { usage } = usageOf({ totals, turns: new Map() }, older);
    expect(usage).toMatchObject({ requests: 3, inputTokens: 300, costMicros: 5, pricedRequests: 2 });
  });

  it('is nothing while nothing was reported, and its price unknown before the server has priced it', () => {
    expect(usageOf({ totals: null, turns: new Map() }, undefined).usage).toBeNull();
    expect(usageOf({ totals, turns: new Map() }, undefined).usage).toMatchObject({ costMicros: null });
  });

  it('knows the window from the newest turn that tells it', () => {
    const turns = new Map([
      ['t1', turn({ throughput })],
      ['t2', turn({ turnId: 't2' })],
    ]);
    expect(usageOf({ totals, turns }, older).contextWindow).toBe(1000);
  });

  it('the context is the last request with its answer; unknown stays unknown', () => {
    expect(contextTokens(last)).toBe(100);
    expect(contextTokens({ ...last, inputTokens: null })).toBeNull();
    expect(contextTokens(null)).toBeNull();
  });

  it('the context is of the past once it was compacted', () => {
    const compaction = place(8, { type: 'compaction', text: '', trigger: 'manual' });
    expect(isStale([compaction], last)).toBe(true);
    expect(isStale([{ ...compaction, at: second(2) }], last)).toBe(false);
    expect(isStale([], last)).toBe(false);
  });
});

describe('what a session can begin with', () => {
  const model = (id: string, exhaustedUntil: string | null = null) => ({
    id,
    keyId: id.split('/')[0] ?? '',
    model: id.split('/')[1] ?? '',
    provider: id.startsWith('demo') ? 'demo' : 'anthropic',
    contextWindow: null,
    exhaustedUntil,
  });
  const choices = {
    models: [model('demo/demo'), model('main/large', second(30)), model('spare/small')],
    agents: [
      { name: 'default', models: ['main/large', 'spare/small'], tools: [] },
      { name: 'free', models: [], tools: [] },
    ],
    hosted: [],
    folders: [],
  };

  it('the agent’s own models come in its order, exhausted ones last', () => {
    expect(startable(choices, 'default').map(({ id }) => id)).toEqual(['spare/small', 'main/large']);
  });

  it('an agent without a list may use all, and the demo model is found by its provider', () => {
    expect(startable(choices, 'free').map(({ id }) => id)).toEqual(['demo/demo', 'spare/small', 'main/large']);
    expect(demoOf(choices)?.id).toBe('demo/demo');
  });
});

describe('the address of the workbench', () => {
  it('keeps what can be named and leaves out the rest', () => {
    expect(workbenchSearchOf({ s: 'one', seq: '12', panel: 'tasks', find: 'rope', other: 'x' })).toEqual({
      s: 'one',
      seq: 12,
      panel: 'tasks',
      find: 'rope',
    });
    expect(workbenchSearchOf({ panel: 'unheard', seq: '-1' })).toEqual({});
  });
});
