/**
 * What a live session spent, as the panel shows it: the totals are those its log states, absolute; prices and the list of
 * requests come from the server. Nothing is added up here. Pure.
 */
import type { FollowedSession } from '@taffrail/client';
import type { LastRequest, PlacedItem, SessionUsage } from '@taffrail/wire';

type Facts = Pick<FollowedSession['session'], 'totals' | 'turns'>;

/** The server's answer with the totals of the log. Where nothing is counted yet, `usage` is `null`. */
export function usageOf({ totals, turns }: Facts, known: SessionUsage | undefined): SessionUsage {
  const base = known ?? nothing;
  const window = windowOf(turns) ?? base.contextWindow;
  if (totals === null) return { ...base, contextWindow: window };
  const priced = known?.usage ?? null;
  return {
    ...base,
    usage: { ...totals, costMicros: priced?.costMicros ?? null, pricedRequests: priced?.pricedRequests ?? 0 },
    usageWithSubAgents: base.usageWithSubAgents,
    contextWindow: window,
  };
}

const nothing: SessionUsage = {
  usage: null,
  usageWithSubAgents: null,
  inherited: null,
  requests: [],
  crossChecks: [],
  byModel: [],
  contextWindow: null,
};

/** The window of the model that answered last, as the newest turn that knows it says. */
function windowOf(turns: Facts['turns']): number | null {
  let window: number | null = null;
  for (const { throughput } of turns.values()) window = throughput?.contextWindow ?? window;
  return window;
}

/** Input and output of the last request: what the next one begins with. `null` where nobody reported it. */
export function contextTokens(last: LastRequest | null): number | null {
  if (last === null || last.inputTokens === null) return null;
  return last.inputTokens + (last.outputTokens ?? 0);
}

/** Whether the context was compacted since it was last measured: the figure is then of the past. */
export function isStale(items: Iterable<PlacedItem>, last: LastRequest | null): boolean {
  if (last === null) return false;
  let compactedAt = '';
  for (const { at, item } of items) if (item.type === 'compaction') compactedAt = at;
  // The summary's own request is stored with it: it still measured what was there before.
  return compactedAt >= last.at;
}
