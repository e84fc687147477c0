/** One session, read-only: its transcript, and beside it what it cost and how it went. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate, useRouterState } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { problemFrom } from '../../app/api.js';
import { useKeys } from '../../app/keys.js';
import { useIsNarrow } from '../../app/media.js';
import { neighbourOf } from '../../app/neighbours.js';
import { sessionQuery, timelineQuery, usageQuery } from '../../app/queries.js';
import { openTab } from '../../app/reading-tabs.js';
import { Failed } from '../../parts/states.js';
import { FindBar } from './find-bar.js';
import { Inspector } from './inspector.js';
import { ReaderFoot } from './reader-foot.js';
import { ReaderHead } from './reader-head.js';
import { Transcript } from './transcript.js';
import type { Panel, ReaderSearch } from './url-state.js';
import { useItems } from './use-items.js';

const route = getRouteApi('/s/$id');

export function ReaderPlace() {
  const { id } = route.useParams();
  // Another session is another reader: nothing of the one before may linger.
  return <Reader key={id} id={id} />;
}

function Reader({ id }: { id: string }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const isNarrow = useIsNarrow();
  const session = useQuery(sessionQuery(id));
  const usage = useQuery(usageQuery(id));
  const timeline = useQuery(timelineQuery(id));
  const items = useItems(id, search.seq ?? null);
  const [turnId, setTurnId] = useState<string | null>(null);
  const [isFinding, setIsFinding] = useState(search.find !== undefined);
  // The same entry may be asked for twice: every navigation counts as a wish of its own.
  const visit = useRouterState({ select: (state) => state.location.state.__TSR_index ?? 0 });
  const target = useMemo(
    () => (search.seq === undefined ? null : { seq: search.seq, visit: visit + 1 }),
    [search.seq, visit],
  );
  const turns = timeline.data?.turns ?? noTurns;

  const change = useCallback(
    (next: Partial<ReaderSearch>) => {
      void navigate({
        to: '/s/$id',
        params: { id },
        search: (old: ReaderSearch) =>
          Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, value]) => value !== undefined)),
        replace: true,
      });
    },
    [navigate, id],
  );
  const goTo = useCallback((seq: number) => change(isNarrow ? { seq, panel: 'none' } : { seq }), [change, isNarrow]);
  const panel: Panel | 'none' = search.panel ?? (isNarrow ? 'none' : 'usage');
  const show = (next: Panel) => change({ panel: panel === next ? 'none' : next });
  const goTurn = (step: 1 | -1) => {
    const at = turns.findIndex((turn) => turn.turnId === turnId);
    const next = turns[at === -1 ? 0 : at + step];
    if (next) change({ seq: next.seq });
  };
  const goSession = (step: 1 | -1) => {
    const next = neighbourOf(id, step);
    if (next)
      void navigate({ to: '/s/$id', params: { id: next }, search: search.panel ? { panel: search.panel } : {} });
  };
  useKeys({
    j: () => goTurn(1),
    k: () => goTurn(-1),
    u: () => show('usage'),
    t: () => show('timeline'),
    '/': () => setIsFinding(true),
    '[': () => goSession(-1),
    ']': () => goSession(1),
  });
  const title = session.data?.title;
  useEffect(() => {
    if (title !== undefined) openTab({ id, title: title ?? 'Untitled' });
  }, [id, title]);

  if (session.isError && !session.data) {
    return (
      <main className="first">
        <div className="first-in">
          <Failed
            what="This session could not be opened"
            problem={problemFrom(session.error)}
            onRetry={() => void session.refetch()}
          />
        </div>
      </main>
    );
  }
  return (
    <main className={panel === 'none' ? 'bench bench-wide' : 'bench'}>
      <section className="pane">
        <ReaderHead
          session={session.data}
          panel={panel}
          onFind={() => setIsFinding(true)}
          onPanel={(next) => change({ panel: next })}
        />
        {isFinding ? (
          <FindBar
            id={id}
            find={search.find ?? ''}
            seq={search.seq}
            onChange={change}
            onClose={() => {
              setIsFinding(false);
              change({ find: undefined });
            }}
          />
        ) : null}
        <div className="transcript">
          {session.data ? (
            <Transcript
              session={session.data}
              items={items}
              requests={usage.data?.requests ?? noRequests}
              turns={turns}
              target={target}
              find={search.find}
              onTurn={setTurnId}
            />
          ) : null}
        </div>
        {session.data ? <ReaderFoot session={session.data} total={session.data.itemCount} /> : null}
      </section>
      {panel === 'none' || !session.data ? null : (
        <Inspector
          session={session.data}
          panel={panel}
          usage={usage}
          timeline={timeline}
          turnId={turnId}
          onPanel={(next) => change({ panel: next })}
          onSeq={goTo}
        />
      )}
    </main>
  );
}

const noTurns: never[] = [];
const noRequests: never[] = [];
