/** A session's head as its log's end tells it: the list's word is older. Pure. */
import type { FollowedSession } from '@taffrail/client';
import type { SessionSummary } from '@taffrail/wire';

export function summaryOf(known: SessionSummary, { session, itemCount }: FollowedSession): SessionSummary {
  const { description, status, head } = session;
  return {
    ...known,
    status,
    head,
    itemCount,
    title: description.title ?? known.title,
    cwd: description.cwd ?? known.cwd,
    branch: description.branch ?? known.branch,
    model: description.model ?? known.model,
  };
}
