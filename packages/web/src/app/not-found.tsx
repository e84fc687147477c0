/** No such address, or a place that broke: a sentence and the way back. */
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { Failed } from '../parts/states.js';
import { problemFrom } from './api.js';

export function NotFound() {
  return (
    <main className="first">
      <div className="first-in">
        <h1>There is nothing at this address</h1>
        <p className="ink2 my-2">The link may be old, or a part of it got lost.</p>
        <Link to="/sessions" className="btn">
          All sessions
        </Link>
      </div>
    </main>
  );
}

/** What a place shows instead of itself when it threw. The rail and the other places stay usable. */
export function PlaceFailed({ error, reset }: ErrorComponentProps) {
  return (
    <main className="first">
      <div className="first-in">
        <Failed what="This page stopped working" problem={problemFrom(error)} onRetry={reset} />
      </div>
    </main>
  );
}
