/** The workbench: the session on view, the form for a new one, or what to do when there is nothing at all. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import { problemFrom } from '../../app/api.js';
import { openSessionsQuery } from '../../app/open-sessions.js';
import { metaQuery, sessionCountQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { Failed } from '../../parts/states.js';
import { FirstRun } from '../sessions/first-run.js';
import { lastShown } from './last-shown.js';
import { LiveSession } from './live-session.js';
import { NewSession } from './new-session.js';
import { newTab } from './url-state.js';

const route = getRouteApi('/');

export function Workbench() {
  const { s } = route.useSearch();
  const runs = useServes('live');
  const isKnown = useQuery(metaQuery).isSuccess;
  if (s === newTab) return <Beginning />;
  // F7: nothing runs on this server. What it has of the session is read, and goes on here when one comes that can.
  if (s !== undefined && !runs) return isKnown ? <ToReader id={s} /> : <main className="bench bench-wide" aria-busy />;
  // Another session is another view: nothing of the one before may linger.
  return s === undefined ? <Landing /> : <LiveSession key={s} id={s} />;
}

function ToReader({ id }: { id: string }) {
  const { seq, find } = route.useSearch();
  return (
    <Navigate to="/s/$id" params={{ id }} search={{ ...(seq ? { seq } : {}), ...(find ? { find } : {}) }} replace />
  );
}

/** Without a session in the address: the one that was on view last, else the way to a first one. */
function Landing() {
  const runs = useServes('live');
  const meta = useQuery(metaQuery);
  const open = useQuery({ ...openSessionsQuery, enabled: runs });
  const count = useQuery(sessionCountQuery);
  if (runs && open.isError && !open.data) {
    return (
      <main className="first">
        <div className="first-in">
          <Failed
            what="The open sessions could not be loaded"
            problem={problemFrom(open.error)}
            onRetry={() => void open.refetch()}
          />
        </div>
      </main>
    );
  }
  if (!meta.isSuccess || (runs && !open.data)) return <main className="first" />;
  const shown = runs ? (open.data?.find(({ id }) => id === lastShown()) ?? open.data?.[0]) : undefined;
  if (shown) return <Navigate to="/" search={{ s: shown.id }} replace />;
  if (count.isPending) return <main className="first" />;
  return count.data === 0 ? <FirstRun /> : <Beginning />;
}

/** F7: nothing is asked for a session to be begun before the server has said that it runs any. */
function Beginning() {
  const meta = useQuery(metaQuery);
  const runs = useServes('live');
  if (runs) return <NewSession />;
  if (!meta.isSuccess) return <main className="first" />;
  return (
    <main className="first">
      <div className="first-in">
        <h1>This server runs no agents</h1>
        <p className="ink2 my-2">It keeps what other agents have recorded: that can be read, searched and counted.</p>
        <Link to="/sessions" className="btn">
          All sessions
        </Link>
      </div>
    </main>
  );
}
