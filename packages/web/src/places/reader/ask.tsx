/** A question for permission, in its place: what would be done, where, and the three answers. Any client may answer. */
import { toolLabel } from '@taffrail/session';
import type { OpenPermission } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldQuestion } from 'lucide-react';
import { useNow } from '../../app/clock.js';
import { useOrder } from '../../app/orders.js';
import { sessionQuery } from '../../app/queries.js';
import { tildePath } from '../../parts/format-path.js';
import { ago, exactTime } from '../../parts/format-time.js';
import { Kbd } from '../../parts/kbd.js';

type AskProps = { permission: OpenPermission; sessionId: string; cwd: string | null };

/** The sub-agent that asks, and the way to what it was doing. */
function Asker({ id }: { id: string }) {
  const { data } = useQuery(sessionQuery(id));
  return (
    <span className="ask-by ink2 trunc">
      asked by the sub-agent{' '}
      <Link to="/" search={{ s: id }} className="link">
        {data?.title ?? 'it started'}
      </Link>
    </span>
  );
}

export function Ask({ permission, sessionId, cwd }: AskProps) {
  const now = useNow(10_000);
  const order = useOrder('answer');
  const answer = (decision: 'allow' | 'always' | 'deny') =>
    order.send({ sessionId, permissionId: permission.permissionId, decision });
  const { tool, subject, pattern, askedAt, childSessionId } = permission;
  const label = toolLabel(tool);
  const isWhole = pattern === '*';
  return (
    <section className="ask" aria-label={`Permission for ${label}`}>
      <div className="ask-head">
        <ShieldQuestion className="icon-s" aria-hidden="true" />
        <span className="nowrap">Allow {label}?</span>
        {childSessionId === undefined ? null : <Asker id={childSessionId} />}
        <span className="grow" />
        <span className="ink3 xs nowrap" title={exactTime(askedAt)}>
          {childSessionId === undefined ? 'asked ' : ''}
          {ago(askedAt, now)}
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
          title={`Allows ${label} for ${isWhole ? 'everything' : `what matches ${pattern}`}, for the rest of this session`}
          onClick={() => answer('always')}
        >
          <span className="trunc">Always allow {isWhole ? label : <span className="mono">{pattern}</span>}</span>
          <Kbd>A</Kbd>
        </button>
        <button type="button" className="btn btn-s" disabled={order.isPending} onClick={() => answer('deny')}>
          Deny <Kbd>d</Kbd>
        </button>
      </div>
    </section>
  );
}
