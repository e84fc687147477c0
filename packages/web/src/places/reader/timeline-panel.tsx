/** The timeline: turns from top to bottom, a click goes there. */
import { type TimelineFork, type Turn, unreachable } from '@taffrail/wire';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { Tokens } from '../../parts/figure.js';
import { counted } from '../../parts/format-number.js';
import { shortModel } from '../../parts/format-path.js';
import { clock, duration, exactTime } from '../../parts/format-time.js';
import { Blank } from '../../parts/states.js';
import { KindSwatch } from '../../parts/token-bar.js';
import { CompactionLine, ForkedFrom, ForkLine } from './timeline-marks.js';
import { type ShownTurn, type TimelineRow, timelineRows } from './timeline-rows.js';

const unaskedWords = { resume: 'Goes on with the turn that was cut off', compaction: 'Compacts the context' } as const;

type PanelProps = {
  turns: readonly ShownTurn[];
  forks: readonly TimelineFork[];
  /** The session that this one was copied from. */
  forkedFrom: string | null;
  current: string | null;
  onSeq: (seq: number) => void;
  /** What can be done with a turn, where anything can. */
  menuOf?: (turnId: string) => ReactNode;
};

export function TimelinePanel({ turns, forks, forkedFrom, current, onSeq, menuOf }: PanelProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => timelineRows(turns, forks), [turns, forks]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'turn' ? 75 : 36),
    overscan: 8,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  const at = current === null ? -1 : rows.findIndex(({ turnId }) => turnId === current);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (at >= 0) scrollToIndex(at, { align: 'auto' });
  }, [at, scrollToIndex]);
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
      <div ref={scroller} className="panel-scroll">
        <div className="tl relative" style={{ height: virtual.getTotalSize() + 8 }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => {
            const row = rows[index];
            if (!row) return null;
            const menu = row.turnId === null ? null : menuOf?.(row.turnId);
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={menu ? 'tl-row has-more' : 'tl-row'}
                style={{ transform: `translateY(${start}px)` }}
              >
                <RowLine
                  row={row}
                  className={rowClass(index, rows.length, index === at)}
                  isCurrent={index === at}
                  onSeq={onSeq}
                />
                {menu}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

function Origin({ id }: { id: string }) {
  return (
    <p className="tl-origin">
      <ForkedFrom id={id} />
    </p>
  );
}

type LineProps = { row: TimelineRow; className: string; isCurrent: boolean; onSeq: (seq: number) => void };

function RowLine({ row, className, isCurrent, onSeq }: LineProps) {
  switch (row.kind) {
    case 'compaction':
      return <CompactionLine mark={row.mark} at={row.at} className={className} onSeq={onSeq} />;
    case 'fork':
      return <ForkLine fork={row.fork} isPlaced={row.isPlaced} className={className} />;
    case 'turn':
      return (
        <button type="button" className={className} aria-current={isCurrent} onClick={() => onSeq(row.turn.seq)}>
          <TurnFacts turn={row.turn} />
        </button>
      );
    default:
      return unreachable(row);
  }
}

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
  const why = turn.outcome === 'running' ? 'Known when the turn ends' : 'No request of this turn reported it';
  const outcome = turn.outcome === undefined ? null : outcomeWords[turn.outcome];
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
          {ms === null ? null : <span>{duration(ms)}</span>}
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
          {outcome === null ? null : <span className={turn.outcome === 'running' ? 'run' : 'bad'}>{outcome}</span>}
        </span>
      </span>
    </>
  );
}
