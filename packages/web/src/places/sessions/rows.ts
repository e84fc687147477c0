/**
 * The rows of the list: groups with their sums, sessions, and under them their sub-agents and forks.
 * Pure: sessions in, rows out.
 */
import type { SessionListTotals, SessionSummary } from '@taffrail/wire';
import { folderName } from '../../parts/format-path.js';
import { dayLabel, dayOf } from '../../parts/format-time.js';
import type { Grouping } from './url-state.js';

/** Sums of a group. `inputTokens` and the like are `null` where no session of the group reported them. */
export type GroupSum = {
  sessions: number;
  sessionsWithUsage: number;
  inputTokens: number | null;
  outputTokens: number | null;
  costMicros: number | null;
  unpricedRequests: number;
};

export type GroupRow = {
  kind: 'group';
  key: string;
  label: string;
  title: string;
  /** `null` while the group's end is not loaded: a sum of a part would be a wrong sum. */
  sum: GroupSum | null;
};
export type SessionRow = {
  kind: 'session';
  key: string;
  session: SessionSummary;
  /** What hangs it under the row above: nothing, a tool call of its parent, or a copy of its origin. */
  link: 'root' | 'sub-agent' | 'fork';
  /** One per level above it: whether that level goes on below this row. The last is its own level. */
  lines: boolean[];
  isOpen: boolean;
  /** Rows it can show beneath it. */
  below: number;
};
export type ListRow = GroupRow | SessionRow;

export type RowsInput = {
  sessions: readonly SessionSummary[];
  /** Sub-agents that were loaded, by their parent. */
  childrenOf: ReadonlyMap<string, readonly SessionSummary[]>;
  open: ReadonlySet<string>;
  group: Grouping;
  /** Whether the last page is loaded. */
  complete: boolean;
  today: string;
};

/** Lays the list out. The order of `sessions` is kept; forks move under their origin where both are in one group. */
export function rowsOf(input: RowsInput): ListRow[] {
  const groups = grouped(input);
  return groups.flatMap((group, index): ListRow[] => {
    // Sorted by project the server leaves the order within one open: the newest first, as everywhere.
    const sessions = input.group === 'project' ? newestFirst(group.sessions) : group.sessions;
    const rows = treeOf(sessions, input);
    if (input.group === 'flat') return rows;
    const isWhole = input.complete || index < groups.length - 1;
    const head: GroupRow = {
      kind: 'group',
      key: `group:${group.key}`,
      ...labelOf(group.key, input),
      sum: isWhole ? sumOf(group.sessions) : null,
    };
    return [head, ...rows];
  });
}

type Group = { key: string; sessions: SessionSummary[] };

function grouped({ sessions, group }: RowsInput): Group[] {
  const groups = new Map<string, Group>();
  for (const session of sessions) {
    const key = group === 'day' ? dayOf(session.updatedAt) : group === 'project' ? (session.project ?? '') : '';
    const known = groups.get(key);
    if (known) known.sessions.push(session);
    else groups.set(key, { key, sessions: [session] });
  }
  return [...groups.values()];
}

function newestFirst(sessions: readonly SessionSummary[]): SessionSummary[] {
  return [...sessions].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
}

function labelOf(key: string, { group, today }: RowsInput): { label: string; title: string } {
  if (group === 'day') return { label: dayLabel(key, today), title: key };
  return key === ''
    ? { label: 'No folder', title: 'These logs name no folder' }
    : { label: folderName(key), title: key };
}

const plus = (sum: number | null, value: number | null | undefined) =>
  value === null || value === undefined ? sum : (sum ?? 0) + value;

/** Sums sessions with all their sub-agents. Unknown adds nothing; it is counted as not covered. */
export function sumOf(sessions: readonly SessionSummary[]): GroupSum {
  const sum: GroupSum = {
    sessions: sessions.length,
    sessionsWithUsage: 0,
    inputTokens: null,
    outputTokens: null,
    costMicros: null,
    unpricedRequests: 0,
  };
  for (const { usageWithSubAgents: usage, untoldRequests = 0 } of sessions) {
    sum.unpricedRequests += untoldRequests;
    if (!usage) continue;
    sum.sessionsWithUsage += 1;
    sum.inputTokens = plus(sum.inputTokens, usage.inputTokens);
    sum.outputTokens = plus(sum.outputTokens, usage.outputTokens);
    sum.costMicros = plus(sum.costMicros, usage.costMicros);
    sum.unpricedRequests += usage.requests - usage.pricedRequests;
  }
  return sum;
}

/** The sum of a whole list as the server counted it. */
export function sumOfTotals(totals: SessionListTotals): GroupSum {
  const { usage, untoldRequests = 0 } = totals;
  return {
    sessions: totals.sessions,
    sessionsWithUsage: totals.sessionsWithUsage,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    costMicros: usage?.costMicros ?? null,
    unpricedRequests: untoldRequests + (usage ? usage.requests - usage.pricedRequests : 0),
  };
}

function treeOf(sessions: readonly SessionSummary[], input: RowsInput): SessionRow[] {
  const here = new Map(sessions.map((session) => [session.id, session]));
  const forks = new Map<string, SessionSummary[]>();
  const roots: SessionSummary[] = [];
  for (const session of sessions) {
    const origin = session.forkedFrom;
    if (origin !== null && origin !== session.id && here.has(origin) && !isCircular(session, here)) {
      forks.set(origin, [...(forks.get(origin) ?? []), session]);
    } else roots.push(session);
  }
  const rows: SessionRow[] = [];
  const add = (session: SessionSummary, link: SessionRow['link'], lines: boolean[]) => {
    const copies = forks.get(session.id) ?? [];
    const isOpen = input.open.has(session.id);
    const agents = isOpen ? (input.childrenOf.get(session.id) ?? []) : [];
    rows.push({
      kind: 'session',
      key: session.id,
      session,
      link,
      lines,
      isOpen,
      below: session.childCount,
    });
    const beneath = [
      ...agents.map((one) => ({ one, link: 'sub-agent' as const })),
      ...copies.map((one) => ({ one, link: 'fork' as const })),
    ];
    for (const [index, next] of beneath.entries()) add(next.one, next.link, [...lines, index < beneath.length - 1]);
  };
  for (const root of roots) add(root, 'root', []);
  return rows;
}

/** Whether following the origins comes back to the session itself: a log may claim anything. */
function isCircular(session: SessionSummary, byId: ReadonlyMap<string, SessionSummary>): boolean {
  const seen = new Set([session.id]);
  for (let at = byId.get(session.forkedFrom ?? ''); at; at = byId.get(at.forkedFrom ?? '')) {
    if (seen.has(at.id)) return true;
    seen.add(at.id);
  }
  return false;
}
