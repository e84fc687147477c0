/** Everything known about what one session spent: request by request, by model, inherited, and against the agent's own count. */
import { setImmediate as others } from 'node:timers/promises';
import { addRequest, differenceOf } from '@taffrail/session';
import type { LastRequest, SessionUsage, Usage, UsageClaim, UsageRequest, UsageTotals } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import { UsageSum } from '../analytics/usage-sum.js';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables, UsageFactsTable } from '../tables.js';
import { pacer } from './pieces.js';
import { bucketFrom, requestCost } from './request-cost.js';
import { spendingOf } from './usage-of.js';

type Pause = ReturnType<typeof pacer>;

const factsPerRead = 500;

export async function sessionUsage(queries: Kysely<Tables>, prices: PriceTable, num: number): Promise<SessionUsage> {
  const pause = pacer();
  const facts = await factsOf(queries, num);
  const claims = await queries.selectFrom('usage_claims').selectAll().where('num', '=', num).execute();
  const spending = (await spendingOf(queries, prices, [num])).get(num);
  const own = facts.filter((fact) => fact.counted === 1);
  const inherited = facts.filter((fact) => fact.inherited_from !== null);
  const isCompared = claims.length > 0;
  const counted = {
    own: isCompared ? await totalsFrom(own, pause) : null,
    inherited: isCompared ? await totalsFrom(inherited, pause) : null,
  };
  return {
    usage: spending?.own ?? null,
    usageWithSubAgents: spending?.withSubAgents ?? null,
    inherited: await priced(inherited, prices, pause),
    requests: await mapped(facts, (fact) => requestFrom(fact, prices), pause),
    crossChecks: claims.map((claim) => {
      // Claims of before the field was known count no sub-agents.
      const data = { includesSubAgents: false, ...(JSON.parse(claim.data) as Partial<UsageClaim>) } as UsageClaim;
      const difference = differenceOf(data, {
        ...counted,
        withSubAgents: spending?.withSubAgents ?? null,
      });
      return { ...data, at: new Date(claim.at).toISOString(), difference };
    }),
    byModel: await byModel(own, prices, pause),
    contextWindow: windowOf(own.at(-1), prices),
  };
}

function windowOf(last: UsageFactsTable | undefined, prices: PriceTable): number | null {
  return last?.model ? prices.contextWindow(last.model, last.provider ?? '') : null;
}

/** In the order of the log. */
async function factsOf(queries: Kysely<Tables>, num: number): Promise<UsageFactsTable[]> {
  const facts: UsageFactsTable[] = [];
  for (;;) {
    const last = facts.at(-1);
    const page = await queries
      .selectFrom('usage_facts')
      .selectAll()
      .where('num', '=', num)
      .$if(last !== undefined, (query) => query.where('attempt_id', '>', last?.attempt_id ?? ''))
      .orderBy('attempt_id')
      .limit(factsPerRead)
      .execute();
    facts.push(...page);
    if (page.length < factsPerRead) return facts.sort((one, other) => one.seq - other.seq);
    await others();
  }
}

async function byModel(
  own: readonly UsageFactsTable[],
  prices: PriceTable,
  pause: Pause,
): Promise<SessionUsage['byModel']> {
  const models: SessionUsage['byModel'] = [];
  for (const model of new Set(own.map((fact) => fact.model))) {
    const usage = await priced(
      own.filter((fact) => fact.model === model),
      prices,
      pause,
    );
    if (usage) models.push({ model, usage });
  }
  return models;
}

async function priced(facts: readonly UsageFactsTable[], prices: PriceTable, pause: Pause): Promise<Usage | null> {
  const sum = new UsageSum(prices);
  for (const fact of facts) {
    sum.add(bucketFrom(fact.num, placedRequest(fact)));
    await pause();
  }
  return sum.usage(lastOf(facts));
}

async function mapped<From, To>(values: readonly From[], map: (value: From) => To, pause: Pause): Promise<To[]> {
  const made: To[] = [];
  for (const value of values) {
    made.push(map(value));
    await pause();
  }
  return made;
}

const placedRequest = (fact: UsageFactsTable) => ({
  ...figuresOf(fact),
  at: fact.at,
  model: fact.model,
  provider: fact.provider,
});

async function totalsFrom(facts: readonly UsageFactsTable[], pause: Pause): Promise<UsageTotals | null> {
  let totals: UsageTotals | null = null;
  for (const fact of facts) {
    totals = addRequest(totals, countedRequest(fact));
    await pause();
  }
  return totals;
}

function lastOf([first, ...others]: readonly UsageFactsTable[]): LastRequest | null {
  if (!first) return null;
  return addRequest(null, countedRequest(others.reduce((last, fact) => (last.at > fact.at ? last : fact), first))).last;
}

const countedRequest = (fact: UsageFactsTable) => ({
  ...figuresOf(fact),
  model: fact.model,
  at: fact.at,
  turnId: fact.turn_id,
});

function figuresOf(fact: UsageFactsTable) {
  return {
    inputTokens: fact.input_tokens,
    outputTokens: fact.output_tokens,
    cacheReadTokens: fact.cache_read_tokens,
    cacheWriteTokens: fact.cache_write_tokens,
    cacheWrite1hTokens: fact.cache_write_1h_tokens,
    reasoningTokens: fact.reasoning_tokens,
  };
}

function requestFrom(fact: UsageFactsTable, prices: PriceTable): UsageRequest {
  return {
    attemptId: fact.attempt_id,
    seq: fact.seq,
    at: new Date(fact.at).toISOString(),
    turnId: fact.turn_id,
    step: fact.step,
    model: fact.model,
    provider: fact.provider,
    ...figuresOf(fact),
    final: fact.final === 1,
    ...(fact.output_tokens === null && fact.output_placeholder !== null
      ? { outputPlaceholder: fact.output_placeholder }
      : {}),
    inheritedFrom: fact.inherited_from,
    costMicros: requestCost(prices, placedRequest(fact)),
  };
}
