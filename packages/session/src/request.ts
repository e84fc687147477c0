/**
 * One model request as its log records state it, and how several records of it become one. Merging is commutative,
 * associative and idempotent, so that repeated, reordered and re-read records cannot change the result.
 */
import { eachToken, type TokenCounts, tokenFields, type UsageRecord } from '@taffrail/wire';

/**
 * Which request a usage record speaks of, for the ledger that decides which session owns it.
 * `key` names the request across all sessions of all agents. `originKey` is the key it would have if it were
 * a replay of its parent's request. `claim`: `own` or `copy` where the log says so, else `unknown` (earliest owns).
 */
export interface RequestIdentity {
  key: string;
  originKey?: string;
  claim: 'own' | 'unknown' | 'copy';
}

export interface RequestFacts extends TokenCounts {
  model: string | null;
  provider: string | null;
  /** The largest output figure any record gave that it did not itself call a placeholder. */
  outputSeen: number | null;
  /** The largest output figure known to be a placeholder. */
  outputPlaceholder: number | null;
  final: boolean;
}

type RecordedFigures = Omit<UsageRecord, 'attemptId' | 'inheritedFrom' | 'raw' | 'totals'>;

export function requestFrom(record: RecordedFigures): RequestFacts {
  return withOutput({
    inputTokens: record.inputTokens,
    outputTokens: record.outputTokens,
    cacheReadTokens: record.cacheReadTokens,
    cacheWriteTokens: record.cacheWriteTokens,
    cacheWrite1hTokens: record.cacheWrite1hTokens,
    reasoningTokens: record.reasoningTokens,
    model: record.model,
    provider: record.provider,
    outputSeen: record.outputTokens,
    outputPlaceholder: record.outputPlaceholder ?? null,
    final: record.final,
  });
}

/**
 * Two statements about one request: the larger figure wins, and a finished record settles the output. Of two names
 * the later in the alphabet stands: of a model's names that is the one with its date.
 */
export function mergeRequests(one: RequestFacts, other: RequestFacts): RequestFacts {
  return withOutput({
    ...eachToken((field) => larger(one[field], other[field])),
    model: laterName(one.model, other.model),
    provider: laterName(one.provider, other.provider),
    outputSeen: larger(one.outputSeen, other.outputSeen),
    outputPlaceholder: larger(one.outputPlaceholder, other.outputPlaceholder),
    final: one.final || other.final,
  });
}

/** An output no larger than a known placeholder, in a request that never finished, is no output figure at all. */
function withOutput(facts: RequestFacts): RequestFacts {
  const { final, outputSeen, outputPlaceholder } = facts;
  const real = final || outputPlaceholder === null || (outputSeen !== null && outputSeen > outputPlaceholder);
  const outputTokens = real ? outputSeen : null;
  return outputTokens === facts.outputTokens ? facts : { ...facts, outputTokens };
}

/** True when nobody reported any figure: the request happened, and that is all that is known. */
export function reportedNothing(facts: TokenCounts): boolean {
  return tokenFields.every((field) => facts[field] === null);
}

export function sameFacts(one: RequestFacts, other: RequestFacts): boolean {
  const same = (key: keyof RequestFacts) => one[key] === other[key];
  return (
    tokenFields.every(same) &&
    same('model') &&
    same('provider') &&
    same('outputSeen') &&
    same('outputPlaceholder') &&
    same('final')
  );
}

function laterName(one: string | null, other: string | null): string | null {
  return one === null || (other !== null && other > one) ? other : one;
}

function larger(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.max(one, other);
}
