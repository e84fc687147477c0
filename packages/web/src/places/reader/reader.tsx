/** One session, read-only: its transcript, and beside it what it cost and how it went. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { problemFrom } from '../../app/api.js';
import { isShownLive } from '../../app/open-sessions.js';
import { metaQuery, sessionQuery, timelineQuery, usageQuery } from '../../app/queries.js';
import { openTab } from '../../app/reading-tabs.js';
import { Failed } from '../../parts/states.js';
import { Inspector } from './inspector.js';
import { benchClass } from './inspector-frame.js';
import { ReaderPane } from './reader-pane.js';
import { panelNeeds, panels } from './url-state.js';
import { useItems } from './use-items.js';
import { usePanels } from './use-panels.js';
import { useChange, useReaderKeys, useTarget } from './use-reader-moves.js';

const route = getRouteApi('/s/$id');

export function ReaderPlace() {
  const { id } = route.useParams();
  // Another session is another reader: nothing of the one before may linger.
  return <Reader key={id} id={id} />;
}

function Reader({ id }: { id: string }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery(id));
  const usage = useQuery(usageQuery(id));
  const timeline = useQuery(timelineQuery(id));
  const items = useItems(id, search.seq ?? null);
  const [turnId, setTurnId] = useState<string | null>(null);
  const [isFinding, setIsFinding] = useState(search.find !== undefined);
  const target = useTarget(search.seq);
  const turns = timeline.data?.turns ?? noTurns;

  const change = useChange(navigate, id);
  const { panels: served, panel, can, isNarrow } = usePanels(panels, panelNeeds, search.panel);
  const goTo = useCallback((seq: number) => change(isNarrow ? { seq, panel: 'none' } : { seq }), [change, isNarrow]);
  const onFind = can('search') ? () => setIsFinding(true) : null;
  useReaderKeys({ id, search, panel, panels: served, turns, turnId, change, navigate, onFind });
  const title = session.data?.title;
  // Where nothing runs, a session that went on elsewhere is read too.
  const isKnown = useQuery(metaQuery).isSuccess;
  const isLive = session.data !== undefined && isShownLive(session.data);
  const goesOn = isLive && can('live');
  const isRead = session.data !== undefined && isKnown && !goesOn;
  useEffect(() => {
    if (isRead && title !== undefined) openTab({ id, title: title ?? 'Untitled' });
  }, [id, title, isRead]);

  if (session.isError && !session.data) {
    return <SessionFailed error={session.error} onRetry={() => void session.refetch()} />;
  }
  // One that goes on in the workbench is read and written there.
  if (isLive && !isKnown) return <main className={benchClass(panel)} aria-busy="true" />;
  if (goesOn) {
    const { seq, find } = search;
    return <Navigate to="/" search={{ s: id, ...(seq ? { seq } : {}), ...(find ? { find } : {}) }} replace />;
  }
  return (
    <main className={benchClass(panel)}>
      <ReaderPane
        id={id}
        search={search}
        session={session.data}
        items={items}
        requests={usage.data?.requests ?? noRequests}
        turns={turns}
        rewinds={timeline.data?.rewinds}
        target={target}
        panel={panel}
        isFinding={isFinding}
        onFinding={setIsFinding}
        onChange={change}
        onTurn={setTurnId}
      />
      {panel === 'none' || !session.data ? null : (
        <Inspector
          session={session.data}
          panel={panel}
          panels={served}
          usage={usage}
          timeline={timeline}
          turnId={turnId}
          search={search}
          onPanel={(next) => change({ panel: next })}
          onTrace={change}
          onSeq={goTo}
        />
      )}
    </main>
  );
}

function SessionFailed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <main className="first">
      <div className="first-in">
        <Failed what="This session could not be opened" problem={problemFrom(error)} onRetry={onRetry} />
      </div>
    </main>
  );
}

const noTurns: never[] = [];
const noRequests: never[] = [];
