/** The prompt that was scrolled past, on top as one line. */
import type { TimelineTurn } from '@taffrail/wire';
import { duration } from '../../parts/format-time.js';

export function StuckPrompt({
  turn,
  number,
  isPast,
}: {
  turn: TimelineTurn | undefined;
  number: number | undefined;
  isPast: boolean;
}) {
  if (!turn || !isPast) return null;
  const ms = turn.finishedAt ? new Date(turn.finishedAt).getTime() - new Date(turn.startedAt).getTime() : null;
  return (
    <div className="stuck">
      <span>Turn {number}</span>
      <span className="trunc">{turn.prompt}</span>
      <span>{ms === null ? '' : duration(ms)}</span>
    </div>
  );
}
