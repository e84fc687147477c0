/** The tabs of the workbench: open sessions in their order, by drag in another, and a new one. */
import type { OpenBudget, SessionSummary } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { Plus, X } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { Dot, dotState } from '../parts/dot.js';
import { BudgetMark, useOpenBudgets } from './budget-mark.js';
import { useOpenSessions } from './open-sessions.js';
import { sessionQuery } from './queries.js';
import { isUnread, useSeen } from './seen.js';
import { useServes } from './serves.js';
import { useTabMoves } from './use-tab-moves.js';

const dragType = 'application/x-taffrail-tab';

export function LiveTabs() {
  const sessions = useOpenSessions();
  const seen = useSeen();
  const budgets = useOpenBudgets();
  const { close, move } = useTabMoves();
  const shown = useRouterState({ select: ({ location }) => currentTab(location.pathname, location.search) });
  const current = useTabOf(shown, sessions);
  const runs = useServes('live');
  const [target, setTarget] = useState<string | null>(null);
  const drop = (event: DragEvent, before: string | null) => {
    setTarget(null);
    const id = event.dataTransfer.getData(dragType);
    if (id !== '') move(id, before);
    event.preventDefault();
  };
  const over = (event: DragEvent, id: string) => {
    if (!event.dataTransfer.types.includes(dragType)) return;
    event.preventDefault();
    setTarget(id);
  };
  return (
    <nav className="contents" aria-label="Open sessions">
      {sessions.map((session) => (
        <LiveTab
          key={session.id}
          session={session}
          budget={budgets.get(session.id)}
          isCurrent={session.id === current}
          isUnread={session.id !== current && isUnread(session, seen[session.id])}
          isTarget={target === session.id}
          onClose={() => close(session)}
          onDragEnd={() => setTarget(null)}
          onDragOver={(event) => over(event, session.id)}
          onDrop={(event) => drop(event, session.id)}
        />
      ))}
      {runs ? (
        <Link
          to="/"
          search={{ s: 'new' }}
          className="tab-new"
          title="New session"
          aria-label="New session"
          aria-current={current === 'new' ? 'page' : undefined}
          onDragOver={(event) => over(event, 'end')}
          onDrop={(event) => drop(event, null)}
        >
          <Plus className="icon-s" aria-hidden="true" />
        </Link>
      ) : null}
    </nav>
  );
}

function currentTab(path: string, search: Record<string, unknown>): string | null {
  return path === '/' && typeof search.s === 'string' ? search.s : null;
}

/** The tab that a session is shown under: its own, or that of the session whose sub-agent it is. */
function useTabOf(shown: string | null, sessions: readonly SessionSummary[]): string | null {
  const isOpen = sessions.some(({ id }) => id === shown);
  const parent = useQuery({ ...sessionQuery(shown ?? ''), enabled: shown !== null && shown !== 'new' && !isOpen }).data
    ?.parentId;
  const above = useQuery({ ...sessionQuery(parent ?? ''), enabled: parent != null }).data;
  if (isOpen || parent == null) return shown;
  return sessions.some(({ id }) => id === parent) ? parent : (above?.parentId ?? shown);
}

type TabProps = {
  session: SessionSummary;
  budget: OpenBudget | undefined;
  isCurrent: boolean;
  isUnread: boolean;
  /** Another tab is being dragged before this one. */
  isTarget: boolean;
  onClose: () => void;
  onDragEnd: () => void;
  onDragOver: (event: DragEvent) => void;
  onDrop: (event: DragEvent) => void;
};

function LiveTab({ session, budget, isCurrent, isUnread: hasNews, isTarget, onClose, ...drag }: TabProps) {
  const title = session.title ?? 'New session';
  const className = `tab${hasNews ? ' is-unread' : ''}${isTarget ? ' drop-before' : ''}`;
  return (
    <div className={className} data-current={isCurrent || undefined} title={title}>
      <Dot state={dotState(session)} />
      <Link
        to="/"
        search={{ s: session.id }}
        className="tab-link trunc"
        aria-current={isCurrent ? 'page' : undefined}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(dragType, session.id);
          event.dataTransfer.effectAllowed = 'move';
        }}
        {...drag}
        onAuxClick={(event) => {
          if (event.button !== 1) return;
          event.preventDefault();
          onClose();
        }}
      >
        {title}
        {hasNews ? <span className="sr-only">, has news</span> : null}
      </Link>
      <BudgetMark budget={budget} />
      {hasNews ? <span className="unread" aria-hidden="true" /> : null}
      <button type="button" className="x" aria-label={`Close ${title}`} onClick={onClose}>
        <X className="icon-s" aria-hidden="true" />
      </button>
    </div>
  );
}
