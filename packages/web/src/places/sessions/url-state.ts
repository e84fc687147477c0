/** The state of the session list, as its address holds it. */
import { type SessionSort, sessionSorts } from '@taffrail/wire';
import { type RangeSearch, rangeOf } from '../../app/range.js';
import { listOf, oneOf, textOf } from '../../app/search-params.js';

export const groupings = ['day', 'project', 'flat'] as const;
export type Grouping = (typeof groupings)[number];

export const facetNames = ['state', 'agent', 'project', 'model', 'usage'] as const;
export type FacetName = (typeof facetNames)[number];

export type SessionsSearch = RangeSearch & { [K in FacetName]?: string[] } & {
  q?: string;
  group?: Grouping;
  sort?: SessionSort;
  order?: 'asc' | 'desc';
  /** Sessions whose sub-agents are shown. */
  open?: string[];
};

/** Reads an address. What it can't name is left out, so that an old link still opens the list. */
export function sessionsSearchOf(raw: Record<string, unknown>): SessionsSearch {
  const found: SessionsSearch = {
    ...rangeOf(raw),
    q: textOf(raw.q),
    group: oneOf(raw.group, groupings),
    sort: oneOf(raw.sort, sessionSorts),
    order: oneOf(raw.order, ['asc', 'desc'] as const),
    open: listOf(raw.open),
    ...Object.fromEntries(facetNames.map((name) => [name, listOf(raw[name])])),
  } as SessionsSearch;
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** Turns one value of a filter on or off. An empty filter leaves the address. */
export function toggled(values: readonly string[] | undefined, value: string): string[] | undefined {
  const list = values ?? [];
  const next = list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
  return next.length > 0 ? next : undefined;
}

/** Whether anything narrows the list. */
export function isFiltered(search: SessionsSearch): boolean {
  return Boolean(
    search.q ||
      search.since ||
      search.until ||
      (search.range && search.range !== 'all') ||
      facetNames.some((name) => search[name] !== undefined),
  );
}

/** How the list is sorted. Groups need their own order first: by project it is sorted by project, then by time. */
export function sortOf(search: SessionsSearch): { sort: SessionSort; order: 'asc' | 'desc' } {
  if (search.sort) return { sort: search.sort, order: search.order ?? defaultOrder(search.sort) };
  return search.group === 'project' ? { sort: 'project', order: 'asc' } : { sort: 'updated', order: 'desc' };
}

/** Words from A, times from now, figures from the largest. */
export function defaultOrder(sort: SessionSort): 'asc' | 'desc' {
  return sort === 'title' || sort === 'agent' || sort === 'project' || sort === 'model' ? 'asc' : 'desc';
}
