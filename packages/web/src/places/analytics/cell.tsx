/** A cell of the page: its name, its controls, its downloads, and its own states. */
import type { AnalyticsPanel, Query } from '@taffrail/client';
import type { UseQueryResult } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemFrom } from '../../app/api.js';
import { LinkMenu } from '../../parts/menu.js';
import { AfterDelay, Failed, Skeleton } from '../../parts/states.js';
import { downloads } from './queries.js';

type CellProps<T> = {
  title: string;
  /** Twelfths of the width on a wide page. */
  span: number;
  query: UseQueryResult<T>;
  panel: AnalyticsPanel;
  asked: Query;
  legend?: ReactNode;
  end?: ReactNode;
  /** Height of what comes, so that nothing jumps when it does. */
  height: number;
  children: (data: T) => ReactNode;
};

export function Cell<T>({ title, span, query, panel, asked, legend, end, height, children }: CellProps<T>) {
  return (
    <section className={`cell span-${span}`} aria-label={title}>
      <div className="cell-h">
        <h2>{title}</h2>
        {legend}
        <span className="end">
          {end}
          <LinkMenu
            title={`Download ${title.toLowerCase()}`}
            icon={<Download className="icon-s" aria-hidden="true" />}
            links={downloads(panel, asked)}
          />
        </span>
      </div>
      {query.data !== undefined ? (
        children(query.data)
      ) : query.isError ? (
        <Failed
          what="This could not be counted"
          problem={problemFrom(query.error)}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <div style={{ height }}>
          <AfterDelay>
            <Skeleton width="100%" height={height} />
          </AfterDelay>
        </div>
      )}
    </section>
  );
}
