/** The questions of Analytics. Every panel asks for itself, so that one failure leaves the others whole. */
import type { AnalyticsPanel, Query } from '@taffrail/client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf, rest } from '../../app/api.js';
import { localZone } from '../../parts/format-time.js';

type Table = 'daily' | 'models' | 'projects' | 'agents' | 'top-sessions';

/** Until an answer is there the one before stands, unless its lines are stacked by something else, or are of other lengths. */
const beforeOf =
  ({ by, unit }: Query) =>
  <Old>(before: Old | undefined, of: { queryKey: readonly [string, AnalyticsPanel, Query] } | undefined) =>
    of?.queryKey[2].by === by && of?.queryKey[2].unit === unit ? before : undefined;

const ask = <T>(panel: AnalyticsPanel, query: Query, answer: (query: Query, signal: AbortSignal) => Promise<T>) =>
  queryOptions({
    queryKey: ['analytics', panel, query] as const,
    queryFn: ({ signal }) => answer({ ...query, tz: localZone }, signal),
    placeholderData: beforeOf(query),
  });

export const summaryQuery = (query: Query) =>
  ask('summary', query, (full, signal) => answerOf(rest.summary(full, signal)));
export const tableQuery = (panel: Table, query: Query) =>
  ask(panel, query, (full, signal) => answerOf(rest.table(panel, full, signal)));
export const heatmapQuery = (query: Query) =>
  ask('heatmap', query, (full, signal) => answerOf(rest.heatmap(full, signal)));
export const toolsQuery = (query: Query) => ask('tools', query, (full, signal) => answerOf(rest.tools(full, signal)));
export const coverageQuery = (query: Query) =>
  ask('coverage', query, (full, signal) => answerOf(rest.coverage(full, signal)));

/** The same answers as files. */
export function downloads(panel: AnalyticsPanel, query: Query) {
  const full = { ...query, tz: localZone };
  return [
    { label: 'CSV', href: rest.links.analytics(panel, { ...full, format: 'csv' }), file: `taffrail-${panel}.csv` },
    { label: 'JSON', href: rest.links.analytics(panel, { ...full, format: 'json' }), file: `taffrail-${panel}.json` },
  ];
}
