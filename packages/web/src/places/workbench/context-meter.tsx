/** How full the model's window is: a small bar beside the composer. The inspector says more. */
import type { FollowedSession } from '@taffrail/client';
import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '../../app/queries.js';
import { Unknown } from '../../parts/figure.js';
import { exactNumber, shortNumber } from '../../parts/format-number.js';
import { contextTokens, isStale, usageOf } from './live-usage.js';

export function ContextMeter({ followed, sessionId }: { followed: FollowedSession; sessionId: string }) {
  const known = useQuery(usageQuery(sessionId)).data;
  const { session } = followed;
  const last = session.totals?.last ?? null;
  const used = contextTokens(last);
  const window = usageOf(session, known).contextWindow;
  if (used === null) {
    return (
      <span className="meter">
        Context{' '}
        <Unknown why={last === null ? 'No request has been answered yet' : 'The last request reported no tokens'} />
      </span>
    );
  }
  const stale = isStale(session.items.values(), last);
  const share = window === null ? null : used / window;
  const title = `${exactNumber(used)} tokens in the last request, answer included${window === null ? '; the model’s window is not known' : ` of ${exactNumber(window)}`}${stale ? '. The context was compacted since; the next request measures it anew' : ''}`;
  return (
    <span className="meter" title={title}>
      {share === null ? null : (
        <span className={stale ? 'meter-bar meter-stale' : 'meter-bar'}>
          <i style={{ width: `${Math.min(1, share) * 100}%` }} />
        </span>
      )}
      {stale ? 'was ' : ''}
      {share === null ? `${shortNumber(used)} in context` : `${Math.round(share * 100)}%`}
    </span>
  );
}
