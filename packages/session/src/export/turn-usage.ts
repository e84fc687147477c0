/** What each turn of a transcript spent: its own requests, with their coverage. */
import { type TokenField, tokenFields, type Usage, type UsageRequest } from '@taffrail/wire';
import { reportedNothing } from '../request.js';
import { costFigure, counted, tokenFigure } from '../words/figures.js';

/** Turn id → its usage. Copies of another session's requests are left out: they were spent there. */
export function usageByTurn(requests: readonly UsageRequest[]): Map<string, Usage> {
  const turns = new Map<string, UsageRequest[]>();
  for (const request of requests) {
    if (request.turnId === null || request.inheritedFrom || reportedNothing(request)) continue;
    const turn = turns.get(request.turnId) ?? [];
    turns.set(request.turnId, turn);
    turn.push(request);
  }
  return new Map([...turns].map(([turnId, several]) => [turnId, summed(several)]));
}

/** `3 requests · 12.3k in · 420 out · $0.01`. */
export function usageLine(usage: Usage): string {
  const cached = usage.cacheReadTokens ? ` (${tokenFigure(usage, 'cacheReadTokens', 'short')} cached)` : '';
  const parts = [
    counted(usage.requests, 'request'),
    `${tokenFigure(usage, 'inputTokens', 'short')} in${cached}`,
    `${tokenFigure(usage, 'outputTokens', 'short')} out`,
    costFigure(usage, 'short'),
  ];
  return parts.join(' · ');
}

function summed(requests: readonly UsageRequest[]): Usage {
  const reportedBy = (field: TokenField) => requests.filter((request) => request[field] !== null);
  const counts = tokenFields.map((field) => [field, reportedBy(field).length] as const);
  const sums = counts.map(([field, count]) => [
    field,
    count === 0 ? null : reportedBy(field).reduce((sum, request) => sum + (request[field] ?? 0), 0),
  ]);
  const priced = requests.filter((request) => request.costMicros !== null);
  return {
    ...(Object.fromEntries(sums) as Pick<Usage, TokenField>),
    requests: requests.length,
    reported: Object.fromEntries(counts) as Usage['reported'],
    costMicros: priced.length === 0 ? null : priced.reduce((sum, request) => sum + (request.costMicros ?? 0), 0),
    pricedRequests: priced.length,
    last: null,
  };
}
