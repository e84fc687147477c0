/**
 * Compaction: a summary takes the older context's place before the model's window is full, or when a person asks. The
 * model writes it, from the whole conversation; the log keeps everything.
 */
import { type NewRow, tokensInContext } from '@taffrail/session';
import type { Item } from '@taffrail/wire';
import type { TurnEffects, TurnSetting } from './contract.js';
import { answerStep } from './step.js';

// What is left must hold a long answer and the output of the tools that it calls.
const fullShare = 0.8;
// A context that is full again and again has something in it that no summary makes smaller.
const compactionsPerTurnMax = 8;

const instruction = `Write a summary of this conversation that will take its place: whoever goes on has nothing but your summary. Call no tools.

Say, as far as there is something to say:
1. What the person wants, in their own words where the words matter, and every rule they set.
2. What was done, and what was found out: files with their paths, names, commands, decisions and their reasons.
3. Mistakes that were made and how they were mended, so that they are not made again.
4. How things stand now, and what is to be done next.

Be exact and complete rather than short. Write nothing but the summary.`;

/** Whether the next request would leave too little room. Where the window is not known, only the provider can tell. */
export function isCompactionDue(setting: TurnSetting, effects: TurnEffects): boolean {
  const [model] = setting.models;
  const window = model ? effects.contextWindow(model) : null;
  const tokens = tokensInContext(effects.state());
  return window !== null && tokens !== null && tokens >= window * fullShare && mayCompact(setting, effects);
}

/** Whether this turn has not compacted too often already, and whether there is anything that a summary could replace. */
export function mayCompact({ turnId }: TurnSetting, effects: TurnEffects): boolean {
  const items = [...effects.state().items.values()];
  const done = items.filter((item) => item.turnId === turnId && item.item.type === 'compaction');
  return done.length < compactionsPerTurnMax && items.at(-1)?.item.type !== 'compaction';
}

export type CompactionResult =
  | { kind: 'compacted' }
  | { kind: 'stopped' }
  | { kind: 'failed' | 'unaffordable'; reason: string };

export async function compact(
  setting: TurnSetting,
  effects: TurnEffects,
  { step, trigger }: { step: number; trigger: 'auto' | 'manual' },
  signal: AbortSignal,
): Promise<CompactionResult> {
  const row = (key: string) => ({ key, at: effects.now(), turnId: setting.turnId, step });
  const spanId = effects.newId();
  const tokensBefore = tokensInContext(effects.state());
  const span = { spanId, parentId: setting.turnId, kind: 'compaction' as const, name: trigger };
  await effects.append([{ ...row(`span:${spanId}`), kind: 'span.started', data: span }]);
  const { summary, ended } = await summarised(setting, effects, step, signal);
  const isStopped = summary === null && ended.kind === 'stopped';
  const status = summary !== null ? 'ok' : isStopped ? 'cancelled' : 'error';
  const rows: NewRow[] = [{ ...row(`span:${spanId}:end`), kind: 'span.finished', data: { spanId, status } }];
  if (summary !== null) {
    const before = tokensBefore === null ? {} : { tokensBefore };
    const data: Item = { type: 'compaction', text: summary, trigger, ...before };
    rows.unshift({ ...row(`compaction:${spanId}`), kind: 'item.recorded', data });
  }
  await effects.append(rows);
  return ended;
}

interface Summarised {
  summary: string | null;
  ended: CompactionResult;
}

/** Asks for the summary; of less and less, where even what is to be summarised is more than the window holds. */
async function summarised(
  setting: TurnSetting,
  effects: TurnEffects,
  step: number,
  signal: AbortSignal,
): Promise<Summarised> {
  const asked: Item = { type: 'message', role: 'user', author: 'harness', text: instruction };
  const items = [...effects.state().items.values()].map(({ item }) => item);
  let reason = 'the conversation is more than the model can read at once, even cut short';
  for (const shorten of [whole, withShortOutputs, lastHalf]) {
    const aside = { items: [...shorten(items), asked] };
    const result = await answerStep(setting, effects, step, signal, aside);
    if (result.kind === 'stopped') return { summary: null, ended: { kind: 'stopped' } };
    if (result.kind === 'answered') return fromAnswer(result.text);
    if (result.kind === 'unaffordable') return { summary: null, ended: result };
    reason = result.reason;
    if (!result.isTooLong) break;
  }
  return { summary: null, ended: { kind: 'failed', reason } };
}

function fromAnswer(text: string): Summarised {
  const summary = text.trim();
  if (summary !== '') return { summary, ended: { kind: 'compacted' } };
  return { summary: null, ended: { kind: 'failed', reason: 'the model wrote no summary' } };
}

const outputCharactersMax = 2_000;

const whole = (items: readonly Item[]): readonly Item[] => items;

function withShortOutputs(items: readonly Item[]): readonly Item[] {
  return items.map((item) =>
    item.type === 'tool_result' && item.text.length > outputCharactersMax
      ? { ...item, text: `${item.text.slice(0, outputCharactersMax)}\n… (cut)` }
      : item,
  );
}

/** From a person's message on, so that no result stands without its call. */
function lastHalf(items: readonly Item[]): readonly Item[] {
  const short = withShortOutputs(items);
  const half = short.slice(Math.floor(short.length / 2));
  const from = half.findIndex((item) => item.type === 'message' && item.role === 'user');
  return from === -1 ? half.filter((item) => item.type === 'message') : half.slice(from);
}
