/** What the timeline shows from top to bottom: turns, where the context was compacted, and where forks left. Pure. */
import type { CompactionMark, TimelineAside, TimelineFork, TimelineTurn, Turn } from '@taffrail/wire';
import { shortNumber } from '../../parts/format-number.js';

/** A turn of a session that runs here also says how it ended and who answered. */
export type ShownTurn = TimelineTurn & {
  outcome?: Turn['outcome'];
  /** While it runs: what it cannot go on without. */
  waitsFor?: 'person' | 'key';
  model?: string | null;
  /** What it began with, where nobody asked anything. */
  unasked?: 'resume' | 'compaction';
};

/** While nothing has been said of branches. The same each time: rows are only made again where something has changed. */
export const noForks: readonly TimelineFork[] = [];
export const noneAside: readonly TimelineAside[] = [];

export type TimelineRow =
  /** `asideBy`: it was set aside; the row of the rewind whose mark stands in the transcript in its place. */
  | { kind: 'turn'; key: string; turnId: string; turn: ShownTurn; asideBy: number | null }
  /** `turnId`: of the turn that did nothing else; the mark stands for it. */
  | { kind: 'compaction'; key: string; turnId: string | null; at: string | null; mark: CompactionMark }
  | { kind: 'fork'; key: string; turnId: null; fork: TimelineFork; isPlaced: boolean }
  /** `turnsLeft`: how many turns stand before it. `isWithin`: it was set aside itself. */
  | {
      kind: 'aside';
      key: string;
      turnId: null;
      aside: TimelineAside;
      isUnfolded: boolean;
      turnsLeft: number;
      isWithin: boolean;
    };

export interface Branches {
  forks: readonly TimelineFork[];
  aside: readonly TimelineAside[];
  /** The rewinds of which the turns are shown. */
  unfolded: ReadonlySet<number>;
}

/**
 * A fork stands below the last turn that it holds; one of which that is not known stands at the end, by its date. What was
 * set aside stands, folded, where the conversation went on.
 */
export function timelineRows(turns: readonly ShownTurn[], branches: Branches): TimelineRow[] {
  const { forks } = branches;
  const known = new Set(turns.map(({ turnId }) => turnId));
  const forksAt = grouped(forks, ({ turnId }) => turnId);
  const loose = forks.filter(({ turnId }) => turnId === null || !known.has(turnId));
  return [
    ...withAside(turns, branches, null).flatMap((row) =>
      row.kind !== 'turn' || row.asideBy !== null
        ? [row]
        : [...rowsOfTurn(row.turn), ...(forksAt.get(row.turn.turnId) ?? []).map((fork) => forkRow(fork, true))],
    ),
    ...loose.toSorted((one, other) => one.at.localeCompare(other.at)).map((fork) => forkRow(fork, false)),
  ];
}

/** Turns with what was set aside among them. `within`: the rewind that took these turns; `null`: they stand. */
function withAside(
  turns: readonly ShownTurn[],
  branches: Branches,
  within: { rewind: number; mark: number } | null,
): TimelineRow[] {
  const here = branches.aside.filter((one) => one.within === (within?.rewind ?? null));
  const rows: TimelineRow[] = [];
  let next = 0;
  const leave = (before: number) => {
    for (let one = here[next]; one && one.toSeq <= before; one = here[++next]) {
      const { seq } = one;
      const isUnfolded = branches.unfolded.has(seq);
      const turnsLeft = turns.filter((turn) => turn.seq < one.toSeq).length;
      const place = { turnId: null, aside: one, isUnfolded, turnsLeft, isWithin: within !== null };
      rows.push({ kind: 'aside', key: `aside:${seq}`, ...place });
      if (isUnfolded) rows.push(...withAside(one.turns, branches, { rewind: seq, mark: within?.mark ?? seq }));
    }
  };
  for (const turn of turns) {
    leave(turn.seq);
    rows.push({ kind: 'turn', key: turn.turnId, turnId: turn.turnId, turn, asideBy: within?.mark ?? null });
  }
  leave(Number.POSITIVE_INFINITY);
  return rows;
}

function grouped<Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
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
    { kind: 'turn', key: turnId, turnId, turn, asideBy: null },
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
