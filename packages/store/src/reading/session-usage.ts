/** Everything known about what one session spent: request by request, by model, inherited, and against the agent's own count. */
import { addRequest, differenceOf } from '@taffrail/session';
import type { SessionUsage, Usage, UsageClaim, UsageRequest, UsageTotals } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import { UsageSum } from '../analytics/usage-sum.js';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables, UsageFactsTable } from '../tables.js';
import { bucketFrom } from './request-cost.js';
import { spendingOf } from './usage-of.js';

export async function sessionUsage(queries: Kysely<Tables>, prices: PriceTable, num: number): Promise<SessionUsage> {
  const facts = await queries
    .selectFrom('usage_facts')
    .selectAll()
    .where('num', '=', num)
    .orderBy('seq', 'asc')
    .execute();
  const claims = await queries.selectFrom('usage_claims').selectAll().where('num', '=', num).execute();
  const spending = (await spendingOf(queries, prices, [num])).get(num);
  const own = facts.filter((fact) => fact.counted === 1);
  const inherited = facts.filter((fact) => fact.inherited_from !== null);
  return {
    usage: spending?.own ?? null,
    usageWithSubAgents: spending?.withSubAgents ?? null,
    inherited: priced(inherited, prices),
    requests: facts.map((fact) => requestFrom(fact, prices)),
    crossChecks: claims.map((claim) => {
      // Claims of before the field was known count no sub-agents.
      const data = { includesSubAgents: false, ...(JSON.parse(claim.data) as Partial<UsageClaim>) } as UsageClaim;
      const difference = differenceOf(data, {
        own: totalsFrom(own),
        inherited: totalsFrom(inherited),
        withSubAgents: spending?.withSubAgents ?? null,
      });
      return { ...data, at: new Date(claim.at).toISOString(), difference };
    }),
    byModel: [...new Set(own.map((fact) => fact.model))].flatMap((model) => {
      const usage = priced(
        own.filter((fact) => fact.model === model),
        prices,
      );
      return usage ? [{ model, usage }] : [];
    }),
    contextWindow: windowOf(own.at(-1), prices),
  };
}

function windowOf(last: UsageFactsTable | undefined, prices: PriceTable): number | null {
  return last?.model ? prices.contextWindow(last.model, last.provider ?? '') : null;
}

function priced(facts: readonly UsageFactsTable[], prices: PriceTable): Usage | null {
  const sum = new UsageSum(prices);
  for (const fact of facts)
    sum.add(bucketFrom(fact.num, { ...figuresOf(fact), at: fact.at, model: fact.model, provider: fact.provider }));
  return sum.usage(totalsFrom(facts)?.last ?? null);
}

function totalsFrom(facts: readonly UsageFactsTable[]): UsageTotals | null {
  return facts.reduce<UsageTotals | null>(
    (totals, fact) => addRequest(totals, { ...figuresOf(fact), model: fact.model, at: fact.at, turnId: fact.turn_id }),
    null,
  );
}

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
  const cost = priced([fact], prices)?.costMicros ?? null;
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
    costMicros: cost,
  };
}
