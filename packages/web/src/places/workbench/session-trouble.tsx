/** A session that cannot be shown, in its own tab: the others live on. */
import type { SessionSummary } from '@taffrail/wire';
import { Link } from '@tanstack/react-router';
import { CircleAlert, RefreshCw } from 'lucide-react';
import { useTabMoves } from '../../app/use-tab-moves.js';

export function SessionTrouble({ problem, onRetry }: { problem: string; onRetry: () => void }) {
  return (
    <main className="first">
      <div className="first-in">
        <div className="halt" role="alert">
          <CircleAlert className="icon-s" aria-hidden="true" />
          <span className="strong">This session could not be loaded</span>
          <span className="ink2">{problem} The other tabs are not touched, and nothing was changed.</span>
          <div className="row">
            <button type="button" className="btn btn-s" onClick={onRetry}>
              <RefreshCw className="icon-xs" aria-hidden="true" />
              Try again
            </button>
          </div>
        </div>
      </div>
    </main>
  );
}

export function GoneSession() {
  return (
    <main className="first">
      <div className="first-in">
        <h1>There is no such session</h1>
        <p className="ink2 my-2">The link may be from another machine, or its log was taken out of the archive.</p>
        <Link to="/sessions" className="btn">
          All sessions
        </Link>
      </div>
    </main>
  );
}

export function ArchivedSession({ session }: { session: SessionSummary }) {
  const { reopen } = useTabMoves();
  return (
    <main className="first">
      <div className="first-in">
        <h1>{session.title ?? 'This session'} was closed</h1>
        <p className="ink2 my-2">Its log is kept. It can be read as it is, or opened again to go on.</p>
        <div className="row">
          <button type="button" className="btn btn-primary" onClick={() => reopen(session.id)}>
            Reopen
          </button>
          <Link to="/s/$id" params={{ id: session.id }} className="btn">
            Read it
          </Link>
        </div>
      </div>
    </main>
  );
}
