/** The timeline: turns from top to bottom, a click goes there. */
import { type TimelineAside, type TimelineFork, type Turn, unreachable } from '@taffrail/wire';
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useNow } from '../../app/clock.js';
import { Tokens } from '../../parts/figure.js';
import { counted } from '../../parts/format-number.js';
import { shortModel } from '../../parts/format-path.js';
import { clock, duration, exactTime } from '../../parts/format-time.js';
import { Blank } from '../../parts/states.js';
import { KindSwatch } from '../../parts/token-bar.js';
import { AsideLine, AsideTools } from './timeline-aside.js';
import { TurnFiles } from './timeline-files.js';
import { CompactionLine, ForkedFrom, ForkLine } from './timeline-marks.js';
import { type ShownTurn, type TimelineRow, timelineRows } from './timeline-rows.js';
import { placeOfRow, useRowKeys } from './use-row-keys.js';

const unaskedWords = { resume: 'Goes on with the turn that was cut off', compaction: 'Compacts the context' } as const;

type PanelProps = {
  turns: readonly ShownTurn[];
  forks: readonly TimelineFork[];
  /** What restores have set aside. */
  aside: readonly TimelineAside[];
  sessionId: string;
  /** The restore that can still be undone. */
  undoable: number | null;
  /** The session that this one was copied from. */
  forkedFrom: string | null;
  current: string | null;
  onSeq: (seq: number) => void;
  /** What can be done with a turn, where anything can. */
  menuOf?: (turnId: string) => ReactNode;
};

export function TimelinePanel(props: PanelProps) {
  const { turns, forkedFrom, current, onSeq } = props;
  const scroller = useRef<HTMLElement>(null);
  const { rows, toggle } = useUnfolding(props);
  const at = useMemo(
    () => (current === null ? -1 : rows.findIndex((row) => row.turnId === current && !isAside(row))),
    [rows, current],
  );
  const { virtual, setFocused } = useDrawnRows(scroller, rows);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (at >= 0) scrollToIndex(at, { align: 'auto' });
  }, [at, scrollToIndex]);
  const isInferred = useMemo(() => turns.some(({ files }) => files?.some(({ inferred }) => inferred)), [turns]);
  const onKeyDown = useRowKeys(scroller, rows.length, scrollToIndex);
  const origin = forkedFrom === null ? null : <Origin id={forkedFrom} />;
  if (rows.length === 0) {
    return (
      <div className="px-4">
        {origin}
        <Blank fact="No turns yet">Each thing that is asked is one, with its time, tokens and tools.</Blank>
      </div>
    );
  }
  return (
    <>
      {origin}
      <nav
        ref={scroller}
        className="panel-scroll"
        aria-label="Turns"
        onKeyDown={onKeyDown}
        onFocus={({ target }) => setFocused(placeOfRow(target))}
        onBlur={() => setFocused(null)}
      >
        <div className="tl relative" style={{ height: virtual.getTotalSize() + 8 }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => {
            const row = rows[index];
            if (!row) return null;
            const menu = toolsOf(row, props);
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={['tl-row', menu && 'has-more', isAside(row) && 'tl-aside'].filter(Boolean).join(' ')}
                style={{ transform: `translateY(${start}px)` }}
              >
                <RowLine
                  row={row}
                  className={rowClass(index, rows.length, index === at)}
                  isCurrent={index === at}
                  onSeq={onSeq}
                  onToggle={toggle}
                />
                {menu}
              </div>
            );
          })}
        </div>
        {isInferred ? <p className="tl-note">≈ As its calls of tools tell: commands may have changed more.</p> : null}
      </nav>
    </>
  );
}

/** The rows, and what folds out or in what a rewind set aside. */
function useUnfolding({ turns, forks, aside }: Pick<PanelProps, 'turns' | 'forks' | 'aside'>) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(() => new Set());
  const toggle = useCallback((seq: number) => {
    setUnfolded((old) => (old.has(seq) ? new Set([...old].filter((one) => one !== seq)) : new Set([...old, seq])));
  }, []);
  const rows = useMemo(() => timelineRows(turns, { forks, aside, unfolded }), [turns, forks, aside, unfolded]);
  return { rows, toggle };
}

function useDrawnRows(scroller: RefObject<HTMLElement | null>, rows: readonly TimelineRow[]) {
  const [focused, setFocused] = useState<number | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(rows[index]),
    overscan: 8,
    rangeExtractor: (range) => withRow(range, focused),
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  return { virtual, setFocused };
}

/** The row that has the focus is drawn wherever the list is scrolled to: it would lose the focus to nothing. */
function withRow(range: Range, index: number | null): number[] {
  const drawn = defaultRangeExtractor(range);
  if (index === null || index >= range.count || drawn.includes(index)) return drawn;
  return [...drawn, index].sort((one, other) => one - other);
}

/** A turn that was set aside, or the line of a restore among such. */
const isAside = (row: TimelineRow): boolean =>
  row.kind === 'aside' ? row.isWithin : row.kind === 'turn' && row.asideBy !== null;

/** As rows mostly are: each is measured once it is drawn. */
function heightOf(row: TimelineRow | undefined): number {
  if (row?.kind !== 'turn') return 36;
  return row.turn.files ? 94 : 75;
}

/** What can be done with a row: a turn that stands has a menu, what was set aside its way back. */
function toolsOf(row: TimelineRow, { menuOf, sessionId, undoable }: PanelProps): ReactNode {
  if (row.kind === 'aside') {
    const { seq } = row.aside;
    return <AsideTools sessionId={sessionId} seq={seq} canUndo={seq === undoable} />;
  }
  return row.turnId === null || isAside(row) ? null : menuOf?.(row.turnId);
}

function Origin({ id }: { id: string }) {
  return (
    <p className="tl-origin">
      <ForkedFrom id={id} />
    </p>
  );
}

type LineProps = {
  row: TimelineRow;
  className: string;
  isCurrent: boolean;
  onSeq: (seq: number) => void;
  onToggle: (rewind: number) => void;
};

/** Drawn anew only where it says something else: while it is scrolled, most rows stay as they are. */
const RowLine = memo(function RowLine({ row, className, isCurrent, onSeq, onToggle }: LineProps) {
  switch (row.kind) {
    case 'compaction':
      return <CompactionLine mark={row.mark} at={row.at} className={className} onSeq={onSeq} />;
    case 'fork':
      return <ForkLine fork={row.fork} isPlaced={row.isPlaced} className={className} />;
    case 'aside':
      return <AsideLine row={row} className={className} onToggle={() => onToggle(row.aside.seq)} />;
    case 'turn':
      return (
        <button
          type="button"
          className={className}
          aria-current={isCurrent}
          title={
            row.asideBy === null ? undefined : 'Set aside. In the transcript the mark of the restore stands for it.'
          }
          onClick={() => onSeq(row.asideBy ?? row.turn.seq)}
        >
          <TurnFacts turn={row.turn} />
        </button>
      );
    default:
      return unreachable(row);
  }
});

function rowClass(index: number, count: number, isCurrent: boolean): string {
  return ['tl-turn', index === 0 && 'first-turn', index === count - 1 && 'last', isCurrent && 'sel']
    .filter(Boolean)
    .join(' ');
}

const outcomeWords: Record<Turn['outcome'], string | null> = {
  running: 'running',
  complete: null,
  cancelled: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted',
};

function TurnFacts({ turn }: { turn: ShownTurn }) {
  const ms = turn.finishedAt ? new Date(turn.finishedAt).getTime() - new Date(turn.startedAt).getTime() : null;
  const isRunning = turn.outcome === 'running';
  const why = isRunning ? 'Known when the turn ends' : 'No request of this turn reported it';
  return (
    <>
      <span className="at" title={exactTime(turn.startedAt)}>
        {clock(turn.startedAt)}
      </span>
      <span className="tl-node">
        <i />
      </span>
      <span>
        <span className="tl-q">
          {turn.prompt || (
            <span className="ink3">{turn.unasked ? unaskedWords[turn.unasked] : 'No prompt in this log'}</span>
          )}
        </span>
        <span className="tl-meta">
          {ms !== null ? <span>{duration(ms)}</span> : isRunning ? <Elapsed since={turn.startedAt} /> : null}
          <span>
            <KindSwatch kind="input" />
            <Tokens value={turn.inputTokens} why={why} />
          </span>
          <span>
            <KindSwatch kind="output" />
            <Tokens value={turn.outputTokens} why={why} />
          </span>
          <span>{counted(turn.toolCalls, 'tool call')}</span>
          {turn.model ? <span title={turn.model}>{shortModel(turn.model)}</span> : null}
          <Standing turn={turn} />
        </span>
        {turn.files ? <TurnFiles files={turn.files} count={turn.fileCount} /> : null}
      </span>
    </>
  );
}

const waitWords = { person: 'waiting for you', key: 'waiting for a key' } as const;

/** How it ended where it did not end well, and what it does while it runs. */
function Standing({ turn: { outcome, waitsFor } }: { turn: ShownTurn }) {
  if (waitsFor !== undefined) return <span className="is-wait">{waitWords[waitsFor]}</span>;
  const words = outcome === undefined ? null : outcomeWords[outcome];
  return words === null ? null : <span className={outcome === 'running' ? 'run' : 'bad'}>{words}</span>;
}

function Elapsed({ since }: { since: string }) {
  const now = useNow(1000).getTime();
  return <span className="num">{duration(Math.max(0, now - new Date(since).getTime()))}</span>;
}
