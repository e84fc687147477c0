/**
 * What a client is told of a thread's tokens when it resumes or forks it: rebuilt from the log alone, told once, never
 * written. The figures are those of the last usage that the log holds; the turn is the one that owns it.
 */
import type { SessionRequest, SessionState } from '@taffrail/session';
import { eachToken, type TokenCounts } from '@taffrail/wire';
import { activeTurn } from './translate/turns.js';
import type { ThreadUsage, UsageBreakdown } from './wire/usage.js';

export interface UsageReplay {
  turnId: string;
  tokenUsage: ThreadUsage;
}

/** A model's window where the log does not tell it yet: a session's first turn still runs. */
export type WindowOf = (model: string, provider: string) => number | null;

type UsageState = Pick<SessionState, 'requests' | 'turns' | 'status'>;

/** `null` where no usage is known: then nothing is told. */
export function usageReplay(state: UsageState, windowOf: WindowOf): UsageReplay | null {
  const tokenUsage = usageOf(state, windowOf);
  return tokenUsage && { turnId: ownerOf(state), tokenUsage };
}

/** The thread's figures as they stand; a fork's go on from those it holds copies of. */
export function usageOf({ requests, turns }: UsageState, windowOf: WindowOf): ThreadUsage | null {
  const known = [...requests.values()].filter(isKnown);
  const last = known.at(-1);
  if (!last) return null;
  return {
    total: breakdownOf(known.reduce<TokenCounts>(plus, noTokens)),
    last: breakdownOf(last),
    modelContextWindow: windowIn(turns) ?? windowOf(last.model ?? '', last.provider ?? ''),
  };
}

/**
 * The turn that owns the last usage record. Where that one still runs, or is no more (rewound), the latest turn that
 * does not run; where all run, the last; where there is none, no turn: "".
 */
function ownerOf(state: UsageState): string {
  const turns = [...state.turns.values()];
  const active = activeTurn(state);
  const owner = [...state.requests.values()].at(-1)?.turnId ?? null;
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
