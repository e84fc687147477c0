/** One step: an answer from the first model that gives one. What is superseded leaves nothing in the session. */
import type { NewRow } from '@taffrail/session';
import type { Item } from '@taffrail/wire';
import { Answer } from './answer.js';
import type { Aside, TurnEffects, TurnSetting } from './contract.js';
import { RefusedFiles } from './files/refused-files.js';
import { type ShownFiles, shownFiles } from './files/shown-files.js';
import { unseenNote } from './files/unseen-note.js';
import { withWholeResults } from './files/whole-results.js';
import { ModelError, type ModelKey, type ModelName } from './models/contract.js';
import { afterCompaction } from './models/prompt.js';

export type StepResult =
  | { kind: 'answered'; isEmpty: boolean; reason: Answer['finishReason']; text: string }
  | { kind: 'stopped' }
  /** `isTooLong`: the conversation is more than the model's window holds. */
  | { kind: 'failed'; reason: string; isTooLong: boolean }
  /** H6: nothing was sent. */
  | { kind: 'unaffordable'; reason: string };

// A line that breaks may be tried again; a model that always breaks is given up for the next.
const triesMax = 4;
const firstPauseMs = 500;

export async function answerStep(
  setting: TurnSetting,
  effects: TurnEffects,
  step: number,
  signal: AbortSignal,
  aside: Aside | null = null,
): Promise<StepResult> {
  const broken = new Broken();
  // What a model refuses to look at is left out, and known from then on once it has answered without.
  const leftOut = new RefusedFiles();
  while (!signal.aborted) {
    const choice = effects.keys.choose(broken.others(setting.models), effects.now());
    if (!('model' in choice)) {
      await waitForKeys(setting, effects, choice, signal);
      continue;
    }
    const { model } = choice;
    const key = effects.key(model.keyId);
    if (!key) return { kind: 'failed', reason: `there is no key called ${model.keyId}`, isTooLong: false };
    const reason = await effects.refusal(model);
    if (reason !== null) return { kind: 'unaffordable', reason };
    const refused = new Set([...effects.keys.refusedFiles.of(model), ...leftOut.of(model)]);
    const attempt = new Attempt(setting, effects, { step, model, key, aside, refused });
    const error = await attempt.run(signal);
    if (!error) {
      effects.keys.answered(model);
      effects.keys.refusedFiles.add(model, leftOut.of(model));
      return attempt.result(signal);
    }
    if (error.reason === 'refused' && !error.isTooLong && !attempt.hasContent && attempt.filesSent.length > 0) {
      leftOut.add(model, attempt.filesSent);
      continue;
    }
    effects.keys.exhaust(model, error, effects.now());
    // Content that is billed and taken back must not go on for ever, whatever the reason that is given.
    const isBroken = error.reason === 'broken_off' || attempt.hasContent;
    const isHopeless = error.reason === 'refused' || (isBroken && broken.add(model, setting.models));
    if (isHopeless) return { kind: 'failed', reason: error.message, isTooLong: error.isTooLong };
    if (isBroken) await effects.rest(broken.pauseMs, signal);
  }
  return { kind: 'stopped' };
}

/** Models whose answers break off, in one step. */
class Broken {
  readonly #times = new Map<ModelName, number>();
  pauseMs = 0;

  /** Those that are not given up. */
  others(models: readonly ModelName[]): ModelName[] {
    return models.filter((model) => (this.#times.get(model) ?? 0) < triesMax);
  }

  /** Returns whether there is none left. */
  add(model: ModelName, models: readonly ModelName[]): boolean {
    const times = (this.#times.get(model) ?? 0) + 1;
    this.#times.set(model, times);
    this.pauseMs = times < triesMax ? firstPauseMs * 2 ** (times - 1) : 0;
    return this.others(models).length === 0;
  }
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
  // A timer may ring a little early by the clock.
  await effects.rest(until === null ? null : Math.max(0, until - effects.now()) + 2, signal);
  if (!signal.aborted) await effects.append([{ ...row('turn.resumed'), kind: 'turn.resumed', data: {} }]);
}

interface Choice {
  step: number;
  model: ModelName;
  key: ModelKey;
  aside: Aside | null;
  /** Files that this model is not shown again. */
  refused: ReadonlySet<string>;
}

class Attempt {
  readonly #setting: TurnSetting;
  readonly #effects: TurnEffects;
  readonly #answer: Answer;
  readonly #attemptId: string;
  readonly #step: number;
  readonly #model: ModelName;
  readonly #key: ModelKey;
  readonly #aside: Aside | null;
  readonly #refused: ReadonlySet<string>;
  #files: ShownFiles = new Map();
  #startedAt = 0;

  constructor(setting: TurnSetting, effects: TurnEffects, { step, model, key, aside, refused }: Choice) {
    this.#setting = setting;
    this.#effects = effects;
    this.#attemptId = effects.newId();
    this.#step = step;
    this.#model = model;
    this.#key = key;
    this.#aside = aside;
    this.#refused = refused;
    const place = { turnId: setting.turnId, step, attemptId: this.#attemptId, model, provider: key.provider };
    this.#answer = new Answer(effects, { ...place, isAside: aside !== null });
  }

  get hasContent(): boolean {
    return this.#answer.hasContent;
  }

  /** The hashes of those that went out as they are. */
  get filesSent(): string[] {
    return [...this.#files].flatMap(([hash, { kind }]) => (kind === 'bytes' ? [hash] : []));
  }

  result(signal: AbortSignal): StepResult {
    if (signal.aborted) return { kind: 'stopped' };
    const { isEmpty, finishReason: reason, text } = this.#answer;
    return { kind: 'answered', isEmpty, reason, text };
  }

  /** `null` when the answer stands, whole or as far as it came when it was stopped. */
  async run(signal: AbortSignal): Promise<ModelError | null> {
    const items = await this.#itemsWithFiles();
    this.#startedAt = this.#effects.now();
    await this.#effects.append([this.#spanStart()]);
    try {
      await this.#read(items, signal);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      await this.#effects.append(this.#takingBack(error));
      return error;
    }
    await this.#effects.append([...this.#answer.closing(), this.#spanEnd(signal.aborted ? 'cancelled' : 'ok')]);
    return null;
  }

  /** Whoever asked is told first of files that are not shown. */
  async #itemsWithFiles(): Promise<readonly Item[]> {
    const { turnId } = this.#setting;
    const items = this.#aside?.items ?? this.#items();
    const taker = { provider: this.#key.provider, refused: this.#refused };
    this.#files = await shownFiles(afterCompaction(items), taker, this.#effects.blob);
    // A summary is made of what is short already.
    if (this.#aside) return items;
    const place = { turnId, step: this.#step, at: this.#effects.now(), model: this.#model };
    const note = unseenNote(this.#effects.state(), place, this.#files);
    if (note) await this.#effects.append([note]);
    return withWholeResults(this.#items(), this.#effects.blob);
  }

  #items(): Item[] {
    return [...this.#effects.state().items.values()].map(({ item }) => item);
  }

  async #read(items: readonly Item[], signal: AbortSignal): Promise<void> {
    const { system, tools, effort } = this.#setting;
    const files = this.#files;
    const request = { key: this.#key, model: this.#model.model, system, items, files, tools, effort };
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
