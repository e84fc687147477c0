/** The loop over effects that are plain functions: what it does next follows from the log alone. */
import { emptySession, foldRows, type NewRow, type SessionState } from '@taffrail/session';
import { channelOf, type Item, type PermissionDecision, type Row } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import type { TurnEffects, TurnSetting } from './contract.js';
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
const calling = (callId: string): ModelEvent[] => [
  { type: 'opened', part: callId, kind: 'tool_call', callId, name: 'tool' },
  { type: 'closed', part: callId, text: JSON.stringify({ callId }) },
  { type: 'finished', reason: 'tool_calls' },
];

/** A log in memory, a model that answers by the number of its calls, and a tool that notes what it ran. */
class Desk {
  state: SessionState = emptySession;
  readonly ran: string[] = [];
  readonly asked: string[] = [];
  #minted = 0;

  constructor(
    readonly answers: (call: number) => ModelEvent[],
    readonly decided: PermissionDecision | null = 'allow',
  ) {
    this.append([
      { key: 'turn:t', at: 0, turnId: 't', kind: 'turn.started', data: { runGen: 1 } },
      inputRow({ inputId: 't', mode: 'queue', text: 'do it' }, 't', 0),
    ]);
  }

  append(rows: readonly NewRow[]): void {
    for (const { key, at, ...row } of rows) {
      const type = row.kind === 'item.recorded' ? row.data.type : undefined;
      const place = { seq: this.state.head + 1, at: new Date(at).toISOString(), partId: key };
      this.state = foldRows(this.state, [{ ...row, ...place, channel: channelOf(row.kind, type) } as Row]);
    }
  }

  run(): ReturnType<typeof runTurn> {
    return runTurn(setting, this.#effects(), new AbortController().signal);
  }

  items(): Item[] {
    return [...this.state.items.values()].map(({ item }) => item);
  }

  #effects(): TurnEffects {
    let answered = 0;
    const answers = this.answers;
    const callModel: CallModel = async function* () {
      yield* answers(answered++);
    };
    return {
      append: async (rows) => this.append(rows),
      text: () => undefined,
      state: () => this.state,
      isUsed: (partId) => this.state.items.has(partId),
      key: (id) => ({ id, provider: 'demo', baseUrl: null, secret: null }),
      keys: new KeyRing(),
      contextWindow: () => null,
      callModel,
      prepare: ({ callId, name: tool, text: subject }) => {
        return { callId, tool, input: {}, subject, writes: false, rule: 'ask', pattern: subject };
      },
      runTool: async ({ callId }) => {
        this.ran.push(callId);
        return { status: 'ok', text: 'done' };
      },
      runCheck: async () => ({ status: 'ok', text: '' }),
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

  it('A3: says that it goes on when another process left it waiting', async () => {
    const desk = new Desk(() => saying('Here.'));
    desk.append([{ key: 'w', at: 0, turnId: 't', kind: 'turn.waiting', data: { until: null, reason: 'keys' } }]);
    expect(desk.state.status).toBe('waiting');
    await desk.run();
    expect([desk.state.status, desk.state.waiting]).toEqual(['running', null]);
  });
});
