/** The state of Analytics, as its address holds it: a link shows another browser the same. */
import { type Metric, metrics } from '@taffrail/wire';
import { type RangeName, type RangeSearch, rangeOf } from '../../app/range.js';
import { listOf, oneOf } from '../../app/search-params.js';
import type { Serves } from '../../app/served.js';
import { hasKinds } from './kinds.js';

export const stacks = ['agent', 'model', 'project', 'kind'] as const;
export type Stack = (typeof stacks)[number];

export const filterNames = ['agent', 'project', 'model'] as const;
export type FilterName = (typeof filterNames)[number];

export type AnalyticsSearch = RangeSearch & { [K in FilterName]?: string[] } & { metric?: Metric; by?: Stack };

export function analyticsSearchOf(raw: Record<string, unknown>): AnalyticsSearch {
  const metric = oneOf(raw.metric, metrics);
  const by = oneOf(raw.by, stacks);
  const filters = filterNames.flatMap((name) => {
    const list = listOf(raw[name]);
    return list ? [[name, list]] : [];
  });
  return { ...rangeOf(raw), ...(metric ? { metric } : {}), ...(by ? { by } : {}), ...Object.fromEntries(filters) };
}

/** The range while the address names none. */
export const fallbackRange: RangeName = '30d';

export const fallbackMetric: Metric = 'input_tokens';

/**
 * F7: the metric to ask for. One that the server cannot serve gives way to the first that it can, before any request;
 * the address keeps what was chosen, so it comes back with a capable server.
 */
export function servedMetric(chosen: Metric | undefined, can: Serves): Metric {
  const wanted = chosen ?? fallbackMetric;
  const served = servedMetrics(can);
  return served.includes(wanted) ? wanted : (served[0] ?? 'sessions');
}

/**
 * How the days of a metric can be stacked. By kind only what is made of kinds, where the server tells them (F7); not by
 * model what belongs to none.
 */
export function servedStacks(metric: Metric, can: Serves): Stack[] {
  return stacks.filter((stack) => {
    if (stack === 'kind') return hasKinds(metric) && can('analytics.kinds');
    return stack !== 'model' || metric !== 'messages';
  });
}

/** The order of tiles and switch: what was done, what went in and out, what it cost, how well the cache worked. */
const order: readonly Metric[] = ['sessions', 'messages', 'input_tokens', 'output_tokens', 'cost', 'cache_read_tokens'];

/** The metrics a server can serve, in their order on the page. */
export function servedMetrics(can: Serves): Metric[] {
  return order.filter((metric) => can(`metric.${metric}`));
}
