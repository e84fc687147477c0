/** A usage row into the log: merged with what is known of the request, owned by one session, counted once. */
import { addRequest, lastOf, mergeRequests, removeRequest, requestFrom, sameFacts } from '@taffrail/session';
import type { LastRequest, UsageRecord, UsageTotals } from '@taffrail/wire';
import type { NewRow } from '../commit.js';
import { leanUsage } from '../lean/usage.js';
import { appendRow, type Content, jsonContent } from './append-row.js';
import { isCounted } from './buckets.js';
import { isTie, ownerOf } from './ownership.js';
import type { Fact, SessionRecord } from './records.js';
import type { Writes } from './writes.js';

type UsageRow = Extract<NewRow, { kind: 'usage.recorded' }>;

const claims = { own: 0, unknown: 1, copy: 2 } as const;
// Far more than any request is replayed; a log that names more is broken.
const replaysMax = 1_000;

export function recordUsage(writes: Writes, session: SessionRecord, row: UsageRow): void {
  const before = writes.fact(session.num, row.data.attemptId);
  const stated = factFrom(session, row, before);
  if (before && sameFacts(before, stated) && samePlace(before, stated)) return;
  writes.putFact(stated);
  state(writes, session, stated, before ?? null, row.at);
  for (const key of new Set([stated.key, stated.originKey])) if (key) settle(writes, key);
}

function samePlace(one: Fact, other: Fact): boolean {
  const same = (key: 'at' | 'claim' | 'turnId' | 'step' | 'originKey') => one[key] === other[key];
  return same('at') && same('claim') && same('turnId') && same('step') && same('originKey');
}

/**
 * Decides anew who owns the request `key`, and lets every log that held another opinion say so. What it says is of the
 * request's own time: the session did nothing now.
 */
export function settle(writes: Writes, key: string): void {
  const facts = concerned(writes, key);
  if (facts.length < 2) return;
  for (const fact of facts) {
    const session = writes.sessionByNum(fact.num);
    if (!session) continue;
    if (facts.some((other) => isTie(fact, other))) session.tied = true;
    if (ownerOf(writes, fact) !== fact.inheritedFrom) state(writes, session, fact, fact, fact.at);
  }
}

/** All facts whose owner may depend on who owns `key`: its claimants, their replays, and the replays of those. */
function concerned(writes: Writes, key: string): Fact[] {
  const keys = new Set([key]);
  const facts = new Set<Fact>();
  for (const each of keys) {
    for (const fact of writes.claimants(each)) facts.add(fact);
    for (const fact of writes.replays(each)) keys.add(fact.key);
    if (keys.size > replaysMax) break;
  }
  return [...facts];
}

function factFrom(session: SessionRecord, row: UsageRow, before: Fact | undefined): Fact {
  const stated = requestFrom(row.data);
  const facts = before ? mergeRequests(before, stated) : stated;
  // Written out: this is made for every line that states usage, and a spread copies key by key.
  return {
    model: facts.model,
    provider: facts.provider,
    inputTokens: facts.inputTokens,
    outputTokens: facts.outputTokens,
    cacheReadTokens: facts.cacheReadTokens,
    cacheWriteTokens: facts.cacheWriteTokens,
    cacheWrite1hTokens: facts.cacheWrite1hTokens,
    reasoningTokens: facts.reasoningTokens,
    outputSeen: facts.outputSeen,
    outputPlaceholder: facts.outputPlaceholder,
    final: facts.final,
    num: session.num,
    attemptId: row.data.attemptId,
    key: row.identity.key,
    originKey: row.identity.originKey ?? before?.originKey ?? null,
    claim: Math.min(claims[row.identity.claim], before?.claim ?? claims.copy),
    seq: before?.seq ?? session.head + 1,
    at: Math.min(row.at, before?.at ?? row.at),
    turnId: before?.turnId ?? row.turnId ?? null,
    step: before?.step ?? row.step ?? null,
    inheritedFrom: before?.inheritedFrom ?? null,
    raw: row.data.raw === undefined ? (before?.raw ?? null) : JSON.stringify(row.data.raw),
  };
}

/** Writes the fact with its owner as a row, and moves totals and sums from what was counted before. */
function state(writes: Writes, session: SessionRecord, stated: Fact, before: Fact | null, at: number): void {
  const inheritedFrom = ownerOf(writes, stated);
  const fact = inheritedFrom === stated.inheritedFrom ? stated : { ...stated, inheritedFrom };
  if (fact !== stated) writes.putFact(fact);
  recount(writes, session, before, fact);
  const row = rowOf(fact, at);
  appendRow(writes, session, row, contentOf(fact, session, row));
}

function recount(writes: Writes, session: SessionRecord, before: Fact | null, after: Fact): void {
  const { totals } = session;
  const wasCounted = before !== null && isCounted(before);
  const without = totals && wasCounted ? removeRequest(totals, before, null) : totals;
  const sums = isCounted(after) ? addRequest(without, after) : without;
  if (wasCounted) writes.addUsage(before, -1);
  if (isCounted(after)) writes.addUsage(after, 1);
  writes.newRequests += (isCounted(after) ? 1 : 0) - (wasCounted ? 1 : 0);
  const last = totals?.last ?? null;
  // A new request is the log's latest, so that of requests at one time it is the last. Of one that is known already only
  // a look at all of them tells.
  const unsure = before !== null && last !== null && [before.at, after.at].includes(Date.parse(last.at));
  session.totals = sums && (unsure ? { ...sums, last: latestOf(writes, session) } : withLast(sums, last));
}

/** The later of the two: what was last before, and what `sums` took for it. */
function withLast(sums: UsageTotals, last: LastRequest | null): UsageTotals {
  return last && (!sums.last || Date.parse(last.at) > Date.parse(sums.last.at)) ? { ...sums, last } : sums;
}

function latestOf(writes: Writes, session: SessionRecord): LastRequest | null {
  const latest = writes.latestCounted(session.num);
  return latest ? lastOf(latest) : null;
}

function rowOf(fact: Fact, at: number) {
  const { attemptId, turnId, step } = fact;
  return {
    key: `usage:${attemptId}`,
    at,
    since: fact.at,
    kind: 'usage.recorded' as const,
    turnId: turnId ?? undefined,
    step: step ?? undefined,
  };
}

/** What the row says, as JSON, and how it is stored; the provider's record is such a text already. */
function contentOf(fact: Fact, session: SessionRecord, { key, at }: { key: string; at: number }): Content {
  const record = recordOf(fact, session);
  const stored = leanUsage(record, { key, at, turnId: fact.turnId });
  const withRaw = (data: object) => {
    const text = JSON.stringify(data);
    return fact.raw === null ? text : `${text.slice(0, -1)},"raw":${fact.raw}}`;
  };
  return { ...jsonContent(withRaw(record)), stored: withRaw(stored) };
}

function recordOf(fact: Fact, session: SessionRecord): Omit<UsageRecord, 'raw'> {
  const unsettled = fact.outputPlaceholder !== null && !fact.final && fact.outputTokens === null;
  return {
    attemptId: fact.attemptId,
    model: fact.model,
    provider: fact.provider,
    inputTokens: fact.inputTokens,
    outputTokens: fact.outputTokens,
    cacheReadTokens: fact.cacheReadTokens,
    cacheWriteTokens: fact.cacheWriteTokens,
    cacheWrite1hTokens: fact.cacheWrite1hTokens,
    reasoningTokens: fact.reasoningTokens,
    final: fact.final,
    ...(unsettled ? { outputPlaceholder: fact.outputPlaceholder ?? 0 } : {}),
    ...(fact.inheritedFrom === null ? {} : { inheritedFrom: fact.inheritedFrom }),
    totals: session.totals,
  };
}
