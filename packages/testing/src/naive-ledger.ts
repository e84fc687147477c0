/** Which session counts a request, decided the slow and obvious way over all drafts at once: to compare stores with. */
import type { RowDraft } from '@taffrail/importers';
import { type Recount, recount } from './collect.js';

type UsageRow = Extract<RowDraft, { kind: 'usage.recorded' }>;

const ranks = { own: 0, unknown: 1, copy: 2 };

/**
 * A recount for each conversation with its sub-agents inside, under the id of its root session: every request once,
 * in the session that owns it. Sessions that own nothing are left out.
 */
export function recountByRoot(drafts: readonly RowDraft[]): Record<string, Recount> {
  const rows = drafts.filter((draft) => draft.kind === 'usage.recorded');
  const parents = new Map(drafts.flatMap((draft) => parentIn(draft) ?? []));
  const groups = new Map<string, UsageRow[]>();
  for (const row of rows) {
    const root = rootOf(ownerOf(row, rows), parents);
    groups.set(root, [...(groups.get(root) ?? []), row]);
  }
  return Object.fromEntries([...groups].map(([root, group]) => [root, recount(group)]));
}

function parentIn(draft: RowDraft): [string, string][] | null {
  return draft.kind === 'session.described' && draft.data.parentId ? [[draft.sessionId, draft.data.parentId]] : null;
}

function rootOf(sessionId: string, parents: Map<string, string>): string {
  const parent = parents.get(sessionId);
  return parent ? rootOf(parent, parents) : sessionId;
}

function ownerOf(row: UsageRow, rows: UsageRow[]): string {
  const origin = row.identity.originKey;
  const replayed = origin ? rows.filter((other) => other.identity.key === origin) : [];
  const others = replayed.filter((other) => other.sessionId !== row.sessionId);
  const claimants = others.length > 0 ? others : rows.filter((other) => other.identity.key === row.identity.key);
  return claimants.reduce((winner, other) => (precedes(other, winner, rows) ? other : winner)).sessionId;
}

/** What the log says; then the earlier time; then the session that went its own way later; then its id. */
function precedes(one: UsageRow, other: UsageRow, rows: UsageRow[]): boolean {
  const [rank, otherRank] = [ranks[one.identity.claim], ranks[other.identity.claim]];
  if (rank !== otherRank) return rank < otherRank;
  const [at, otherAt] = [one.at ?? Number.POSITIVE_INFINITY, other.at ?? Number.POSITIVE_INFINITY];
  if (at !== otherAt) return at < otherAt;
  const [apart, otherApart] = [firstApart(one, other, rows), firstApart(other, one, rows)];
  return apart === otherApart ? one.sessionId < other.sessionId : apart > otherApart;
}

/** When `one`'s session first made a request that `other`'s does not hold. */
function firstApart(one: UsageRow, other: UsageRow, rows: UsageRow[]): number {
  const shared = new Set(rows.filter((row) => row.sessionId === other.sessionId).map((row) => row.identity.key));
  const apart = rows.filter((row) => row.sessionId === one.sessionId && !shared.has(row.identity.key));
  return Math.min(...apart.map((row) => row.at ?? Number.POSITIVE_INFINITY));
}
