/** A model request that came to nothing: which key, why, and who answered instead. */
import type { DiscardedAttempt } from '@taffrail/wire';
import { RefreshCw } from 'lucide-react';
import { shortModel } from '../../parts/format-path.js';
import { remaining } from '../../parts/format-time.js';
import { attemptReasons } from './attempt-words.js';

export function AttemptNote({ attempt, answeredBy }: { attempt: DiscardedAttempt; answeredBy: string | null }) {
  const { keyId, model, reason, message, httpStatus, retryAfterMs } = attempt;
  const isOther = answeredBy !== null && answeredBy !== model;
  return (
    <p className="note" title={message}>
      <RefreshCw className="icon-xs" aria-hidden="true" />
      <span>
        <b>
          {keyId}/{shortModel(model)}
        </b>{' '}
        {attemptReasons[reason]}
        {httpStatus === null ? '' : ` (${httpStatus})`}
        {retryAfterMs === null ? '' : `, asks to wait ${remaining(retryAfterMs)}`}.{' '}
        {isOther ? (
          <>
            <b>{shortModel(answeredBy)}</b> answered instead.
          </>
        ) : null}
      </span>
    </p>
  );
}
