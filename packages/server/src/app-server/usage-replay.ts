/**
 * What a client is told of a thread's tokens when it resumes or forks it: rebuilt from the log alone, told once, never
 * written. The figures are those of the last usage that the log holds; the turn is the one that owns it.
 */
import type { SessionRequest, SessionState } from '@taffrail/session';
import { eachToken, type TokenCounts, type UsageShown } from '@taffrail/wire';
import { activeTurn } from './translate/turns.js';
import type { ThreadUsage, UsageBreakdown } from './wire/usage.js';

export interface UsageReplay {
  turnId: string;
  tokenUsage: ThreadUsage;
}

/** A model's window where the log does not tell it yet: a session's first turn still runs. */
export type WindowOf = (model: string, provider: string) => number | null;

type UsageState = Pick<SessionState, 'requests' | 'turns' | 'status' | 'shown'>;

/** `null` where no usage is known: then nothing is told. */
export function usageReplay(state: UsageState, windowOf: WindowOf): UsageReplay | null {
  const tokenUsage = usageOf(state, windowOf);
  return tokenUsage && { turnId: ownerOf(state), tokenUsage };
}

/**
 * The thread's figures as they stand; a fork's go on from those it holds copies of. Where the log says what its agent
 * showed, that is the beginning, and only what was used since is added.
 */
export function usageOf(state: UsageState, windowOf: WindowOf): ThreadUsage | null {
  const { shown, turns } = state;
  const known = requestsSince(state).filter(isKnown);
  const last = known.at(-1);
  if (!last) return shown && shownUsage(shown);
  const total = known.reduce(plus, shown?.total ?? noTokens);
  return {
    total: breakdownOf(total),
    last: breakdownOf(last),
    modelContextWindow: windowIn(turns) ?? windowOf(last.model ?? '', last.provider ?? ''),
  };
}

function shownUsage({ total, last, contextWindow }: UsageShown): ThreadUsage | null {
  if (total.inputTokens === null && total.totalTokens === null) return null;
  return { total: shownBreakdown(total), last: shownBreakdown(last), modelContextWindow: contextWindow };
}

/** Its sum is the agent's own: an estimate of the context has a sum and no parts. */
function shownBreakdown(figures: UsageShown['total']): UsageBreakdown {
  const breakdown = breakdownOf(figures);
  return { ...breakdown, totalTokens: figures.totalTokens ?? breakdown.totalTokens };
}

function requestsSince({ requests, shown }: UsageState): SessionRequest[] {
  const all = [...requests.values()];
  return shown ? all.filter(({ seq }) => seq > shown.seq) : all;
}

/**
 * The turn that owns the last usage record, or in which it was shown last. Where that one still runs, or is no more (rewound), the latest turn that
 * does not run; where all run, the last; where there is none, no turn: "".
 */
function ownerOf(state: UsageState): string {
  const turns = [...state.turns.values()];
  const active = activeTurn(state);
  const last = requestsSince(state).at(-1);
  const owner = last ? last.turnId : (state.shown?.turnId ?? null);
  if (owner !== null && owner !== active && state.turns.has(owner)) return owner;
  return (turns.findLast(({ turnId }) => turnId !== active) ?? turns.at(-1))?.turnId ?? '';
}

const noTokens: TokenCounts = eachToken(() => null);

function plus(sum: TokenCounts, request: TokenCounts): TokenCounts {
  return eachToken((field) => (request[field] === null ? sum[field] : (sum[field] ?? 0) + request[field]));
}

/** Half a figure would be taken for the whole. */
function isKnown(request: SessionRequest): boolean {
  return request.inputTokens !== null && request.outputTokens !== null;
}

function windowIn(turns: SessionState['turns']): number | null {
  const told = [...turns.values()].findLast(({ throughput }) => throughput && throughput.contextWindow !== null);
  return told?.throughput?.contextWindow ?? null;
}

function breakdownOf(counts: TokenCounts): UsageBreakdown {
  const [input, output] = [counts.inputTokens ?? 0, counts.outputTokens ?? 0];
  return {
    totalTokens: input + output,
    inputTokens: input,
    cachedInputTokens: counts.cacheReadTokens ?? 0,
    ...(counts.cacheWriteTokens === null ? {} : { cacheWriteInputTokens: counts.cacheWriteTokens }),
    outputTokens: output,
    reasoningOutputTokens: counts.reasoningTokens ?? 0,
  };
}
