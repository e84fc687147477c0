/**
 * What is not known, and why. A reason is given where the log or the agent's importer tells it; where nothing does, the line
 * says that.
 */
import {
  type AnalyticsCoverage,
  type AnalyticsRow,
  agentLabel,
  type CoverageReason,
  capabilityOf,
  type ImporterCapabilities,
  type TokenField,
  tokenFields,
} from '@taffrail/wire';
import type { Kysely } from 'kysely';
import type { PriceTable } from '../pricing/prices.js';
import type { Tables } from '../tables.js';
import { breakdown } from './breakdown.js';
import type { Counted } from './counted.js';
import type { Filter } from './filter.js';
import type { PanelQuestion } from './panels.js';
import type { SilentRequest } from './silent.js';
import { chargeOf } from './usage-sum.js';

/** What an agent's log can tell at all; `undefined` where no importer reads it. */
export type CapabilitiesOf = (agent: string) => ImporterCapabilities | undefined;

export async function coverage(
  { queries, gather, prices, filter }: PanelQuestion,
  capabilitiesOf: CapabilitiesOf,
): Promise<AnalyticsCoverage> {
  const counted = await gather(filter);
  const agents = breakdown(counted, prices, { key: (bucket) => bucket.agent });
  const { sessions, usage, untoldRequests = 0 } = agents.total;
  const requests = usage?.requests ?? 0;
  const field = (name: string, reported = 0) => ({ field: name, reported, of: requests + untoldRequests });
  return {
    sessions,
    requests,
    untoldRequests,
    fields: [
      ...tokenFields.map((name) => field(name, usage?.reported[name])),
      field('cost', usage?.pricedRequests ?? 0),
    ],
    reasons: [
      ...sessionsWithoutRequests(counted, agents.rows, filter),
      ...largestFirst(untold(counted.silent)),
      ...largestFirst(unfinished(counted.silent)),
      ...unpriced(counted, prices),
      ...(await brokenLines(queries, counted, filter)),
      ...largestFirst(agents.rows.flatMap((row) => unreported(row, counted.silent, capabilitiesOf(row.key)))),
    ],
  };
}

function sessionsWithoutRequests(counted: Counted, agents: readonly AnalyticsRow[], filter: Filter): CoverageReason[] {
  const { roots, usage, silent } = counted;
  const withRequests = new Map<string, Set<string>>();
  for (const { agent, num } of [...usage, ...silent]) {
    const known = withRequests.get(agent) ?? new Set();
    withRequests.set(agent, known.add(roots.rootOf(num)));
  }
  const isWhole = filter.since === undefined && filter.until === undefined;
  return agents.flatMap(({ key, sessions }) => {
    const count = sessions - (withRequests.get(key)?.size ?? 0);
    const reason = `${agentLabel(key)}: no request in the log${isWhole ? '' : ' at this time'}`;
    return count === 0 ? [] : [{ reason, missing: 'all', count, unit: 'sessions' }];
  });
}

// An importer cannot always tell what was aborted from what ended and was not logged to its end.
const noEnd = 'aborted, or its end is not logged';

/** Answers without any usage, by agent and model; what was not finished by agent. */
function untold(silent: readonly SilentRequest[]): CoverageReason[] {
  const requests = silent.filter(({ isUntold }) => isUntold);
  const why = ({ isFinished, model }: SilentRequest) =>
    isFinished ? `${model || 'a model without a name'} told no usage` : noEnd;
  return reasonsOf(requests, (one) => `${agentLabel(one.agent)}: ${why(one)}`, 'all');
}

/** Of these the log may hold an output figure: the one that a stream begins with, before anything is written. */
function unfinished(silent: readonly SilentRequest[]): CoverageReason[] {
  const requests = silent.filter(({ isUntold, isFinished }) => !isUntold && !isFinished);
  return reasonsOf(requests, ({ agent }) => `${agentLabel(agent)}: ${noEnd}`, 'output');
}

function reasonsOf<Of>(requests: readonly Of[], reasonOf: (one: Of) => string, missing: string): CoverageReason[] {
  const counts = new Map<string, number>();
  for (const one of requests) counts.set(reasonOf(one), (counts.get(reasonOf(one)) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, missing, count, unit: 'requests' }));
}

const modelsMax = 3;

/** Requests that told something, but not enough for a price, and those of models whose price nobody knows. */
function unpriced({ usage }: Counted, prices: PriceTable): CoverageReason[] {
  let incomplete = 0;
  let unknown = 0;
  const models = new Set<string>();
  for (const bucket of usage) {
    if (bucket.complete === 0) incomplete += bucket.requests;
    else if (!chargeOf(bucket, prices)) {
      unknown += bucket.requests;
      models.add(bucket.model || 'no model named');
    }
  }
  const named = [...models].slice(0, modelsMax).join(', ');
  const more = models.size > modelsMax ? ` and ${models.size - modelsMax} more` : '';
  const reasons: CoverageReason[] = [
    { reason: `No price: ${named}${more}`, missing: 'cost', count: unknown, unit: 'requests' },
    { reason: 'Input or output not told', missing: 'cost', count: incomplete, unit: 'requests' },
  ];
  return reasons.filter(({ count }) => count > 0);
}

const fieldWords: Record<TokenField, string> = {
  inputTokens: 'input',
  outputTokens: 'output',
  cacheReadTokens: 'cache reads',
  cacheWriteTokens: 'cache writes',
  cacheWrite1hTokens: '1 h writes',
  reasoningTokens: 'reasoning',
};

/** What an agent's requests did not tell though they told something: a line for each reason and number of requests. */
function unreported(
  { key: agent, usage }: AnalyticsRow,
  silent: readonly SilentRequest[],
  capabilities: ImporterCapabilities | undefined,
): CoverageReason[] {
  if (!usage) return [];
  // What an output that is missing means is said by itself where the request was not finished.
  const said = silent.filter((one) => one.agent === agent && !one.isUntold && !one.isFinished).length;
  const lines = new Map<string, CoverageReason>();
  for (const field of tokenFields) {
    const count = usage.requests - usage.reported[field] - (field === 'outputTokens' ? said : 0);
    if (count === 0) continue;
    const reason = `${agentLabel(agent)}${whyNot(field, count === usage.requests, capabilities)}`;
    const known = lines.get(`${count} ${reason}`);
    const missing = known ? `${known.missing}, ${fieldWords[field]}` : fieldWords[field];
    lines.set(`${count} ${reason}`, { reason, missing, count, unit: 'requests' });
  }
  return [...lines.values()];
}

function whyNot(field: TokenField, isNone: boolean, capabilities: ImporterCapabilities | undefined): string {
  if (!isNone) return ': not every request told it, and nothing says why';
  const isRecorded = capabilities?.[capabilityOf[field]] ?? true;
  return isRecorded ? ': no request told it, and nothing says why' : ' does not record it';
}

/** Of the logs of all sessions that something was counted of. Such a line has no time, and one of no session is of no filter. */
async function brokenLines(queries: Kysely<Tables>, counted: Counted, filter: Filter): Promise<CoverageReason[]> {
  const problems = await queries
    .selectFrom('source_problems')
    .select(['path', 'count'])
    .where('kind', 'in', ['not_json', 'too_long', 'incomplete', 'wrong_shape'])
    .execute();
  if (problems.length === 0) return [];
  const { usage, silent, activity } = counted;
  const isOpen = Object.values(filter).every((part) => part === undefined);
  const shown = isOpen
    ? null
    : await pathsOf(queries, new Set([...usage, ...silent, ...activity].map(({ num }) => num)));
  const count = problems.reduce((sum, one) => sum + (shown?.has(one.path) === false ? 0 : one.count), 0);
  return count === 0 ? [] : [{ reason: 'Lines that could not be read', missing: 'content', count, unit: 'lines' }];
}

/** The broken logs that hold any of these sessions. */
async function pathsOf(queries: Kysely<Tables>, nums: ReadonlySet<number>): Promise<Set<string>> {
  const held = await queries
    .selectFrom('source_sessions')
    .innerJoin('sessions', 'sessions.id', 'source_sessions.session_id')
    .where('path', 'in', queries.selectFrom('source_problems').select('path'))
    .select(['path', 'num'])
    .execute();
  return new Set(held.filter(({ num }) => nums.has(num)).map(({ path }) => path));
}

const largestFirst = (reasons: CoverageReason[]): CoverageReason[] =>
  reasons.sort((one, other) => other.count - one.count);
