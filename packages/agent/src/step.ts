/** One step: an answer from the first model that gives one. What is superseded leaves nothing in the session. */
import type { NewRow } from '@taffrail/session';
import { Answer } from './answer.js';
import type { TurnEffects, TurnSetting } from './contract.js';
import { ModelError, type ModelKey, type ModelName } from './models/contract.js';

export type StepResult =
  | { kind: 'answered'; isEmpty: boolean; reason: Answer['finishReason'] }
  | { kind: 'stopped' }
  | { kind: 'failed'; reason: string };

// A line that breaks, or a server that is down, may be tried again; a model that always breaks is given up.
const triesMax = 4;
const firstPauseMs = 500;

export async function answerStep(
  setting: TurnSetting,
  effects: TurnEffects,
  step: number,
  signal: AbortSignal,
): Promise<StepResult> {
  for (let tries = 0; !signal.aborted; ) {
    const choice = effects.keys.choose(setting.models, effects.now());
    if (!('model' in choice)) {
      await waitForKeys(setting, effects, choice, signal);
      continue;
    }
    const key = effects.key(choice.model.keyId);
    if (!key) return { kind: 'failed', reason: `there is no key called ${choice.model.keyId}` };
    const attempt = new Attempt(setting, effects, { step, model: choice.model, key });
    const error = await attempt.run(signal);
    if (!error) return attempt.result(signal);
    effects.keys.exhaust(choice.model, error, effects.now());
    if (error.reason === 'refused') return { kind: 'failed', reason: error.message };
    tries = error.reason === 'broken_off' ? tries + 1 : tries;
    if (tries >= triesMax) return { kind: 'failed', reason: error.message };
    if (error.reason === 'broken_off') await effects.rest(firstPauseMs * 2 ** (tries - 1), signal);
  }
  return { kind: 'stopped' };
}

/** A3: nobody can answer now, so the session waits and goes on by itself. */
async function waitForKeys(
  { turnId }: TurnSetting,
  effects: TurnEffects,
  { until, reason }: { until: number | null; reason: string },
  signal: AbortSignal,
): Promise<void> {
  const row = (kind: 'turn.waiting' | 'turn.resumed') => ({
    key: `${kind}:${effects.newId()}`,
    at: effects.now(),
    turnId,
    kind,
  });
  const at = until === null ? null : new Date(until).toISOString();
  await effects.append([{ ...row('turn.waiting'), kind: 'turn.waiting', data: { until: at, reason } }]);
  await effects.rest(until === null ? null : Math.max(0, until - effects.now()), signal);
  if (!signal.aborted) await effects.append([{ ...row('turn.resumed'), kind: 'turn.resumed', data: {} }]);
}

class Attempt {
  readonly #setting: TurnSetting;
  readonly #effects: TurnEffects;
  readonly #answer: Answer;
  readonly #attemptId: string;
  readonly #step: number;
  readonly #model: ModelName;
  readonly #key: ModelKey;
  #startedAt = 0;

  constructor(
    setting: TurnSetting,
    effects: TurnEffects,
    { step, model, key }: { step: number; model: ModelName; key: ModelKey },
  ) {
    this.#setting = setting;
    this.#effects = effects;
    this.#attemptId = effects.newId();
    this.#step = step;
    this.#model = model;
    this.#key = key;
    const place = { turnId: setting.turnId, step, attemptId: this.#attemptId, model, provider: key.provider };
    this.#answer = new Answer(effects, place);
  }

  result(signal: AbortSignal): StepResult {
    if (signal.aborted) return { kind: 'stopped' };
    return { kind: 'answered', isEmpty: this.#answer.isEmpty, reason: this.#answer.finishReason };
  }

  /** `null` when the answer stands, whole or as far as it came when it was stopped. */
  async run(signal: AbortSignal): Promise<ModelError | null> {
    this.#startedAt = this.#effects.now();
    await this.#effects.append([this.#spanStart()]);
    try {
      await this.#read(signal);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      await this.#effects.append(this.#takingBack(error));
      return error;
    }
    await this.#effects.append([...this.#answer.closing(), this.#spanEnd(signal.aborted ? 'cancelled' : 'ok')]);
    return null;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { system, tools, effort } = this.#setting;
    const items = [...this.#effects.state().items.values()].map(({ item }) => item);
    const request = { key: this.#key, model: this.#model.model, system, items, tools, effort };
    for await (const event of this.#effects.callModel(request, signal)) await this.#answer.take(event);
    if (this.#answer.finishReason !== null || signal.aborted) return;
    throw new ModelError('the answer broke off', { reason: 'broken_off', httpStatus: null, retryAfterMs: null });
  }

  #takingBack(error: ModelError): NewRow[] {
    const discarded: NewRow = {
      ...this.#row(`discarded:${this.#attemptId}`),
      kind: 'attempt.discarded',
      data: {
        attemptId: this.#attemptId,
        model: this.#model.model,
        keyId: this.#model.keyId,
        // Content that was billed and taken back is another matter than a refusal.
        reason: this.#answer.hasContent ? 'broken_off' : error.reason,
        message: error.message,
        httpStatus: error.httpStatus,
        retryAfterMs: error.retryAfterMs,
      },
    };
    const taken = this.#answer.hasContent ? this.#answer.takingBack(error.message) : [];
    return [...taken, discarded, this.#spanEnd('error', error.message)];
  }

  #spanStart(): NewRow {
    const data = {
      spanId: this.#attemptId,
      parentId: this.#setting.turnId,
      kind: 'model' as const,
      name: this.#model.model,
      keyId: this.#model.keyId,
      attemptId: this.#attemptId,
    };
    return { ...this.#row(`span:${this.#attemptId}`), kind: 'span.started', data };
  }

  #spanEnd(status: 'ok' | 'error' | 'cancelled', error?: string): NewRow {
    const { firstContentAt } = this.#answer;
    const data = {
      spanId: this.#attemptId,
      status,
      ...(error === undefined ? {} : { error }),
      ...(firstContentAt === null ? {} : { firstContentMs: Math.max(0, firstContentAt - this.#startedAt) }),
    };
    return { ...this.#row(`span:${this.#attemptId}:end`), kind: 'span.finished', data };
  }

  #row(key: string) {
    return { key, at: this.#effects.now(), turnId: this.#setting.turnId, step: this.#step };
  }
}
