/** The states of every view: loading, failed, empty. */
import type { ClientProblem } from '@taffrail/client';
import { CircleAlert, RefreshCw } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';

/** Shows its children once waiting has become noticeable, so that quick answers never flash a skeleton. */
export function AfterDelay({ children, ms = 150 }: { children: ReactNode; ms?: number }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return due ? children : null;
}

/** A grey bar of the size of what comes. */
export function Skeleton({ width, height }: { width: number | string; height?: number }) {
  return <div className="skel" style={{ width, ...(height ? { height } : {}) }} aria-hidden="true" />;
}

/** A failed part in its place: what failed, what to do, retry. Everything around it lives on. */
export function Failed({ what, problem, onRetry }: { what: string; problem: ClientProblem; onRetry: () => void }) {
  return (
    <div className="halt" role="alert">
      <CircleAlert className="icon-s" aria-hidden="true" />
      <span className="strong">{what}</span>
      <span className="ink2">
        {[problem.title, problem.detail, problem.action].filter(isNews).map(sentence).join(' ')}
      </span>
      <div className="row">
        <button type="button" className="btn btn-s" onClick={onRetry}>
          <RefreshCw className="icon-xs" aria-hidden="true" />
          Try again
        </button>
      </div>
    </div>
  );
}

const isNews = (text: string, index: number, all: string[]) => text !== '' && all.indexOf(text) === index;

/** A text as a sentence among others. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Nothing here: a fact, what fills it, one action. */
export function Blank({ fact, children, action }: { fact: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="blank">
      <span className="strong">{fact}</span>
      {children ? <p>{children}</p> : null}
      {action}
    </div>
  );
}
