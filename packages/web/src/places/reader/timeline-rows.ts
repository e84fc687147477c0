/** What the timeline shows from top to bottom: turns, where the context was compacted, and where forks left. Pure. */
import type { CompactionMark, TimelineFork, TimelineTurn, Turn } from '@taffrail/wire';
import { shortNumber } from '../../parts/format-number.js';

/** A turn of a session that runs here also says how it ended and who answered. */
export type ShownTurn = TimelineTurn & {
  outcome?: Turn['outcome'];
  model?: string | null;
  /** What it began with, where nobody asked anything. */
  unasked?: 'resume' | 'compaction';
};

/** While nothing has been said of forks. The same each time: rows are only made again where something has changed. */
export const noForks: readonly TimelineFork[] = [];

export type TimelineRow =
  | { kind: 'turn'; key: string; turnId: string; turn: ShownTurn }
  /** `turnId`: of the turn that did nothing else; the mark stands for it. */
  | { kind: 'compaction'; key: string; turnId: string | null; at: string | null; mark: CompactionMark }
  | { kind: 'fork'; key: string; turnId: null; fork: TimelineFork; isPlaced: boolean };

/** A fork stands below the last turn that it holds; one of which that is not known stands at the end, by its date. */
export function timelineRows(turns: readonly ShownTurn[], forks: readonly TimelineFork[]): TimelineRow[] {
  const known = new Set(turns.map(({ turnId }) => turnId));
  const loose = forks.filter(({ turnId }) => turnId === null || !known.has(turnId));
  return [
    ...turns.flatMap((turn) => [
      ...rowsOfTurn(turn),
      ...forks.filter(({ turnId }) => turnId === turn.turnId).map((fork) => forkRow(fork, true)),
    ]),
    ...loose.toSorted((one, other) => one.at.localeCompare(other.at)).map((fork) => forkRow(fork, false)),
  ];
}

function rowsOfTurn(turn: ShownTurn): TimelineRow[] {
  const { turnId, seq, startedAt, compactions = [] } = turn;
  const standsFor = turn.compacts === true && compactions.length > 0;
  const marks = compactions.map((mark, index): TimelineRow => {
    const isTurn = standsFor && index === 0;
    return {
      kind: 'compaction',
      key: `compaction:${mark.seq}`,
      turnId: isTurn ? turnId : null,
      at: isTurn ? startedAt : null,
      mark,
    };
  });
  if (standsFor) return marks;
  const isBefore = (row: TimelineRow) => row.kind === 'compaction' && row.mark.seq < seq;
  return [
    ...marks.filter(isBefore),
    { kind: 'turn', key: turnId, turnId, turn },
    ...marks.filter((row) => !isBefore(row)),
  ];
}

function forkRow(fork: TimelineFork, isPlaced: boolean): TimelineRow {
  return { kind: 'fork', key: `fork:${fork.sessionId}`, turnId: null, fork, isPlaced };
}

const triggers = { manual: 'on request', auto: 'by itself', unknown: null } as const;

/** "Context compacted, by itself, 180k → 12.0k", without what nobody stated. */
export function compactionWords({ trigger, tokensBefore, tokensAfter }: CompactionMark): string {
  return ['Context compacted', triggers[trigger], sizes(tokensBefore, tokensAfter)]
    .filter((part) => part !== null)
    .join(', ');
}

function sizes(before: number | undefined, after: number | undefined): string | null {
  if (before === undefined) return after === undefined ? null : `to ${shortNumber(after)}`;
  return after === undefined ? `from ${shortNumber(before)}` : `${shortNumber(before)} → ${shortNumber(after)}`;
}
