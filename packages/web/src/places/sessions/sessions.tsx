/** Every session of every agent: filters with counts, groups with sums, sub-agents and forks as a tree. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo } from 'react';
import { problemFrom } from '../../app/api.js';
import { useToday } from '../../app/clock.js';
import { useIsPhone } from '../../app/media.js';
import { rememberOrder } from '../../app/neighbours.js';
import { facetsQuery } from '../../app/queries.js';
import { AfterDelay, Blank, Failed, Skeleton } from '../../parts/states.js';
import { Facets } from './facets.js';
import { FirstRun } from './first-run.js';
import { filterOf, listQuery, sessionsOf } from './list-query.js';
import { rowsOf, sumOf, sumOfTotals } from './rows.js';
import { SessionTable } from './session-table.js';
import { SessionsHead } from './sessions-head.js';
import { isFiltered, type SessionsSearch } from './url-state.js';
import { useChildren } from './use-children.js';

const route = getRouteApi('/sessions');

/** Up to here the list loads by itself, so that its sums are whole; beyond, as far as someone scrolls. */
const eagerSessionsMax = 2000;

export function Sessions() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const today = useToday();
  const isPhone = useIsPhone();
  const list = useInfiniteQuery(listQuery(search, today));
  const facets = useQuery(facetsQuery(filterOf(search, today))).data;
  const sessions = useMemo(() => sessionsOf(list.data), [list.data]);
  const childrenOf = useChildren(search.open);
  const complete = !list.hasNextPage && list.data !== undefined;

  const { hasNextPage, isFetching, fetchNextPage } = list;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  useEffect(() => {
    if (sessions.length < eagerSessionsMax) loadMore();
  }, [sessions.length, loadMore]);

  const rows = useMemo(() => {
    const group = search.group ?? 'day';
    const open = new Set(search.open);
    return rowsOf({ sessions, childrenOf, open, group: search.sort ? 'flat' : group, complete, today });
  }, [sessions, childrenOf, search, complete, today]);
  useEffect(() => {
    rememberOrder(rows.flatMap((row) => (row.kind === 'session' ? [row.session.id] : [])));
  }, [rows]);

  const change = useCallback(
    (next: Partial<SessionsSearch>) => {
      void navigate({ search: (old) => withoutEmpty({ ...old, ...next }), replace: true });
    },
    [navigate],
  );
  const totals = list.data?.pages[0]?.totals;
  const sum = totals ? sumOfTotals(totals) : complete ? sumOf(sessions) : null;

  if (complete && sessions.length === 0 && !isFiltered(search)) return <FirstRun />;
  return (
    <main className="page">
      <SessionsHead search={search} sum={sum} loaded={sessions.length} facets={facets} onChange={change} />
      <div className="with-facets">
        {isPhone ? null : <Facets facets={facets} search={search} onChange={change} />}
        <div className="list-pane">
          {list.isError && sessions.length === 0 ? (
            <div className="p-4">
              <Failed
                what="The sessions could not be loaded"
                problem={problemFrom(list.error)}
                onRetry={() => void list.refetch()}
              />
            </div>
          ) : list.isPending ? (
            <AfterDelay>
              <SkeletonRows />
            </AfterDelay>
          ) : sessions.length === 0 ? (
            <NothingMatches onClear={() => void navigate({ search: {}, replace: true })} />
          ) : (
            <SessionTable rows={rows} search={search} today={today} onChange={change} onEnd={loadMore} />
          )}
        </div>
      </div>
    </main>
  );
}

function withoutEmpty(search: SessionsSearch): SessionsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''));
}

function NothingMatches({ onClear }: { onClear: () => void }) {
  return (
    <div className="px-4">
      <Blank
        fact="No session matches these filters"
        action={
          <button type="button" className="btn btn-s" onClick={onClear}>
            Clear the filters
          </button>
        }
      >
        The filters together leave nothing. Search with ⌘K also looks into what was said and done.
      </Blank>
    </div>
  );
}

function SkeletonRows() {
  return (
    <div aria-busy="true">
      {Array.from({ length: 14 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={index} className="vt-skel">
          <Skeleton width={`${22 + ((index * 7) % 17)}%`} />
          <span className="grow" />
          <Skeleton width={180} />
        </div>
      ))}
    </div>
  );
}
