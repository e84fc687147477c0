/** The status dot: its shape says the state, its colour says it again. */
import type { SessionSummary } from '@taffrail/wire';
import type { ReactNode } from 'react';

type DotState = 'running' | 'waiting' | 'idle' | 'done' | 'interrupted' | 'error';

const shapes: Record<DotState, ReactNode> = {
  running: (
    <>
      <circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" strokeOpacity=".28" strokeWidth="1.5" />
      <path
        className="arc"
        d="M6 1.25A4.75 4.75 0 0 1 10.75 6"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
      <circle cx="6" cy="6" r="2" fill="currentColor" />
    </>
  ),
  waiting: <path d="M6 .8 11.2 6 6 11.2.8 6Z" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="3.25" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  done: <circle cx="6" cy="6" r="2.5" fill="currentColor" />,
  interrupted: (
    <>
      <path
        d="M1.4 6A4.6 4.6 0 0 1 4.6 1.6M7.4 1.6A4.6 4.6 0 0 1 10.6 6M10.6 6.6A4.6 4.6 0 0 1 1.6 7.3"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      />
      <path d="M4.4 4.4l3.2 3.2M7.6 4.4 4.4 7.6" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  error: <rect x="1.5" y="1.5" width="9" height="9" rx="1.5" fill="currentColor" />,
};

const words: Record<DotState, string> = {
  running: 'running',
  waiting: 'waiting',
  idle: 'idle, open',
  done: 'finished',
  interrupted: 'interrupted',
  error: 'failed',
};

/** What a session's dot shows. A session that is idle and not open in a tab is over: a small dot. */
export function dotState(session: Pick<SessionSummary, 'status' | 'open'>): DotState {
  switch (session.status) {
    case 'running':
    case 'waiting':
    case 'interrupted':
      return session.status;
    case 'failed':
      return 'error';
    default:
      return session.open ? 'idle' : 'done';
  }
}

export function Dot({ state }: { state: DotState }) {
  return (
    <span className={`dot dot-${state}`} role="img" aria-label={words[state]} title={words[state]}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {shapes[state]}
      </svg>
    </span>
  );
}
