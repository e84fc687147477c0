/** What Analytics knows and can do: its address, what the server can count, the totals, and how each is changed. */
import type { Query } from '@taffrail/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useToday } from '../../app/clock.js';
import { metaQuery } from '../../app/queries.js';
import { daysOf } from '../../app/range.js';
import { useServed } from '../../app/serves.js';
import { toggled } from '../sessions/url-state.js';
import { summaryQuery } from './queries.js';
import { type AnalyticsSearch, type FilterName, fallbackRange, servedMetric, servedMetrics } from './url-state.js';

const route = getRouteApi('/analytics');

/** The state of Analytics, kept in its address. `asked` is the question that every panel puts. */
export function useAnalytics() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const today = useToday();
  // F7: nothing is asked before the server has said what it can count.
  const meta = useQuery(metaQuery);
  const can = useServed();
  const metric = servedMetric(search.metric, can);
  const days = daysOf(search, fallbackRange, today);
  const asked: Query = useMemo(
    () => ({ agent: search.agent, project: search.project, model: search.model, since: days.since, until: days.until }),
    [search.agent, search.project, search.model, days.since, days.until],
  );
  // Each is a step of its own: Back takes it back.
  const change = useCallback(
    (next: Partial<AnalyticsSearch>) => {
      void navigate({
        search: (old) =>
          Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, value]) => value !== undefined)),
      });
    },
    [navigate],
  );
  const onFilter = (name: FilterName, value: string) => change({ [name]: toggled(search[name], value) });
  const onDay = (day: string, last = day) => {
    const isChosen = search.since === day && search.until === last;
    change(isChosen ? { since: undefined, until: undefined } : { since: day, until: last, range: undefined });
  };
  const onAllTime = () => void navigate({ search: { range: 'all' } });
  const summary = useQuery({ ...summaryQuery(asked), enabled: meta.isSuccess });
  const metrics = servedMetrics(can);
  return { search, meta, metric, metrics, asked, summary, change, onFilter, onDay, onAllTime };
}
