/** The status bar: the line to the server, and today's figures with what they were counted from. */
import type { SocketState } from '@taffrail/client';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { Cost, Tokens } from '../parts/figure.js';
import { exactNumber } from '../parts/format-number.js';
import { priceCoverage, requestCoverage, sessionCoverage } from '../parts/usage-words.js';
import { useToday } from './clock.js';
import { useSocketState } from './live.js';
import { useOpenSessions } from './open-sessions.js';
import { importQuery, sessionCountQuery, todayQuery } from './queries.js';
import { useServed } from './serves.js';

const lineWords: Record<SocketState['name'], string> = {
  stopped: 'Not connected',
  connecting: 'Connecting',
  open: 'Live',
  waiting: 'Reconnecting',
};

export function StatusBar() {
  const line = useSocketState();
  const sessions = useQuery(sessionCountQuery).data;
  const importing = useQuery(importQuery).data;
  const filesLeft = importing ? importing.filesTotal - importing.filesDone : 0;
  return (
    <footer className="status">
      <output aria-live="polite">
        <i className={line.name === 'open' ? 'live' : 'live off'} />
        {lineWords[line.name]}
      </output>
      {sessions === undefined ? null : (
        <span title="Sessions of all agents, sub-agents not counted apart">
          <b>{exactNumber(sessions)}</b> {sessions === 1 ? 'session' : 'sessions'}
        </span>
      )}
      <span className="grow" />
      <Busy />
      {importing?.state === 'importing' ? <span>Importing, {exactNumber(filesLeft)} files left</span> : null}
      {importing?.state === 'indexing' ? <span>Indexing text</span> : null}
      <Today />
      <span className="last">{location.host}</span>
    </footer>
  );
}

/** How many open sessions run, and how many wait for an answer. */
function Busy() {
  const open = useOpenSessions();
  const counts = (['running', 'waiting'] as const).map((status) => {
    return { status, count: open.filter((session) => session.status === status).length };
  });
  return counts.map(({ status, count }) =>
    count === 0 ? null : (
      <span key={status}>
        <b>{exactNumber(count)}</b> {status}
      </span>
    ),
  );
}

const directions = [
  { needs: 'metric.input_tokens', field: 'inputTokens', word: 'in' },
  { needs: 'metric.output_tokens', field: 'outputTokens', word: 'out' },
] as const;

/** Today's figures, as far as the server counts them (F7). */
function Today() {
  const today = useQuery(todayQuery(useToday())).data?.total;
  const can = useServed();
  if (!today) return null;
  const { usage, untoldRequests: untold } = today;
  const why = today.sessions === 0 ? 'No session today' : 'Today’s sessions reported no tokens';
  const isPriced = can('metric.cost');
  const coverage = sessionCoverage(today.sessionsWithUsage, today.sessions);
  const shown = directions.filter(({ needs }) => can(needs));
  return (
    <>
      {shown.length > 0 ? (
        <span title="Today, all agents">
          Today{' '}
          {shown.map(({ field, word }) => (
            <Fragment key={field}>
              <b>
                <Tokens
                  value={usage?.[field] ?? null}
                  why={why}
                  note={usage ? requestCoverage(usage, field, untold) : undefined}
                />
              </b>{' '}
              {word}{' '}
            </Fragment>
          ))}
        </span>
      ) : null}
      {isPriced || coverage ? (
        <span>
          {isPriced ? (
            <b>
              <Cost
                micros={usage?.costMicros ?? null}
                why={why}
                note={usage ? priceCoverage(usage, untold) : undefined}
              />
            </b>
          ) : null}
          {coverage}
        </span>
      ) : null}
    </>
  );
}
