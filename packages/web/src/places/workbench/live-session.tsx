/** One session of the workbench: followed while it is on view, with what it cost and how it went beside it. */
import type { FollowedSession } from '@taffrail/client';
import type { SessionSummary } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { problemFrom } from '../../app/api.js';
import { retrySession, useLiveSession } from '../../app/live-session.js';
import { isShownLive } from '../../app/open-sessions.js';
import { sessionQuery, timelineQuery, usageQuery } from '../../app/queries.js';
import { withChanges } from '../../app/search-params.js';
import { markSeen } from '../../app/seen.js';
import { AfterDelay, sentence } from '../../parts/states.js';
import { benchClass } from '../reader/inspector-frame.js';
import { sameValues } from '../reader/live-rows.js';
import { TranscriptSkeleton } from '../reader/transcript-skeleton.js';
import { usePanels } from '../reader/use-panels.js';
import { useTarget } from '../reader/use-reader-moves.js';
import { rememberShown } from './last-shown.js';
import { LiveInspector } from './live-inspector.js';
import { LivePane } from './live-pane.js';
import { summaryOf } from './live-summary.js';
import { turnsOf } from './live-turns.js';
import { usageOf } from './live-usage.js';
import { RestoreDialog } from './restore-dialog.js';
import { ArchivedSession, GoneSession, SessionTrouble } from './session-trouble.js';
import { TurnMenu } from './turn-menu.js';
import { livePanels, panelNeeds, type WorkbenchSearch } from './url-state.js';
import { useWorkbenchKeys } from './use-workbench-keys.js';

const route = getRouteApi('/');

export function LiveSession({ id }: { id: string }) {
  const followed = useLiveSession(id);
  const summary = useQuery(sessionQuery(id));
  const known = summary.data;
  useOnView(id, followed?.session.head ?? 0);
  if (followed?.phase === 'gone') return <GoneSession />;
  if (!followed || followed.phase === 'starting' || !known) {
    const problem = followed?.problem ?? (summary.isError && !known ? sentenceOf(summary.error) : null);
    const retry = () => {
      retrySession(id);
      void summary.refetch();
    };
    if (problem !== null) return <SessionTrouble problem={problem} onRetry={retry} />;
    return (
      <main className="bench bench-wide" aria-busy="true">
        <AfterDelay>
          <TranscriptSkeleton />
        </AfterDelay>
      </main>
    );
  }
  // What another agent recorded is read, not written to.
  if (known.origin === 'imported') return <Navigate to="/s/$id" params={{ id }} replace />;
  if (!isShownLive(known)) return <ArchivedSession session={known} />;
  return <Session followed={followed} known={known} />;
}

function Session({ followed, known }: { followed: FollowedSession; known: SessionSummary }) {
  const id = known.id;
  const search = route.useSearch();
  const { panels, panel, can, isNarrow } = usePanels(livePanels, panelNeeds, search.panel);
  const [turnId, setTurnId] = useState<string | null>(null);
  const [isFinding, setIsFinding] = useState(search.find !== undefined);
  const target = useTarget(search.seq);
  const { session, turns, usage } = useFigures(known, followed);
  const change = useChange(id);
  const goTo = useCallback((seq: number) => change(isNarrow ? { seq, panel: 'none' } : { seq }), [change, isNarrow]);
  const restored = useRestore(search.restore, followed.session.turns, change);
  const onRestore = useCallback((restore: string) => change({ restore }), [change]);
  const menuOf = useCallback(
    (turn: string) => <TurnMenu sessionId={id} turns={turns} turnId={turn} onRestore={onRestore} />,
    [id, turns, onRestore],
  );
  const onFind = can('search') ? () => setIsFinding(true) : null;
  useWorkbenchKeys({ followed, panel, panels, turns, turnId, change, onFind });
  return (
    <main className={benchClass(panel)}>
      <LivePane
        session={session}
        followed={followed}
        search={search}
        requests={usage.requests}
        turns={turns}
        target={target}
        isFolded={panel === 'none'}
        isFinding={isFinding}
        onFinding={setIsFinding}
        onChange={change}
        onTurn={setTurnId}
        menuOf={menuOf}
      />
      {panel === 'none' ? null : (
        <LiveInspector
          session={session}
          followed={followed}
          usage={usage}
          turns={turns}
          turnId={turnId}
          panel={panel}
          panels={panels}
          search={search}
          onPanel={(next) => change({ panel: next })}
          onTrace={change}
          onSeq={goTo}
          menuOf={menuOf}
          since={search.since}
          onSince={(since) => change({ since })}
        />
      )}
      {restored === null || !can('checkpoints') ? null : (
        <RestoreDialog
          session={session}
          turns={turns}
          turnId={restored}
          isBusy={followed.session.status === 'running' || followed.session.status === 'waiting'}
          onClose={() => change({ restore: undefined })}
        />
      )}
    </main>
  );
}

/** What is shown of a session: what its line has told, with what the server knows of older parts. */
function useFigures(known: SessionSummary, followed: FollowedSession) {
  const usageKnown = useQuery(usageQuery(known.id)).data;
  const turnsKnown = useQuery(timelineQuery(known.id)).data?.turns;
  const session = useMemo(() => summaryOf(known, followed), [known, followed]);
  const { turns: turnsOfLog, items, permissions, waiting } = followed.session;
  const sameTurns = useSame(turnsOfLog, sameValues);
  const asked = useSame(permissions, sameValues);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only items that come change a turn, not texts that grow
  const turns = useMemo(
    () => turnsOf(followed.session, turnsKnown ?? []),
    [sameTurns, items.size, asked, waiting, turnsKnown],
  );
  const usage = useMemo(() => usageOf(followed.session, usageKnown), [followed.session, usageKnown]);
  return { session, turns, usage };
}

/** The turn that is to be gone back to. One that was gone back to is forgotten: should it come back, nobody asks again. */
function useRestore(
  asked: string | undefined,
  turns: ReadonlyMap<string, unknown>,
  change: ReturnType<typeof useChange>,
): string | null {
  const isSetAside = asked !== undefined && !turns.has(asked);
  useEffect(() => {
    if (isSetAside) change({ restore: undefined });
  }, [isSetAside, change]);
  return asked === undefined || isSetAside ? null : asked;
}

function sentenceOf(error: Error): string {
  const { title, detail } = problemFrom(error);
  return [...new Set([title, detail])]
    .filter((text) => text !== '')
    .map(sentence)
    .join(' ');
}

/** The value of before while the new one says the same. */
function useSame<Value>(value: Value, isSame: (one: Value, other: Value) => boolean): Value {
  const kept = useRef(value);
  if (!isSame(kept.current, value)) kept.current = value;
  return kept.current;
}

/** Changes the address: what is given is set, `undefined` is taken out, the rest stays. */
function useChange(id: string) {
  const navigate = useNavigate();
  return useCallback(
    (next: Partial<WorkbenchSearch>) => {
      void navigate({
        to: '/',
        search: (old: WorkbenchSearch) => withChanges(old, { ...next, s: id }),
        replace: true,
      });
    },
    [navigate, id],
  );
}

/** What is on view in a visible page was seen. */
function useOnView(id: string, head: number): void {
  useEffect(() => rememberShown(id), [id]);
  useEffect(() => {
    const see = () => {
      if (document.visibilityState === 'visible' && head > 0) markSeen(id, head);
    };
    // A streaming answer moves its head many times a second; the mark may come after.
    const timer = setTimeout(see, 300);
    document.addEventListener('visibilitychange', see);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', see);
    };
  }, [id, head]);
}
