/** A turn of a hosted agent: its program is asked, what it tells goes into the log, and what it used is looked up. */
import type { PromptResponse } from '@agentclientprotocol/sdk/unstable';
import type { Permissions, TurnResult } from '@taffrail/agent';
import type { NewRow } from '@taffrail/session';
import type { Hosted, Item } from '@taffrail/wire';
import { applyChoices, modelsOf } from './choices.js';
import type { HostedEffects, HostedPlace } from './contract.js';
import type { HostedAgents, HostOrder, Native } from './hosted-agents.js';
import { HostedError } from './hosted-error.js';
import { promptOf } from './prompt.js';
import { promptUsageRow } from './prompt-usage.js';
import { type ContextSize, Transcript } from './transcript.js';

export interface HostedTurn extends Omit<HostOrder, 'known' | 'cwd'> {
  /** The agent's id. */
  agent: string;
  place: HostedPlace;
  permissions: () => Permissions;
  agents: HostedAgents;
  /** Resolves once nothing may be lost that the agent changes. */
  ready: Promise<unknown>;
  /** Takes up what the agent has written into its own log; `null` where that is not known. */
  readLog: (() => Promise<void>) | null;
}

export type HostedResult = TurnResult & { context?: ContextSize | null };

/** How long an agent that was told to stop may take before its program is ended. */
const stopMs = { interrupt: 10_000, shutdown: 2_000 };

export async function hostedTurn(turn: HostedTurn, effects: HostedEffects, signal: AbortSignal): Promise<HostedResult> {
  return new HostedRun(turn, effects, signal).run();
}

class HostedRun {
  readonly #turn: HostedTurn;
  readonly #effects: HostedEffects;
  readonly #signal: AbortSignal;
  readonly #transcript: Transcript;
  #failure: unknown = null;
  #failed: () => void = () => undefined;

  constructor(turn: HostedTurn, effects: HostedEffects, signal: AbortSignal) {
    this.#turn = turn;
    this.#effects = effects;
    this.#signal = signal;
    const { place, permissions, agents, sessionId } = turn;
    this.#transcript = new Transcript({
      effects,
      place,
      permissions,
      signal,
      broken: (error) => this.#break(error),
      choices: ({ configOptions }) => agents.note(sessionId, configOptions),
    });
  }

  async run(): Promise<HostedResult> {
    const { agents, sessionId } = this.#turn;
    try {
      const reason = await this.#effects.refusal();
      if (reason !== null) return this.#fail(reason, 'budget');
      const native = await this.#native();
      await this.#turn.ready;
      if (this.#signal.aborted) return { outcome: 'cancelled' };
      const response = await this.#ask(native);
      await this.#transcript.end();
      if (this.#failure) throw this.#failure;
      await this.#takeUsage(native, response);
      return { ...(await this.#resultOf(response)), context: this.#transcript.context };
    } catch (error) {
      await this.#transcript.end();
      if (!(error instanceof HostedError)) throw error;
      await this.#turn.readLog?.();
      return this.#fail(error.message);
    } finally {
      agents.release(sessionId);
    }
  }

  /** The agent with its conversation, and the log told which that is. */
  async #native(): Promise<Native> {
    const { agents, agent, place } = this.#turn;
    const { description, rewinds } = this.#effects.state();
    const rewoundAt = rewinds.at(-1)?.seq;
    const { hosted } = description;
    const agrees = hosted?.sessionId !== undefined && hosted.rewoundAt === rewoundAt;
    const known = agrees ? (hosted.sessionId ?? null) : null;
    const native = await agents.take({ ...this.#turn, cwd: place.root, known }, this.#signal);
    const configOptions = await applyChoices(native.connection, native, description);
    agents.note(this.#turn.sessionId, configOptions);
    const { redactor } = place;
    const { model, models } = modelsOf(configOptions, redactor);
    const now: Hosted = {
      agent,
      sessionId: native.sessionId,
      ...(rewoundAt === undefined ? {} : { rewoundAt }),
      ...(models ? { models } : {}),
    };
    const version = native.connection.version;
    const more = { ...(model ? { model } : {}), ...(version ? { agentVersion: redactor.text(version) } : {}) };
    const key = `hosted:${agent}:${native.sessionId}`;
    const rows: NewRow[] = [{ ...this.#row(key), kind: 'session.described', data: { hosted: now, ...more } }];
    if (native.lost !== null) rows.push(this.#note(native.lost));
    await this.#effects.append(rows);
    return native;
  }

  #note(lost: string): NewRow {
    const why = this.#turn.place.redactor.text(lost);
    const text = `The agent could not take up its earlier conversation (${why}). It was told this one as far as it fits.`;
    const data: Item = { type: 'message', role: 'system', author: 'harness', text };
    return { ...this.#row(`lost:${this.#effects.newId()}`), kind: 'item.recorded', data };
  }

  /** Resolves with how it ended; `null` where it had to be ended. */
  async #ask({ connection, sessionId, isNew }: Native): Promise<PromptResponse | null> {
    const { place, agents } = this.#turn;
    const { takes } = connection;
    const prompt = await promptOf(this.#effects.state(), place.turnId, isNew, { takes, blob: this.#effects.blob });
    connection.listen(this.#transcript);
    const asked = connection.prompt({ sessionId, prompt });
    const stopped = this.#stopped(() => connection.cancel(sessionId));
    try {
      const response = await Promise.race([asked, stopped.promise]);
      if (response === null) {
        await agents.end(this.#turn.sessionId);
        await asked.catch(() => undefined);
      }
      return response;
    } finally {
      stopped.forget();
      connection.listen(null);
    }
  }

  /** Tells it to stop when the turn shall; resolves where that has not helped, or where what it tells is lost. */
  #stopped(tell: () => Promise<void>): { promise: Promise<null>; forget: () => void } {
    let timer: NodeJS.Timeout | undefined;
    let stop = () => {};
    const promise = new Promise<null>((resolve) => {
      this.#failed = () => resolve(null);
      if (this.#failure) resolve(null);
      stop = () => {
        void tell();
        const patienceMs = this.#signal.reason === 'shutdown' ? stopMs.shutdown : stopMs.interrupt;
        timer = setTimeout(resolve, patienceMs, null);
      };
    });
    this.#signal.addEventListener('abort', stop, { once: true });
    if (this.#signal.aborted) stop();
    const forget = () => {
      clearTimeout(timer);
      this.#signal.removeEventListener('abort', stop);
    };
    return { promise, forget };
  }

  #break(error: unknown): void {
    this.#failure ??= error;
    this.#failed();
  }

  async #takeUsage({ connection }: Native, response: PromptResponse | null): Promise<void> {
    const { readLog, place } = this.#turn;
    if (readLog) return readLog();
    if (response === null && connection.isOver) return;
    const { model = null } = this.#effects.state().description;
    const usagePlace = { turnId: place.turnId, at: this.#effects.now(), model };
    await this.#effects.append([promptUsageRow(response?.usage ?? null, usagePlace)]);
  }

  #resultOf(response: PromptResponse | null): Promise<TurnResult> | TurnResult {
    if (response === null || this.#signal.aborted) return { outcome: 'cancelled' };
    switch (response.stopReason) {
      case 'end_turn':
        return { outcome: 'complete' };
      case 'cancelled':
        return { outcome: 'cancelled' };
      case 'max_tokens':
        return this.#fail('The answer was cut off: it reached the most that the model writes at once.');
      case 'max_turn_requests':
        return this.#fail('The agent made as many requests as it may in one turn.');
      case 'refusal':
        return this.#fail('The model declined to answer.');
      default:
        return this.#fail(`The agent stopped: ${String(response.stopReason)}.`);
    }
  }

  async #fail(why: string, code?: string): Promise<TurnResult> {
    if (this.#signal.aborted) return { outcome: 'cancelled' };
    const reason = this.#turn.place.redactor.text(why);
    const data: Item = { type: 'error', text: reason, ...(code === undefined ? {} : { code }) };
    await this.#effects.append([{ ...this.#row(`error:${this.#effects.newId()}`), kind: 'item.recorded', data }]);
    return { outcome: 'failed', reason };
  }

  #row(key: string) {
    return { key, at: this.#effects.now(), turnId: this.#turn.place.turnId };
  }
}
