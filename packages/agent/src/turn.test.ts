/** The loop over effects that are plain functions: what it does next follows from the log alone. */
import { emptySession, foldRows, type NewRow, type SessionState } from '@taffrail/session';
import { channelOf, type Item, type PermissionDecision, type Row } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import type { AgentOutcome, AgentStart, TurnEffects, TurnSetting } from './contract.js';
import { KeyRing } from './keys.js';
import type { CallModel, ModelEvent } from './models/contract.js';
import { inputRow, runTurn } from './turn.js';

const setting: TurnSetting = {
  turnId: 't',
  system: '',
  models: [{ keyId: 'k', model: 'm' }],
  effort: null,
  tools: [],
  check: null,
  compacts: false,
};

const saying = (text: string): ModelEvent[] => [
  { type: 'opened', part: 'p', kind: 'message' },
  { type: 'text', part: 'p', text },
  { type: 'finished', reason: 'stop' },
];
const calling = (callId: string): ModelEvent[] => callingAll([callId]);
const callingAll = (callIds: string[], name = 'tool'): ModelEvent[] => [
  ...callIds.flatMap((callId): ModelEvent[] => [
    { type: 'opened', part: callId, kind: 'tool_call', callId, name },
    { type: 'closed', part: callId, text: JSON.stringify({ callId }) },
  ]),
  { type: 'finished', reason: 'tool_calls' },
];

/** Sub-agents that end when they are told to. */
class Agents {
  readonly starts: AgentStart[] = [];
  readonly #ends = new Map<string, (outcome: AgentOutcome | null) => void>();
  /** What each says at once, where nobody tells it to end. */
  usual: AgentOutcome | undefined;

  run(start: AgentStart): Promise<AgentOutcome | null> {
    this.starts.push(start);
    if (this.usual !== undefined) return Promise.resolve(this.usual);
    return new Promise((resolve) => this.#ends.set(start.callId, resolve));
  }

  end(callId: string, outcome: Partial<AgentOutcome> = {}): void {
    this.#ends.get(callId)?.({ status: 'ok', text: `${callId} is done`, changedFiles: false, ...outcome });
  }

  /** It waits on, for another server. */
  leave(callId: string): void {
    this.#ends.get(callId)?.(null);
  }

  get started(): string[] {
    return this.starts.map(({ callId }) => callId);
  }
}

/** All that can be done without anybody's word is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A log in memory, a model that answers by the number of its calls, and a tool that notes what it ran. */
class Desk {
  state: SessionState = emptySession;
  readonly ran: string[] = [];
  readonly asked: string[] = [];
  readonly checks: string[] = [];
  readonly agents = new Agents();
  readonly sent: Item[][] = [];
  #minted = 0;

  constructor(
    readonly answers: (call: number) => ModelEvent[],
    readonly decided: PermissionDecision | null = 'allow',
  ) {
    this.append([
      { key: 'turn:t', at: 0, turnId: 't', kind: 'turn.started', data: { runGen: 1 } },
      inputRow({ inputId: 't', mode: 'queue', text: 'do it' }, [], { turnId: 't', at: 0 }),
    ]);
  }

  append(rows: readonly NewRow[]): void {
    for (const { key, at, ...row } of rows) {
      const type = row.kind === 'item.recorded' ? row.data.type : undefined;
      const place = { seq: this.state.head + 1, at: new Date(at).toISOString(), partId: key };
      this.state = foldRows(this.state, [{ ...row, ...place, channel: channelOf(row.kind, type) } as Row]);
    }
  }

  run(signal = new AbortController().signal, check: string | null = null): ReturnType<typeof runTurn> {
    return runTurn({ ...setting, check }, this.#effects(), signal);
  }

  items(): Item[] {
    return [...this.state.items.values()].map(({ item }) => item);
  }

  #effects(): TurnEffects {
    let answered = 0;
    const answers = this.answers;
    const { sent } = this;
    const callModel: CallModel = async function* ({ items }) {
      sent.push([...items]);
      yield* answers(answered++);
    };
    return {
      append: async (rows) => this.append(rows),
      text: () => undefined,
      blob: async () => null,
      state: () => this.state,
      isUsed: (partId) => this.state.items.has(partId),
      key: (id) => ({ id, provider: 'demo', baseUrl: null, secret: null }),
      keys: new KeyRing(),
      contextWindow: () => null,
      refusal: async () => null,
      callModel,
      prepare: ({ callId, name: tool, text: subject }) => {
        const order = tool === 'agent' ? { task: subject } : null;
        const rule = tool === 'tool' ? 'ask' : 'allow';
        const together = tool !== 'tool';
        return { callId, tool, input: {}, subject, writes: false, together, order, rule, pattern: subject };
      },
      runAgent: (start) => this.agents.run(start),
      runTool: async ({ callId }) => {
        this.ran.push(callId);
        return { status: 'ok', text: 'done' };
      },
      runCheck: async (command) => {
        this.checks.push(command);
        return { status: 'ok', text: '' };
      },
      decided: () => this.decided,
      decision: async (permissionId) => {
        this.asked.push(permissionId);
        return 'allow';
      },
      steers: () => [],
      rest: async () => undefined,
      now: () => 0,
      newId: () => `id-${this.#minted++}`,
    };
  }
}

describe('E5: the loop', () => {
  it('ends a turn that always calls for more, and says so', async () => {
    const desk = new Desk((call) => calling(`call-${call}`));
    expect(await desk.run()).toMatchObject({ outcome: 'failed', reason: 'The turn was stopped after 200 steps.' });
    expect(desk.ran).toHaveLength(200);
    expect(desk.items().at(-1)).toMatchObject({ type: 'error' });
  });

  it('does not ask the model where the last word is said already', async () => {
    const desk = new Desk(() => saying('twice'));
    await desk.run();
    expect(await desk.run()).toEqual({ outcome: 'complete' });
    expect(desk.items().filter(({ text }) => text === 'twice')).toHaveLength(1);
  });

  it('asks a person once, and not where the log has the answer', async () => {
    const answers = (call: number) => (call === 0 ? calling('a') : saying('done'));
    const [open, known] = [new Desk(answers, null), new Desk(answers, 'deny')];
    await open.run();
    await known.run();
    expect([open.asked.length, open.ran]).toEqual([1, ['a']]);
    expect([known.asked.length, known.ran]).toEqual([0, []]);
  });

  it('B-beyond: reports a call that had begun, and does not run it', async () => {
    const desk = new Desk(() => saying('I see.'));
    const call = { key: 'call:a', at: 0, turnId: 't', step: 0, kind: 'item.recorded' } as const;
    const span = { spanId: 'a', parentId: 't', kind: 'tool', name: 'tool', callId: 'a' } as const;
    desk.append([
      { ...call, data: { type: 'tool_call', callId: 'a', name: 'tool', text: '{}' } },
      { key: 'span:a', at: 0, turnId: 't', step: 0, kind: 'span.started', data: span },
    ]);
    expect(await desk.run()).toEqual({ outcome: 'complete' });
    expect(desk.ran).toEqual([]);
    expect(desk.items()).toContainEqual(expect.objectContaining({ type: 'tool_result', status: 'interrupted' }));
  });

  it('runs sub-agents four at a time, and goes on when the last of them has answered', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const desk = new Desk((call) => (call === 0 ? callingAll(names, 'agent') : saying('All done.')));
    const turn = desk.run();
    await settled();
    expect(desk.agents.started).toEqual(['a', 'b', 'c', 'd']);
    desk.agents.end('c');
    await settled();
    expect(desk.agents.started).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const name of ['e', 'a', 'b', 'd']) desk.agents.end(name);
    await settled();
    expect(desk.sent).toHaveLength(1);
    desk.agents.end('f', { status: 'error', text: 'f has failed' });
    expect(await turn).toEqual({ outcome: 'complete' });
    const results = desk.items().filter((item) => item.type === 'tool_result');
    expect(results.map(({ text }) => text)).toEqual([
      ...names.slice(0, 5).map((name) => `${name} is done`),
      'f has failed',
    ]);
    expect(new Set(results.map(({ childSessionId }) => childSessionId)).size).toBe(6);
    expect(desk.state.openSpans.size).toBe(0);
  });

  it('lets what may change something wait for its neighbours, and its neighbours for it', async () => {
    const mixed = [
      ...callingAll(['a', 'b'], 'agent').slice(0, -1),
      ...calling('t').slice(0, -1),
      ...callingAll(['c'], 'agent'),
    ];
    const desk = new Desk((call) => (call === 0 ? mixed : saying('Done.')));
    const turn = desk.run();
    await settled();
    desk.agents.end('b');
    await settled();
    expect([desk.agents.started, desk.ran]).toEqual([['a', 'b'], []]);
    desk.agents.end('a');
    await settled();
    expect([desk.agents.started, desk.ran]).toEqual([['a', 'b', 'c'], ['t']]);
    desk.agents.end('c');
    expect(await turn).toEqual({ outcome: 'complete' });
  });

  it('starts sixteen sub-agents in a turn and no more', async () => {
    const desk = new Desk((call) => (call < 20 ? callingAll([`call-${call}`], 'agent') : saying('Enough.')));
    desk.agents.usual = { status: 'ok', text: 'done', changedFiles: false };
    await desk.run();
    expect(desk.agents.starts).toHaveLength(16);
    const refused = desk.items().filter((item) => item.type === 'tool_result' && item.status === 'error');
    expect(refused.map(({ text }) => text)).toEqual(Array(4).fill(expect.stringMatching(/16 sub-agents.*no more/)));
  });

  it('watches on a sub-agent that another process had started, and gives it no second order', async () => {
    const desk = new Desk(() => saying('I see.'));
    const call = { key: 'call:a', at: 0, turnId: 't', step: 0, kind: 'item.recorded' } as const;
    const span = {
      spanId: 'a',
      parentId: 't',
      kind: 'agent',
      name: 'agent',
      callId: 'a',
      childSessionId: 'x',
    } as const;
    desk.append([
      { ...call, data: { type: 'tool_call', callId: 'a', name: 'agent', text: '{}' } },
      { key: 'span:a', at: 0, turnId: 't', step: 0, kind: 'span.started', data: span },
    ]);
    desk.agents.usual = { status: 'ok', text: 'found it', changedFiles: false };
    expect(await desk.run()).toEqual({ outcome: 'complete' });
    expect(desk.agents.starts).toEqual([{ callId: 'a', childSessionId: 'x', order: null }]);
    expect(desk.items()).toContainEqual(expect.objectContaining({ text: 'found it', childSessionId: 'x' }));
  });

  it('leaves the call open where the server stops while its sub-agent waits', async () => {
    const desk = new Desk(() => callingAll(['a'], 'agent'));
    const controller = new AbortController();
    const turn = desk.run(controller.signal);
    await settled();
    controller.abort('shutdown');
    desk.agents.leave('a');
    expect(await turn).toEqual({ outcome: 'cancelled' });
    expect([...desk.state.openSpans.values()]).toMatchObject([{ kind: 'agent' }]);
  });

  it('E3: runs the check where a sub-agent has changed files, and not where it has only looked', async () => {
    const checked = async (changedFiles: boolean) => {
      const desk = new Desk((call) => (call === 0 ? callingAll(['a'], 'agent') : saying('Done.')));
      desk.agents.usual = { status: 'ok', text: 'done', changedFiles };
      await desk.run(undefined, 'npm test');
      return desk.checks;
    };
    expect([await checked(true), await checked(false)]).toEqual([['npm test'], []]);
  });

  it('A3: says that it goes on when another process left it waiting', async () => {
    const desk = new Desk(() => saying('Here.'));
    desk.append([{ key: 'w', at: 0, turnId: 't', kind: 'turn.waiting', data: { until: null, reason: 'keys' } }]);
    expect(desk.state.status).toBe('waiting');
    await desk.run();
    expect([desk.state.status, desk.state.waiting]).toEqual(['running', null]);
  });
});
