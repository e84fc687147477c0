/** What holds for a whole session just now: it waits for a key, it catches up, something failed. */
import type { FollowedSession } from '@taffrail/client';
import { FoldVertical, Hourglass, RefreshCw } from 'lucide-react';
import { useNow } from '../../app/clock.js';
import { shortModel } from '../../parts/format-path.js';
import { clock, exactTime, remaining } from '../../parts/format-time.js';
import { AfterDelay, sentence } from '../../parts/states.js';
import { attemptReasons } from '../reader/attempt-words.js';

/** Says what is missing and that it was asked for; what is here stays readable meanwhile. */
export function CatchingUp({ followed, isConnected }: { followed: FollowedSession; isConnected: boolean }) {
  if (followed.phase !== 'catching_up' || !isConnected) return null;
  return (
    <AfterDelay ms={400}>
      <div className="banner banner-sync" role="status">
        <RefreshCw className="icon-s" aria-hidden="true" />
        <span className="trunc">
          {followed.problem ??
            'Catching up with what happened meanwhile. What is shown here is right and not yet complete.'}
        </span>
      </div>
    </AfterDelay>
  );
}

/** Every key is exhausted: which, until when, and that it goes on by itself. */
export function WaitingForKey({ session }: { session: FollowedSession['session'] }) {
  const now = useNow(1000);
  if (session.waiting === null) return null;
  const { until, reason } = session.waiting;
  const left = until === null ? null : Math.max(0, new Date(until).getTime() - now.getTime());
  return (
    <div className="wait" role="status">
      <Hourglass className="icon-s" aria-hidden="true" />
      <div className="grow">
        <span className="strong">
          {until === null || left === null ? (
            'Waiting for a key'
          ) : (
            <span title={exactTime(until)}>
              Waiting until {clock(until)}, {remaining(left)} left
            </span>
          )}
        </span>{' '}
        <span className="ink2">{sentence(reason)} It goes on by itself.</span>
        {session.discarded.length === 0 ? null : (
          <ul className="xs ink2">
            {latestPerKey(session.discarded).map(({ attemptId, keyId, model, reason: why, httpStatus, message }) => (
              <li key={attemptId} title={message}>
                <span className="mono">
                  {keyId}/{shortModel(model)}
                </span>{' '}
                {attemptReasons[why]}
                {httpStatus === null ? '' : ` (${httpStatus})`}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

/** The model writes a summary, which is not shown before it is whole. */
export function Compacting({ session }: { session: FollowedSession['session'] }) {
  const isOpen = session.waiting === null && [...session.openSpans.values()].some(({ kind }) => kind === 'compaction');
  if (!isOpen) return null;
  return (
    <div className="wait" role="status">
      <FoldVertical className="icon-s" aria-hidden="true" />
      <div className="grow">
        <span className="strong">Compacting the context</span>{' '}
        <span className="ink2">A summary takes the place of what came before. The log keeps everything.</span>
      </div>
    </div>
  );
}

function latestPerKey(attempts: FollowedSession['session']['discarded']) {
  return [...new Map(attempts.map((attempt) => [`${attempt.keyId}/${attempt.model}`, attempt])).values()];
}
