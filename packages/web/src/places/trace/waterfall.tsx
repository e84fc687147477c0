/** All spans as bars on one time axis. One stop for the keyboard: arrows move, +, − and 0 zoom. Only what is on view is drawn. */
import type { SpanNode } from '@taffrail/session';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef } from 'react';
import { useIsPhone } from '../../app/media.js';
import { duration } from '../../parts/format-time.js';
import { elapsedWords, moved, placeOf, revealing, type TimeAxis, ticksOf, type View, zoomed } from './time-axis.js';
import { exactClock, type TraceLine, type TurnFacts, tokensOf } from './trace-rows.js';
import { WaterfallRow } from './waterfall-row.js';
import { characterShares } from './word-place.js';

const rowPx = 22;
const zoomStep = 0.6;

export interface WaterfallProps {
  lines: readonly TraceLine[];
  /** Keys of attempts at one answer. */
  attempts: ReadonlySet<string>;
  turnFacts: ReadonlyMap<string, TurnFacts>;
  axis: TimeAxis;
  view: View;
  nowMs: number;
  isRunning: boolean;
  selected: string | null;
  onView: (view: View) => void;
  /** Selected by a click, which goes to the transcript too. */
  onSelect: (key: string) => void;
  onMove: (key: string) => void;
  onOpen: (node: SpanNode) => void;
  onFold: (key: string) => void;
}

export function Waterfall(props: WaterfallProps) {
  const { lines, attempts, turnFacts, axis, view, nowMs, isRunning, selected, onSelect, onFold } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const base = useId();
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    getItemKey: (index) => lines[index]?.node.key ?? index,
  });
  const at = lines.findIndex(({ node }) => node.key === selected);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (at >= 0) scrollToIndex(at, { align: 'auto' });
  }, [at, scrollToIndex]);
  useZoomWheel(scroller, props);
  const tokens = useTokens(lines);
  const characterShare = useIsPhone() ? characterShares.narrow : characterShares.usual;
  const onKeyDown = (event: KeyboardEvent) => {
    if (takeKey(event, props, at)) event.preventDefault();
  };
  return (
    <>
      <Ruler axis={axis} view={view} nowMs={isRunning ? nowMs : null} />
      <div
        ref={scroller}
        className="wf"
        role="tree"
        aria-label="Spans"
        tabIndex={0}
        aria-activedescendant={at >= 0 ? `${base}-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div className="relative" style={{ height: virtual.getTotalSize() + 8 }}>
          <Grid axis={axis} view={view} nowMs={isRunning ? nowMs : null} />
          {virtual.getVirtualItems().map((row) => {
            const line = lines[row.index];
            if (!line) return null;
            const { span } = line.node;
            return (
              <WaterfallRow
                key={row.key}
                id={`${base}-${row.index}`}
                line={line}
                isAttempt={attempts.has(line.node.key)}
                turn={span.kind === 'turn' ? (turnFacts.get(span.id) ?? null) : null}
                tokens={tokens(line.node)}
                axis={axis}
                view={view}
                nowMs={line.node.endMs === null ? nowMs : 0}
                characterShare={characterShare}
                isSelected={row.index === at}
                top={row.start}
                onSelect={onSelect}
                onFold={onFold}
              />
            );
          })}
        </div>
      </div>
    </>
  );
}

/** Sums are made for lines on view alone, once. */
function useTokens(lines: readonly TraceLine[]): (node: SpanNode) => ReturnType<typeof tokensOf> {
  return useMemo(() => {
    void lines;
    const known = new WeakMap<SpanNode, ReturnType<typeof tokensOf>>();
    return (node: SpanNode) => {
      const before = known.get(node);
      if (before !== undefined) return before;
      const sum = tokensOf(node);
      known.set(node, sum);
      return sum;
    };
  }, [lines]);
}

const linesMost = 5;

/** Elapsed time where the axis runs through; by the clock where pauses are folded. */
function Ruler({ axis, view, nowMs }: { axis: TimeAxis; view: View; nowMs: number | null }) {
  const { places, stepMs } = ticksOf(axis, view, linesMost);
  const share = (at: number) => ((at - view.from) / (view.to - view.from)) * 100;
  const words = (ms: number) =>
    axis.folds.length === 0
      ? elapsedWords(ms - axis.startMs, stepMs)
      : exactClock(ms).slice(0, clockCharacters(ms, stepMs));
  return (
    <div className="wf-row wf-head">
      <span>Span</span>
      <span className="time">
        {places.map(({ at, ms }, index) => (
          <span key={at} style={{ left: `${share(at)}%` }} className={share(at) < 6 ? 'at-start' : undefined}>
            {isNewDay(ms, places[index - 1]?.ms) && axis.folds.length > 0 ? shortDate(ms) : words(ms)}
          </span>
        ))}
        {nowMs === null ? null : <i className="now-v" style={{ left: `${share(placeOf(axis, nowMs))}%` }} />}
      </span>
      <span className="tok">
        <span>In</span>
        <span>Out</span>
      </span>
    </div>
  );
}

/** As exact as the lines are: `07:18`, `07:18:38`, `07:18:38.120`. */
function clockCharacters(ms: number, stepMs: number): number {
  if (stepMs >= 3_600_000 || (stepMs >= 60_000 && ms % 60_000 === 0)) return 5;
  return stepMs >= 1000 ? 8 : 12;
}

const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const shortDate = (ms: number): string => dateFormat.format(ms);

function isNewDay(ms: number, beforeMs: number | undefined): boolean {
  return beforeMs !== undefined && shortDate(ms) !== shortDate(beforeMs);
}

function Grid({ axis, view, nowMs }: { axis: TimeAxis; view: View; nowMs: number | null }) {
  const share = (at: number) => ((at - view.from) / (view.to - view.from)) * 100;
  const isOnView = (at: number, length = 0) => at + length >= view.from && at <= view.to;
  return (
    <span className="wf-grid" aria-hidden="true">
      {ticksOf(axis, view, linesMost).places.map(({ at }) => (
        <i key={at} className="grid-v" style={{ left: `${share(at)}%` }} />
      ))}
      {axis.folds
        .filter(({ at, length }) => isOnView(at, length))
        .map(({ at, length, fromMs, toMs }) => (
          <i
            key={fromMs}
            className="fold-v"
            style={{ left: `${share(at)}%`, width: `${(length / (view.to - view.from)) * 100}%` }}
            title={`Nothing for ${duration(toMs - fromMs)}, from ${exactClock(fromMs).slice(0, 8)}`}
          />
        ))}
      {nowMs !== null && isOnView(placeOf(axis, nowMs)) ? (
        <i className="now-v" style={{ left: `${share(placeOf(axis, nowMs))}%` }} />
      ) : null}
    </span>
  );
}

/** With ⌘, Ctrl or Alt the wheel zooms where the pointer is; sideways it moves. */
function useZoomWheel(scroller: React.RefObject<HTMLDivElement | null>, props: WaterfallProps): void {
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      const { axis, view, onView } = latest.current;
      const isZoom = event.metaKey || event.ctrlKey || event.altKey;
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      if (!isZoom && !isSideways) return;
      event.preventDefault();
      const area = element.querySelector('.wf-grid')?.getBoundingClientRect();
      if (!area || area.width === 0) return;
      const perPx = (view.to - view.from) / area.width;
      if (isZoom)
        onView(zoomed(view, axis, Math.exp(event.deltaY / 300), view.from + (event.clientX - area.left) * perPx));
      else onView(moved(view, axis, (event.deltaX || event.deltaY) * perPx));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [scroller]);
}

/** Whether the key meant something here. */
function takeKey(event: KeyboardEvent, props: WaterfallProps, at: number): boolean {
  const { lines, axis, view, onMove, onFold, onOpen, onView } = props;
  if (event.metaKey || event.ctrlKey || event.altKey) return false;
  const line = lines[at];
  const select = (index: number): boolean => {
    const next = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (!next) return true;
    onMove(next.node.key);
    const shown = revealing(view, axis, stretchOf(next.node, axis));
    if (shown !== view) onView(shown);
    return true;
  };
  const zoom = (factor: number): boolean => {
    onView(zoomed(view, axis, factor, focusOf(line, axis, view)));
    return true;
  };
  const pan = (share: number): boolean => {
    onView(moved(view, axis, share * (view.to - view.from)));
    return true;
  };
  switch (event.key) {
    case 'ArrowDown':
      return select(at + 1);
    case 'ArrowUp':
      return select(at - 1);
    case 'Home':
      return select(0);
    case 'End':
      return select(lines.length - 1);
    case 'PageDown':
      return select(at + 20);
    case 'PageUp':
      return select(at - 20);
    case 'ArrowRight':
      if (event.shiftKey) return pan(0.2);
      if (line?.isOpen === false) onFold(line.node.key);
      else if (line?.isOpen) select(at + 1);
      return true;
    case 'ArrowLeft':
      if (event.shiftKey) return pan(-0.2);
      if (line?.isOpen) onFold(line.node.key);
      else if (line) select(parentAt(lines, at));
      return true;
    case 'Enter':
    case ' ':
      if (line) onOpen(line.node);
      return true;
    case '+':
    case '=':
      return zoom(zoomStep);
    case '-':
      return zoom(1 / zoomStep);
    case '0':
      onView({ from: 0, to: axis.length });
      return true;
    default:
      return false;
  }
}

/** From where to where a bar stands on the axis; of one that has no end, its beginning. */
function stretchOf({ startMs, endMs }: SpanNode, axis: TimeAxis): View {
  return { from: placeOf(axis, startMs), to: placeOf(axis, endMs ?? startMs) };
}

function parentAt(lines: readonly TraceLine[], at: number): number {
  const depth = lines[at]?.depth ?? 0;
  const before = lines.slice(0, at).findLastIndex((line) => line.depth < depth);
  return before === -1 ? at : before;
}

/** The keyboard zooms around what is selected where that is on view, else around the middle. */
function focusOf(line: TraceLine | undefined, axis: TimeAxis, view: View): number {
  const middle = (view.from + view.to) / 2;
  if (!line) return middle;
  const { startMs, endMs } = line.node;
  const at = placeOf(axis, endMs === null ? startMs : (startMs + endMs) / 2);
  return at >= view.from && at <= view.to ? at : middle;
}
