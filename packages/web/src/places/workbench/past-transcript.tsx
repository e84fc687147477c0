/** A place far back in a live session: read around it, as in a stored one. The end is one click away. */
import type { RewindMark, SessionSummary, UsageRequest } from '@taffrail/wire';
import { ArrowDown } from 'lucide-react';
import type { ShownTurn } from '../reader/timeline-rows.js';
import { Transcript } from '../reader/transcript.js';
import { useItems } from '../reader/use-items.js';
import type { Target } from '../reader/use-scroll-to-target.js';

type PastProps = {
  session: SessionSummary;
  requests: readonly UsageRequest[];
  turns: readonly ShownTurn[];
  /** Where some were set aside. */
  rewinds: readonly RewindMark[];
  target: Target;
  find: string | undefined;
  onTurn: (turnId: string | null) => void;
  /** Back to where the session goes on. */
  onEnd: () => void;
};

export function PastTranscript({ onEnd, ...props }: PastProps) {
  const items = useItems(props.session.id, props.target.seq);
  return (
    <>
      <Transcript {...props} items={items} />
      <button type="button" className="to-end" onClick={onEnd}>
        <ArrowDown className="icon-xs" aria-hidden="true" />
        To the end
      </button>
    </>
  );
}
