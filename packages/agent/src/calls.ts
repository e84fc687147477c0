/** A step's calls: permitted, run one after the other, and never run twice. */
import type { NewRow, SessionState } from '@taffrail/session';
import type { Item, PermissionDecision } from '@taffrail/wire';
import type { ReadyCall, TurnEffects, TurnSetting } from './contract.js';
import type { ToolOutcome } from './tools/contract.js';

export interface OpenCall {
  callId: string;
  name: string;
  text: string;
  step: number;
}

/** The calls of a turn that have no result, in their order. */
export function openCalls({ items }: SessionState, turnId: string): OpenCall[] {
  return [...items.values()].flatMap(({ item, turnId: of, step }) =>
    item.type === 'tool_call' && of === turnId && !isAnswered(items, item.callId)
      ? [{ callId: item.callId, name: item.name, text: item.text, step: step ?? 0 }]
      : [],
  );
}

function isAnswered(items: SessionState['items'], callId: string): boolean {
  const result = items.get(`result:${callId}`)?.item;
  return result !== undefined && !('streaming' in result);
}

// From then on the same call is refused: it was answered often enough.
const repeatsMax = 8;

/** How often the same call with the same input was made in a row in this turn, up to the call `callId`, or the last. */
export function repeatsOf({ items }: SessionState, turnId: string, callId?: string): number {
  const calls = [...items.values()].flatMap(({ item, turnId: of }) =>
    item.type === 'tool_call' && of === turnId ? [item] : [],
  );
  const until = callId === undefined ? calls.length - 1 : calls.findIndex((call) => call.callId === callId);
  const last = calls[until];
  const other = calls.findLastIndex(
    (call, at) => at <= until && !(call.name === last?.name && call.text === last?.text),
  );
  return until - other;
}

export class CallRunner {
  readonly #setting: TurnSetting;
  readonly #effects: TurnEffects;

  constructor(setting: TurnSetting, effects: TurnEffects) {
    this.#setting = setting;
    this.#effects = effects;
  }

  async run(call: OpenCall, signal: AbortSignal): Promise<void> {
    if (this.#wasStarted(call)) return this.#interrupted(call);
    const ready =
      repeatsOf(this.#effects.state(), this.#setting.turnId, call.callId) > repeatsMax
        ? {
            problem: `This call was made ${repeatsMax} times with the same input. It is not run again: try another way.`,
          }
        : this.#effects.prepare(call);
    if ('problem' in ready) return this.#refuse(call, ready.problem);
    const refusal = await this.#permission(call, ready, signal);
    if (signal.aborted) return;
    if (refusal !== null) return this.#refuse(call, refusal);
    await this.#execute(call, ready, signal);
  }

  /** It ran when the server stopped: whatever it did is done, and must not be done again. */
  #wasStarted({ callId }: OpenCall): boolean {
    const state = this.#effects.state();
    return [...state.openSpans.values()].some((span) => span.kind === 'tool' && span.callId === callId);
  }

  async #interrupted(call: OpenCall): Promise<void> {
    const text = 'Interrupted: the server stopped while this ran. It was not run again; look at what it has done.';
    const known = this.#effects.state().items.get(`result:${call.callId}`)?.item.text ?? '';
    const whole = known === '' ? text : `${known}\n${text}`;
    await this.#effects.append([
      this.#result(call, { status: 'interrupted', text: whole }),
      this.#row(call, `span:${call.callId}:end`, {
        kind: 'span.finished',
        data: { spanId: call.callId, status: 'interrupted' },
      }),
    ]);
  }

  /** `null` where it may run, else what the model is told. */
  async #permission(call: OpenCall, ready: ReadyCall, signal: AbortSignal): Promise<string | null> {
    if (ready.rule === 'allow') return null;
    if (ready.rule === 'deny') return `Not allowed: the permissions deny ${ready.tool} for ${ready.subject}.`;
    // Where the server was started anew, the answer may be there before the call is.
    const decision = this.#effects.decided(call.callId) ?? (await this.#ask(call, ready, signal));
    return decision === 'allow' || decision === 'always' ? null : 'Not allowed: the person said no.';
  }

  /** `expired` when the turn is stopped first. */
  async #ask(call: OpenCall, ready: ReadyCall, signal: AbortSignal): Promise<PermissionDecision> {
    const asked = [...this.#effects.state().permissions.values()].find(({ callId }) => callId === call.callId);
    const permissionId = asked?.permissionId ?? this.#effects.newId();
    if (!asked) {
      const { tool, subject, pattern } = ready;
      const question = { permissionId, callId: call.callId, tool, subject, pattern };
      await this.#effects.append([
        this.#row(call, `ask:${permissionId}`, { kind: 'permission.asked', data: question }),
      ]);
    }
    try {
      return await this.#effects.decision(permissionId, signal);
    } catch (error) {
      if (signal.aborted) return 'expired';
      throw error;
    }
  }

  async #execute(call: OpenCall, ready: ReadyCall, signal: AbortSignal): Promise<void> {
    const started = this.#effects.now();
    const { turnId } = this.#setting;
    const partId = `result:${call.callId}`;
    const empty: Item = { type: 'tool_result', callId: call.callId, text: '', status: 'ok', streaming: true };
    const span = {
      spanId: call.callId,
      parentId: turnId,
      kind: 'tool' as const,
      name: ready.tool,
      callId: call.callId,
    };
    await this.#effects.append([
      this.#row(call, `span:${call.callId}`, { kind: 'span.started', data: span }),
      this.#row(call, partId, { kind: 'item.recorded', data: empty }),
    ]);
    const shown = new Shown((offset, text) => this.#effects.text({ partId, turnId, step: call.step }, offset, text));
    const outcome = await this.#effects.runTool(ready, (text) => shown.add(text), signal);
    const { status } = outcome;
    const end = {
      spanId: call.callId,
      status: status === 'interrupted' ? ('cancelled' as const) : status,
      inputBytes: Buffer.byteLength(call.text),
      outputBytes: outcome.whole?.length ?? Buffer.byteLength(outcome.text),
    };
    await this.#effects.append([
      ...this.#naming(call, outcome),
      this.#result(call, outcome, this.#effects.now() - started),
      this.#row(call, `span:${call.callId}:end`, { kind: 'span.finished', data: end }),
    ]);
  }

  /** A person's own title stands. */
  #naming(call: OpenCall, { title }: ToolOutcome): NewRow[] {
    const { title: before, titledBy } = this.#effects.state().description;
    const isOpen = before === undefined || titledBy === 'input' || titledBy === 'model';
    if (title === undefined || !isOpen) return [];
    const data = { title, titledBy: 'model' as const };
    return [this.#row(call, `title:${call.callId}`, { kind: 'session.described', data })];
  }

  async #refuse(call: OpenCall, text: string): Promise<void> {
    await this.#effects.append([this.#result(call, { status: 'error', text })]);
  }

  #result(call: OpenCall, { status, text }: Pick<ToolOutcome, 'status' | 'text'>, durationMs?: number): NewRow {
    const took = durationMs === undefined ? {} : { durationMs };
    const data: Item = { type: 'tool_result', callId: call.callId, text, status, ...took };
    return this.#row(call, `result:${call.callId}`, { kind: 'item.recorded', data });
  }

  #row<Said extends object>({ step }: OpenCall, key: string, said: Said) {
    return { key, at: this.#effects.now(), turnId: this.#setting.turnId, step, ...said };
  }
}

// What is shown while it runs; the result itself says the rest.
const shownCharactersMax = 32 * 1024;

class Shown {
  readonly #send: (offset: number, text: string) => void;
  #length = 0;

  constructor(send: (offset: number, text: string) => void) {
    this.#send = send;
  }

  add(text: string): void {
    const fitting = text.slice(0, Math.max(0, shownCharactersMax - this.#length));
    if (fitting === '') return;
    this.#send(this.#length, fitting);
    this.#length += fitting.length;
  }
}
