/** A question for permission, in its place: what would be done, where, and the three answers. Any client may answer. */
import type { OpenPermission } from '@taffrail/wire';
import { ShieldQuestion } from 'lucide-react';
import { useNow } from '../../app/clock.js';
import { useOrder } from '../../app/orders.js';
import { tildePath } from '../../parts/format-path.js';
import { ago, exactTime } from '../../parts/format-time.js';
import { Kbd } from '../../parts/kbd.js';

type AskProps = { permission: OpenPermission; sessionId: string; cwd: string | null };

export function Ask({ permission, sessionId, cwd }: AskProps) {
  const now = useNow(10_000);
  const order = useOrder('answer');
  const answer = (decision: 'allow' | 'always' | 'deny') =>
    order.send({ sessionId, permissionId: permission.permissionId, decision });
  const { tool, subject, pattern, askedAt } = permission;
  return (
    <section className="ask" aria-label={`Permission for ${tool}`}>
      <div className="ask-head">
        <ShieldQuestion className="icon-s" aria-hidden="true" />
        <span>Allow {tool}?</span>
        <span className="grow" />
        <span className="ink3 xs" title={exactTime(askedAt)}>
          asked {ago(askedAt, now)}
        </span>
      </div>
      <div className="ask-body">
        {subject === '' ? null : <pre className="ask-cmd">{subject}</pre>}
        {cwd === null ? null : (
          <p className="xs ink3 mt-1.5">
            in <span className="mono">{tildePath(cwd)}</span>
          </p>
        )}
      </div>
      <div className="ask-foot">
        <button
          type="button"
          className="btn btn-s btn-primary"
          disabled={order.isPending}
          onClick={() => answer('allow')}
        >
          Allow once <Kbd>a</Kbd>
        </button>
        <button
          type="button"
          className="btn btn-s ask-always"
          disabled={order.isPending}
          title={`Allows ${tool} for what matches ${pattern}, for the rest of this session`}
          onClick={() => answer('always')}
        >
          <span className="trunc">
            Always allow <span className="mono">{pattern}</span>
          </span>
          <Kbd>A</Kbd>
        </button>
        <button type="button" className="btn btn-s" disabled={order.isPending} onClick={() => answer('deny')}>
          Deny <Kbd>d</Kbd>
        </button>
      </div>
    </section>
  );
}
