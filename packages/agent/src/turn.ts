/**
 * The loop: answer, run what the answer calls for, answer again, until nothing is called for. It keeps no state of its
 * own: what is to be done next follows from the log, so that a turn goes on where another process left it.
 */
import type { NewFile, NewRow, SessionState } from '@taffrail/session';
import type { Item, QueuedInput } from '@taffrail/wire';
import { CallRunner } from './calls.js';
import { type CompactionResult, compact, isCompactionDue, mayCompact } from './compaction.js';
import type { TurnEffects, TurnResult, TurnSetting } from './contract.js';
import { openCalls, repeatsOf } from './open-calls.js';
import { answerStep } from './step.js';

const stepsMax = 200;
const emptyAnswersMax = 3;
const checksMax = 3;
// The same call with the same input again and again, although it was refused, is a model that has lost its way.
const repeatsMax = 16;

export async function runTurn(setting: TurnSetting, effects: TurnEffects, signal: AbortSignal): Promise<TurnResult> {
  return new TurnRun(setting, effects, signal).run();
}

class TurnRun {
  readonly #setting: TurnSetting;
  readonly #effects: TurnEffects;
  readonly #signal: AbortSignal;
  readonly #calls: CallRunner;
  #empty = 0;

  constructor(setting: TurnSetting, effects: TurnEffects, signal: AbortSignal) {
    this.#setting = setting;
    this.#effects = effects;
    this.#signal = signal;
    this.#calls = new CallRunner(setting, effects);
  }

  async run(): Promise<TurnResult> {
    await this.#resume();
    if (this.#setting.compacts) return this.#compactOnly();
    for (let step = nextStep(this.#effects.state(), this.#setting.turnId); ; step += 1) {
      await this.#calls.runOpen(this.#signal);
      await this.#takeSteers(step);
      if (this.#signal.aborted) return { outcome: 'cancelled' };
      if (isAnswered(this.#effects.state(), this.#setting) && !(await this.#checkFailed(step)))
        return { outcome: this.#signal.aborted ? 'cancelled' : 'complete' };
      if (this.#signal.aborted) return { outcome: 'cancelled' };
      const isFull = isCompactionDue(this.#setting, this.#effects);
      const ended = isFull ? await this.#compact(step) : (this.#isLost(step) ?? (await this.#answer(step)));
      if (ended) return ended;
    }
  }

  /** Another process left it waiting: for a key, which is looked for anew. */
  async #resume(): Promise<void> {
    if (this.#effects.state().waiting === null) return;
    const row = { key: `turn.resumed:${this.#effects.newId()}`, at: this.#effects.now(), turnId: this.#setting.turnId };
    await this.#effects.append([{ ...row, kind: 'turn.resumed', data: {} }]);
  }

  /** A person asked for it; nothing else is done. */
  async #compactOnly(): Promise<TurnResult> {
    const step = nextStep(this.#effects.state(), this.#setting.turnId);
    const result = await compact(this.#setting, this.#effects, { step, trigger: 'manual' }, this.#signal);
    if (result.kind === 'stopped') return { outcome: 'cancelled' };
    return this.#notCompacted(result, step) ?? { outcome: 'complete' };
  }

  /** The window is nearly full. A turn that cannot be summarised ends here: the next request would be refused. */
  async #compact(step: number): Promise<TurnResult | null> {
    const result = await compact(this.#setting, this.#effects, { step, trigger: 'auto' }, this.#signal);
    if (result.kind === 'stopped') return { outcome: 'cancelled' };
    return this.#notCompacted(result, step);
  }

  #notCompacted(result: CompactionResult, step: number): Promise<TurnResult> | null {
    if (result.kind === 'unaffordable') return this.#fail(result.reason, step, budgetCode);
    return result.kind === 'failed' ? this.#fail(couldNotCompact(result.reason), step) : null;
  }

  #isLost(step: number): Promise<TurnResult> | null {
    if (step >= stepsMax) return this.#fail(`The turn was stopped after ${stepsMax} steps.`, step);
    if (repeatsOf(this.#effects.state(), this.#setting.turnId) < repeatsMax) return null;
    return this.#fail(`The model made the same call ${repeatsMax} times in a row.`, step);
  }

  async #answer(step: number): Promise<TurnResult | null> {
    const result = await answerStep(this.#setting, this.#effects, step, this.#signal);
    if (result.kind === 'stopped') return { outcome: 'cancelled' };
    if (result.kind === 'unaffordable') return this.#fail(result.reason, step, budgetCode);
    const isTooLong = result.kind === 'failed' && result.isTooLong && mayCompact(this.#setting, this.#effects);
    if (isTooLong) return this.#compact(step);
    if (result.kind === 'failed') return this.#fail(result.reason, step);
    if (result.reason === 'refused') return this.#fail('The model declined to answer.', step);
    const isCut = result.reason === 'length' && openCalls(this.#effects.state(), this.#setting.turnId).length === 0;
    if (isCut) return this.#fail('The answer was cut off: it reached the most that the model writes at once.', step);
    this.#empty = result.isEmpty ? this.#empty + 1 : 0;
    return this.#empty < emptyAnswersMax ? null : this.#fail(`The model gave ${emptyAnswersMax} empty answers.`, step);
  }

  async #takeSteers(step: number): Promise<void> {
    const steers = this.#effects.steers();
    if (steers.length === 0 || this.#signal.aborted) return;
    const place = { turnId: this.#setting.turnId, at: this.#effects.now(), step };
    await this.#effects.append(steers.map((input) => inputRow(input, [], place)));
  }

  /** E3: what the check complains about is the next thing the agent is told. */
  async #checkFailed(step: number): Promise<boolean> {
    const { check, turnId } = this.#setting;
    const { failures, isDue } = checksOf(this.#effects, turnId);
    if (check === null || !isDue || failures >= checksMax) return false;
    const spanId = this.#effects.newId();
    const row = (key: string) => ({ key, at: this.#effects.now(), turnId, step });
    const span = { spanId, parentId: turnId, kind: 'check' as const, name: check };
    await this.#effects.append([{ ...row(`span:${spanId}`), kind: 'span.started', data: span }]);
    const { status, text } = await this.#effects.runCheck(check, this.#signal);
    const rows: NewRow[] = [
      {
        ...row(`span:${spanId}:end`),
        kind: 'span.finished',
        data: { spanId, status: status === 'interrupted' ? 'cancelled' : status },
      },
    ];
    if (status === 'error') {
      const told = `The check \`${check}\` failed (${failures + 1} of ${checksMax}):\n\n${text}`;
      rows.push({
        ...row(`${checkPrefix}${spanId}`),
        kind: 'item.recorded',
        data: { type: 'message', role: 'user', author: 'harness', text: told },
      });
    }
    await this.#effects.append(rows);
    return status === 'error';
  }

  async #fail(reason: string, step: number, code?: string): Promise<TurnResult> {
    const row = { key: `error:${this.#effects.newId()}`, at: this.#effects.now(), turnId: this.#setting.turnId, step };
    const data: Item = { type: 'error', text: reason, ...(code === undefined ? {} : { code }) };
    await this.#effects.append([{ ...row, kind: 'item.recorded', data }]);
    return { outcome: 'failed', reason };
  }
}

/** E3: how often the turn was told of a failed check, and whether files were changed since. */
function checksOf(effects: TurnEffects, turnId: string): { failures: number; isDue: boolean } {
  const items = [...effects.state().items.values()].filter((item) => item.turnId === turnId);
  const isFailure = ({ id }: (typeof items)[number]) => id.startsWith(checkPrefix);
  const since = items.slice(items.findLastIndex(isFailure) + 1);
  const done = new Set(
    since.flatMap(({ item }) => (item.type === 'tool_result' && item.status === 'ok' ? [item.callId] : [])),
  );
  const isDue = since.some(
    ({ item }) =>
      (item.type === 'tool_call' && done.has(item.callId) && writes(effects, item)) ||
      (item.type === 'tool_result' && item.changedFiles === true),
  );
  return { failures: items.filter(isFailure).length, isDue };
}

/** The error item of a turn that a budget has stopped. */
const budgetCode = 'budget';

const couldNotCompact = (reason: string): string => `The context could not be made smaller: ${reason}`;

const checkPrefix = 'check:';

function writes(effects: TurnEffects, { callId, name, text }: { callId: string; name: string; text: string }): boolean {
  const ready = effects.prepare({ callId, name, text });
  return 'writes' in ready && ready.writes;
}

/** A person's input as an item of the turn that answers it. */
export function inputRow(
  { inputId, text, attachments }: QueuedInput,
  files: readonly NewFile[],
  place: { turnId: string; at: number; step?: number },
): NewRow {
  const held = attachments ? { attachments } : {};
  const data = { type: 'message', role: 'user', author: 'human', text, ...held } as const;
  return { key: `input:${inputId}`, ...place, kind: 'item.recorded', data, files: [...files] };
}

/** After the last step that left something: also after those of another process. */
function nextStep({ items }: SessionState, turnId: string): number {
  const steps = [...items.values()].flatMap((item) =>
    item.turnId === turnId && item.step !== null ? [item.step] : [],
  );
  return steps.length === 0 ? 0 : Math.max(...steps) + 1;
}

/** The last word of the turn is the model's, but for calls that tell it nothing. */
function isAnswered({ items }: SessionState, { turnId, tools }: TurnSetting): boolean {
  const quiet = new Set(tools.filter(({ isQuiet }) => isQuiet).map(({ name }) => name));
  const own = [...items.values()].filter((item) => item.turnId === turnId);
  const quietCalls = new Set(own.flatMap(({ item }) => (isCallOf(item, quiet) ? [item.callId] : [])));
  const last = own.findLast(
    ({ item }) => item.type !== 'reasoning' && !('callId' in item && quietCalls.has(item.callId)),
  );
  return last?.item.type === 'message' && last.item.role === 'assistant' && !('streaming' in last.item);
}

function isCallOf(item: Item, names: ReadonlySet<string>): item is Extract<Item, { type: 'tool_call' }> {
  return item.type === 'tool_call' && names.has(item.name);
}
