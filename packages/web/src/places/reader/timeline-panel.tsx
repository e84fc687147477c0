/** The timeline: turns from top to bottom, a click goes there. */
import type { TimelineTurn, Turn } from '@taffrail/wire';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { Tokens } from '../../parts/figure.js';
import { counted } from '../../parts/format-number.js';
import { shortModel } from '../../parts/format-path.js';
import { clock, duration, exactTime } from '../../parts/format-time.js';
import { Blank } from '../../parts/states.js';
import { KindSwatch } from '../../parts/token-bar.js';

/** A turn of a session that runs here also says how it ended and who answered. */
export type ShownTurn = TimelineTurn & {
  outcome?: Turn['outcome'];
  model?: string | null;
  /** What it began with, where nobody asked anything. */
  unasked?: 'resume' | 'compaction';
};

const unaskedWords = { resume: 'Goes on with the turn that was cut off', compaction: 'Compacts the context' } as const;

type PanelProps = {
  turns: readonly ShownTurn[];
  current: string | null;
  onSeq: (seq: number) => void;
  /** What can be done with a turn, where anything can. */
  menuOf?: (turnId: string) => ReactNode;
};

export function TimelinePanel({ turns, current, onSeq, menuOf }: PanelProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: turns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 75,
    overscan: 8,
    getItemKey: (index) => turns[index]?.turnId ?? index,
  });
  const at = turns.findIndex((turn) => turn.turnId === current);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (at >= 0) scrollToIndex(at, { align: 'auto' });
  }, [at, scrollToIndex]);
  if (turns.length === 0) {
    return (
      <div className="px-4">
        <Blank fact="No turns yet">Each thing that is asked is one, with its time, tokens and tools.</Blank>
      </div>
    );
  }
  return (
    <div ref={scroller} className="panel-scroll">
      <div className="tl relative" style={{ height: virtual.getTotalSize() + 8 }}>
        {virtual.getVirtualItems().map((row) => {
          const turn = turns[row.index];
          if (!turn) return null;
          return (
            <div
              key={row.key}
              ref={virtual.measureElement}
              data-index={row.index}
              className={menuOf ? 'tl-row has-more' : 'tl-row'}
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <button
                type="button"
                className={turnClass(row.index, turns.length, turn.turnId === current)}
                aria-current={turn.turnId === current}
                onClick={() => onSeq(turn.seq)}
              >
                <TurnFacts turn={turn} />
              </button>
              {menuOf?.(turn.turnId)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function turnClass(index: number, count: number, isCurrent: boolean): string {
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
