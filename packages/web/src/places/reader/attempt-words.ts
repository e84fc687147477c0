/** Why a model request came to nothing, as the end of a sentence that begins with its key. */
import type { DiscardedAttempt } from '@taffrail/wire';

export const attemptReasons: Record<DiscardedAttempt['reason'], string> = {
  rate_limited: 'is rate limited',
  overloaded: 'was overloaded',
  unavailable: 'could not be reached',
  unauthorised: 'refused its key',
  out_of_credit: 'has no credit left',
  refused: 'refused the request',
  broken_off: 'broke off before its first word',
};
