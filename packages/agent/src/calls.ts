/** A step's calls: permitted, run, and never run twice. Those that disturb nobody run at the same time. */
import type { NewRow } from '@taffrail/session';
import type { Item, OpenSpan, PermissionDecision } from '@taffrail/wire';
import type { AgentStart, ReadyCall, TurnEffects, TurnSetting } from './contract.js';
import { countOf, type OpenCall, openCalls, repeatsOf } from './open-calls.js';
import { ShownOutput } from './shown-output.js';
import { someAtATime } from './some-at-a-time.js';
import type { ToolOutcome } from './tools/contract.js';

// From then on the same call is refused: it was answered often enough.
const repeatsMax = 8;
const togetherMax = 4;
// Each may start as many again: more is a model that has lost its way.
const agentsMax = 16;

/** What a call came to, as its result tells it. */
interface CallOutcome extends Pick<ToolOutcome, 'status' | 'text' | 'title' | 'files'> {
  childSessionId?: string;
  changedFiles?: boolean;
  outputBytes?: number;
}

export class CallRunner {
  readonly #setting: TurnSetting;
  readonly #effects: TurnEffects;

  constructor(setting: TurnSetting, effects: TurnEffects) {
    this.#setting = setting;
    this.#effects = effects;
  }

  /** All calls of the turn that have no result yet, those before which something is changed after it. */
  async runOpen(signal: AbortSignal): Promise<void> {
    const calls = openCalls(this.#effects.state(), this.#setting.turnId);
    for (const group of grouped(calls, (call) => this.#mayRunTogether(call))) {
      if (signal.aborted) return;
      await someAtATime(group, togetherMax, (call) => (signal.aborted ? Promise.resolve() : this.#run(call, signal)));
    }
  }

  #mayRunTogether(call: OpenCall): boolean {
    const ready = this.#effects.prepare(call);
    return 'together' in ready && ready.together;
  }

  async #run(call: OpenCall, signal: AbortSignal): Promise<void> {
    const begun = this.#begun(call);
    if (begun?.childSessionId !== undefined) return this.#watchOn(call, begun.childSessionId, begun, signal);
    if (begun) return this.#interrupted(call);
    const ready = this.#ready(call);
    if ('problem' in ready) return this.#refuse(call, ready.problem);
    const refusal = await this.#permission(call, ready, signal);
    if (signal.aborted) return;
    if (refusal !== null) return this.#refuse(call, refusal);
    if (ready.order) return this.#startAgent(call, ready, signal);
    await this.#execute(call, ready, signal);
  }

  /** It ran when the server stopped: whatever it did is done, and must not be done again. */
  #begun({ callId }: OpenCall): OpenSpan | undefined {
    const spans = [...this.#effects.state().openSpans.values()];
    return spans.find((span) => (span.kind === 'tool' || span.kind === 'agent') && span.callId === callId);
  }

  #ready(call: OpenCall): ReadyCall | { problem: string } {
    const state = this.#effects.state();
    if (repeatsOf(state, this.#setting.turnId, call.callId) > repeatsMax)
      return {
        problem: `This call was made ${repeatsMax} times with the same input. It is not run again: try another way.`,
      };
    const ready = this.#effects.prepare(call);
    const isTooMany =
      'order' in ready &&
      ready.order !== null &&
      countOf(state, this.#setting.turnId, call.name, call.callId) > agentsMax;
    return isTooMany
      ? { problem: `This turn has started ${agentsMax} sub-agents, and may start no more. Do the rest yourself.` }
      : ready;
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
    await this.#begin(call, { kind: 'tool', name: ready.tool });
    const { callId, step } = call;
    const place = { partId: `result:${callId}`, turnId: this.#setting.turnId, step };
    const shown = new ShownOutput((offset, text) => this.#effects.text(place, offset, text));
    const outcome = await this.#effects.runTool(ready, (text) => shown.add(text), signal);
    await this.#end(call, { ...outcome, ...(outcome.whole ? { outputBytes: outcome.whole.length } : {}) }, started);
  }

  async #startAgent(call: OpenCall, { tool, order }: ReadyCall, signal: AbortSignal): Promise<void> {
    const started = this.#effects.now();
    const childSessionId = this.#effects.newId();
    await this.#begin(call, { kind: 'agent', name: tool, childSessionId });
    await this.#watch(call, { callId: call.callId, childSessionId, order }, started, signal);
  }

  /** The sub-agent only waited when the server stopped, or had ended: it is not started again. */
  #watchOn(call: OpenCall, childSessionId: string, { startedAt }: OpenSpan, signal: AbortSignal): Promise<void> {
    return this.#watch(call, { callId: call.callId, childSessionId, order: null }, Date.parse(startedAt), signal);
  }

  async #watch(call: OpenCall, start: AgentStart, started: number, signal: AbortSignal): Promise<void> {
    const outcome = await this.#effects.runAgent(start, signal);
    if (outcome === null) return;
    await this.#end(call, { ...outcome, childSessionId: start.childSessionId }, started);
  }

  #begin(call: OpenCall, span: { kind: 'tool' | 'agent'; name: string; childSessionId?: string }): Promise<void> {
    const { callId } = call;
    const child = span.childSessionId === undefined ? {} : { childSessionId: span.childSessionId };
    const empty: Item = { type: 'tool_result', callId, text: '', status: 'ok', ...child, streaming: true };
    const data = { spanId: callId, parentId: this.#setting.turnId, callId, ...span };
    return this.#effects.append([
      this.#row(call, `span:${callId}`, { kind: 'span.started', data }),
      this.#row(call, `result:${callId}`, { kind: 'item.recorded', data: empty }),
    ]);
  }

  async #end(call: OpenCall, outcome: CallOutcome, started: number): Promise<void> {
    const { status } = outcome;
    const end = {
      spanId: call.callId,
      status: status === 'interrupted' ? ('cancelled' as const) : status,
      inputBytes: Buffer.byteLength(call.text),
      outputBytes: outcome.outputBytes ?? Buffer.byteLength(outcome.text),
    };
    await this.#effects.append([
      ...this.#naming(call, outcome),
      this.#result(call, outcome, this.#effects.now() - started),
      this.#row(call, `span:${call.callId}:end`, { kind: 'span.finished', data: end }),
    ]);
  }

  /** A person's own title stands. */
  #naming(call: OpenCall, { title }: CallOutcome): NewRow[] {
    const { title: before, titledBy } = this.#effects.state().description;
    const isOpen = before === undefined || titledBy === 'input' || titledBy === 'model';
    if (title === undefined || !isOpen) return [];
    const data = { title, titledBy: 'model' as const };
    return [this.#row(call, `title:${call.callId}`, { kind: 'session.described', data })];
  }

  async #refuse(call: OpenCall, text: string): Promise<void> {
    await this.#effects.append([this.#result(call, { status: 'error', text })]);
  }

  #result(call: OpenCall, outcome: CallOutcome, durationMs?: number): NewRow {
    const { status, text, childSessionId, changedFiles, files = [] } = outcome;
    const data: Item = {
      type: 'tool_result',
      callId: call.callId,
      text,
      status,
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(childSessionId === undefined ? {} : { childSessionId }),
      ...(changedFiles ? { changedFiles } : {}),
    };
    return this.#row(call, `result:${call.callId}`, { kind: 'item.recorded', data, files });
  }

  #row<Said extends object>({ step }: OpenCall, key: string, said: Said) {
    return { key, at: this.#effects.now(), turnId: this.#setting.turnId, step, ...said };
  }
}

/** Neighbours that may run together in one group, every other call in one of its own. */
function grouped(calls: readonly OpenCall[], mayRunTogether: (call: OpenCall) => boolean): OpenCall[][] {
  const groups: OpenCall[][] = [];
  let isOpen = false;
  for (const call of calls) {
    const joins = mayRunTogether(call);
    const last = groups.at(-1);
    if (joins && isOpen && last) last.push(call);
    else groups.push([call]);
    isOpen = joins;
  }
  return groups;
}
