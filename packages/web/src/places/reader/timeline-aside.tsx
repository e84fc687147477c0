/** Turns that a restore set aside: one folded line where the conversation went on, and what can still be done with them. */
import { useNavigate } from '@tanstack/react-router';
import { ChevronRight, GitFork, Undo2 } from 'lucide-react';
import { useOrder } from '../../app/orders.js';
import { useServes } from '../../app/serves.js';
import { counted } from '../../parts/format-number.js';
import { clock, exactTime } from '../../parts/format-time.js';
import { placeWords } from './restore-words.js';
import type { TimelineRow } from './timeline-rows.js';
import { UndoButton } from './undo-button.js';

type AsideRow = Extract<TimelineRow, { kind: 'aside' }>;

export function AsideLine({ row, className, onToggle }: { row: AsideRow; className: string; onToggle: () => void }) {
  const { aside, isUnfolded, isWithin, turnsLeft } = row;
  const place = isWithin ? 'Restored' : `Restored to ${placeWords(turnsLeft)}`;
  return (
    <button
      type="button"
      className={className}
      aria-expanded={isUnfolded}
      title={`${place} on ${exactTime(aside.at)}. What was set aside stays in the log; what it spent is in the session's usage.`}
      onClick={onToggle}
    >
      <span className="at">{clock(aside.at)}</span>
      <span className="tl-node tl-icon">
        <Undo2 className="icon-xs" aria-hidden="true" />
      </span>
      <span className="row ink2">
        <span className="trunc">{counted(aside.turns.length, 'turn')} set aside</span>
        <ChevronRight className="icon-xs chev" aria-hidden="true" />
      </span>
    </button>
  );
}

/** The way back while there is one; afterwards a copy of the session as it was. `canUndo`: nothing was asked since. */
export function AsideTools({ sessionId, seq, canUndo }: { sessionId: string; seq: number; canUndo: boolean }) {
  const navigate = useNavigate();
  const fork = useOrder('fork');
  const [forks, restores] = [useServes('fork'), useServes('checkpoints')];
  if (canUndo && restores) return <UndoButton sessionId={sessionId} className="tl-tool" />;
  if (!forks) return null;
  const copy = () =>
    fork.send({ sessionId, atSeq: seq - 1 }, (made) => void navigate({ to: '/', search: { s: made.id } }));
  return (
    <button
      type="button"
      className="btn btn-s btn-icon btn-quiet tl-tool"
      title="Go on with them in a copy of the session as it was then"
      aria-label="Go on with what was set aside in a copy"
      disabled={fork.isPending}
      onClick={copy}
    >
      <GitFork className="icon-s" aria-hidden="true" />
    </button>
  );
}
