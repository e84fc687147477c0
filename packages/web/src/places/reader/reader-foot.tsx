/** The foot of the reader: whose log this is, and that nothing is written to it. */
import { agentLabel, type SessionSummary } from '@taffrail/wire';
import { Lock, Unplug } from 'lucide-react';
import { useNow } from '../../app/clock.js';
import { useTabMoves } from '../../app/use-tab-moves.js';
import { counted, exactNumber } from '../../parts/format-number.js';
import { ago, exactTime } from '../../parts/format-time.js';

export function ReaderFoot({ session, total }: { session: SessionSummary; total: number }) {
  const now = useNow(30_000);
  const { reopen } = useTabMoves();
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
      {session.origin === 'live' ? (
        <button type="button" className="link" onClick={() => reopen(session.id)}>
          Reopen it to go on
        </button>
      ) : null}
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
