/** The foot of the reader: whose log this is, and that nothing is written to it. */
import { agentLabel, type SessionSummary } from '@taffrail/wire';
import { Lock, Unplug } from 'lucide-react';
import { useNow } from '../../app/clock.js';
import { useOrder } from '../../app/orders.js';
import { useServes } from '../../app/serves.js';
import { useTabMoves } from '../../app/use-tab-moves.js';
import { counted, exactNumber } from '../../parts/format-number.js';
import { ago, exactTime } from '../../parts/format-time.js';

export function ReaderFoot({ session, total }: { session: SessionSummary; total: number }) {
  const now = useNow(30_000);
  const version = session.agentVersion ? ` ${session.agentVersion}` : '';
  return (
    <footer className="reader-foot">
      <Lock className="icon-s" aria-hidden="true" />
      <span className="trunc">
        A log of {agentLabel(session.agent)}
        {version}, read-only.
        {session.sourceState === 'deleted' ? (
          <span
            className="row inline-flex ml-2"
            title="The agent or someone else deleted the file; the archive keeps what it held"
          >
            <Unplug className="icon-xs" aria-hidden="true" />
            Its file is gone; the archive keeps it.
          </span>
        ) : null}
      </span>
      <GoOn session={session} />
      <span className="grow" />
      <span className="nowrap foot-more">{counted(total, 'entry', 'entries')}</span>
      <span className="nowrap mono foot-more" title="Rows of its log in the archive">
        seq {exactNumber(session.head)}
      </span>
      <span className="nowrap" title={exactTime(session.updatedAt)}>
        {ago(session.updatedAt, now)}
      </span>
    </footer>
  );
}

/** The way from reading to working: one's own session is reopened, another agent's goes on in a copy. */
function GoOn({ session }: { session: SessionSummary }) {
  const { reopen, show } = useTabMoves();
  const fork = useOrder('fork');
  const [runs, forks] = [useServes('live'), useServes('fork')];
  if (!runs) return null;
  if (session.origin === 'live') {
    return (
      <button type="button" className="link nowrap" onClick={() => reopen(session.id)}>
        Reopen it
      </button>
    );
  }
  if (!forks) return null;
  return (
    <button
      type="button"
      className="link nowrap"
      disabled={fork.isPending}
      title="A session of taffrail that begins with a copy of this one; the log itself is not touched"
      onClick={() => fork.send({ sessionId: session.id }, (copy) => show(copy.id))}
    >
      Continue here
    </button>
  );
}
