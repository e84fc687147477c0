/** How a turn ended that did not end well: what happened, what is safe, and how it goes on. */
import type { Item, Turn } from '@taffrail/wire';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleSlash, RotateCcw } from 'lucide-react';
import { useOrder } from '../../app/orders.js';
import { useServes } from '../../app/serves.js';
import { clock, exactTime } from '../../parts/format-time.js';
import { sentence } from '../../parts/states.js';

type TurnEndProps = {
  turn: Turn;
  error: Extract<Item, { type: 'error' }> | null;
  /** Nothing came after it: it can be taken up again. */
  isLast: boolean;
  sessionId: string;
};

export function TurnEnd({ turn, error, isLast, sessionId }: TurnEndProps) {
  const resumes = useServes('resume');
  const setsBudgets = useServes('settings.budgets');
  const when = turn.finishedAt ? (
    <span className="ink3 xs" title={exactTime(turn.finishedAt)}>
      {clock(turn.finishedAt)}
    </span>
  ) : null;
  if (turn.outcome === 'cancelled') {
    return (
      <p className="note">
        <CircleSlash className="icon-xs" aria-hidden="true" />
        <span>
          <b>Stopped.</b> {reasonOf(turn, error)} {when}
        </span>
      </p>
    );
  }
  const isBudget = error?.code === 'budget';
  const isInterrupted = turn.outcome === 'interrupted';
  return (
    <div className="halt">
      <CircleAlert className="icon-s" aria-hidden="true" />
      <span className="strong">
        {isInterrupted
          ? 'The turn was interrupted'
          : isBudget
            ? 'Stopped by a budget'
            : error?.code
              ? `The turn failed: ${error.code}`
              : 'The turn failed'}{' '}
        {when}
      </span>
      <span className="ink2 halt-text">
        {reasonOf(turn, error)}
        {isInterrupted ? ' What ran then was not run again.' : ''}
      </span>
      {isLast ? (
        <div className="row">
          {isBudget && setsBudgets ? (
            <Link to="/settings" search={{ section: 'budgets' }} className="btn btn-s btn-quiet">
              Budgets
            </Link>
          ) : null}
          {resumes ? <Again sessionId={sessionId} label={isInterrupted || isBudget ? 'Resume' : 'Try again'} /> : null}
        </div>
      ) : null}
    </div>
  );
}

function Again({ sessionId, label }: { sessionId: string; label: string }) {
  const resume = useOrder('resume');
  return (
    <button type="button" className="btn btn-s" disabled={resume.isPending} onClick={() => resume.send({ sessionId })}>
      <RotateCcw className="icon-xs" aria-hidden="true" />
      {label}
    </button>
  );
}

function reasonOf(turn: Turn, error: TurnEndProps['error']): string {
  const parts = [error?.text, turn.reason].filter((text): text is string => typeof text === 'string' && text !== '');
  const news = parts.filter((text, index) => !parts.slice(0, index).some((before) => before.includes(text)));
  return news.map((text) => sentence(text.charAt(0).toUpperCase() + text.slice(1))).join(' ');
}
