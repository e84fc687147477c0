/** The list itself: a sticky head, virtual rows, and the arrow keys. */

import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useIsPhone } from '../../app/media.js';
import { columns } from './columns.js';
import { GroupLine } from './group-line.js';
import { PhoneLine } from './phone-line.js';
import type { ListRow } from './rows.js';
import { SessionLine } from './session-line.js';
import { defaultOrder, type SessionsSearch, sortOf, toggled } from './url-state.js';

const rowPx = 30;
const phoneRowPx = 55;

/** Where each list was left, so that "back" returns to it. */
const offsets = new Map<string, number>();

type TableProps = {
  rows: ListRow[];
  search: SessionsSearch;
  today: string;
  onChange: (next: Partial<SessionsSearch>) => void;
  /** The last rows came into sight. */
  onEnd: () => void;
};

export function SessionTable({ rows, search, today, onChange, onEnd }: TableProps) {
  const isPhone = useIsPhone();
  const scroller = useRef<HTMLDivElement>(null);
  const href = useRouterState({ select: (state) => state.location.href });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (isPhone && rows[index]?.kind === 'session' ? phoneRowPx : rowPx),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    initialOffset: () => offsets.get(href) ?? 0,
    scrollPaddingStart: isPhone ? 0 : rowPx,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 20) onEnd();
  }, [last, rows.length, onEnd]);
  const active = useActiveRow(rows, search, onChange, (index) => virtual.scrollToIndex(index, { align: 'auto' }));

  return (
    <div
      ref={scroller}
      className="vt"
      role="treegrid"
      aria-label="Sessions"
      aria-rowcount={rows.length}
      aria-activedescendant={active.id}
      tabIndex={0}
      onKeyDown={active.onKeyDown}
      onScroll={(event) => offsets.set(href, event.currentTarget.scrollTop)}
    >
      {isPhone ? null : <TableHead search={search} onChange={onChange} />}
      <div className="vt-body" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const place = { transform: `translateY(${item.start}px)` };
          if (row.kind === 'group') return <GroupLine key={row.key} row={row} style={place} />;
          const Line = isPhone ? PhoneLine : SessionLine;
          return (
            <Line
              key={row.key}
              row={row}
              style={place}
              today={today}
              isActive={active.key === row.key}
              showsDay={search.group === 'project' || search.group === 'flat' || search.sort !== undefined}
              onToggle={() => onChange({ open: toggled(search.open, row.session.id) })}
            />
          );
        })}
      </div>
    </div>
  );
}

function TableHead({ search, onChange }: Pick<TableProps, 'search' | 'onChange'>) {
  const { sort, order } = sortOf(search);
  const shownSort = search.sort ?? (search.group === 'project' ? null : 'updated');
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid is one stop; its heads are buttons
    // biome-ignore lint/a11y/useSemanticElements: virtual rows can't be table rows
    <div className="vt-row vt-head" role="row">
      {columns.map((column) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the button inside is what is focused
        // biome-ignore lint/a11y/useSemanticElements: virtual rows can't be table rows
        <span
          key={column.name}
          className={`vt-${column.name}${column.isFigure ? ' num' : ''}`}
          role="columnheader"
          aria-sort={shownSort === column.sort ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
        >
          {column.sort ? (
            <button
              type="button"
              onClick={() => {
                const next = column.sort;
                if (!next) return;
                const turned = order === 'asc' ? 'desc' : 'asc';
                onChange({ sort: next, order: sort === next && search.sort ? turned : defaultOrder(next) });
              }}
            >
              {column.label}
              {shownSort === column.sort ? (
                order === 'asc' ? (
                  <ArrowUp className="icon-xs" aria-hidden="true" />
                ) : (
                  <ArrowDown className="icon-xs" aria-hidden="true" />
                )
              ) : null}
            </button>
          ) : (
            column.label
          )}
        </span>
      ))}
    </div>
  );
}

/** The row the arrow keys are at. The list is one stop of the Tab key. */
function useActiveRow(
  rows: ListRow[],
  search: SessionsSearch,
  onChange: TableProps['onChange'],
  reveal: (index: number) => void,
) {
  const [key, setKey] = useState<string | null>(null);
  const navigate = useNavigate();
  const at = rows.findIndex((row) => row.key === key);
  const move = (from: number, step: 1 | -1) => {
    let next = from + step;
    while (rows[next]?.kind === 'group') next += step;
    const row = rows[next];
    if (!row) return;
    setKey(row.key);
    reveal(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const session = row?.kind === 'session' ? row : null;
    const toggle = () => session && onChange({ open: toggled(search.open, session.session.id) });
    const actions: Record<string, () => void> = {
      ArrowDown: () => move(at, 1),
      ArrowUp: () => move(at === -1 ? rows.length : at, -1),
      Home: () => move(-1, 1),
      End: () => move(rows.length, -1),
      ArrowRight: () => session && session.below > 0 && !session.isOpen && toggle(),
      ArrowLeft: () => session?.isOpen && toggle(),
      Enter: () => session && void navigate({ to: '/s/$id', params: { id: session.session.id } }),
    };
    const action = actions[event.key];
    if (!action || event.target !== event.currentTarget) return;
    event.preventDefault();
    action();
  };
  return { key, id: key === null ? undefined : `row-${key}`, onKeyDown };
}
