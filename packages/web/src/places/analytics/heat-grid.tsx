/**
 * A grid of squares, in steps of one colour: days of a calendar, hours of a week. Arrow keys walk it, as in a chart, and say
 * what stands there; Enter or a click picks.
 */
import { type KeyboardEvent, type ReactNode, type RefObject, useState } from 'react';

export const side = 11;
export const pitch = 13.5;
export const labelPx = 28;
const topPx = 16;
export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A step of colour; `unknown` where sessions exist and nobody reported; `none` where there were no sessions. */
export type HeatLevel = 0 | 1 | 2 | 3 | 4 | 'unknown' | 'none';
/** What stands at a place of the grid: `column` and `weekday` count from 0. */
export type HeatPlace = { key: string; column: number; weekday: number; level: HeatLevel; tip: string };

type GridProps = {
  /** Where the grid measures its width. */
  box: RefObject<HTMLDivElement | null>;
  /** By column, then by weekday, or the other way round: the keys know by `down` and `right`. */
  places: readonly HeatPlace[];
  columns: number;
  columnPx: number;
  squarePx: number;
  /** How far the next place to the right and the next below are in `places`. */
  right: number;
  down: number;
  label: string;
  /** Texts on top, and which days are named on the left. */
  heads: readonly { column: number; label: string }[];
  named: readonly number[];
  chosen?: string | undefined;
  onPick?: ((key: string) => void) | undefined;
};

export function HeatGrid(props: GridProps) {
  const { box, places, columns, columnPx, label, heads, named, onPick } = props;
  const { active, place, onKeyDown, leave } = useWalk(props);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing that is walked with the arrow keys has no element of its own
    <div
      ref={box}
      className="heat"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its squares are walked with the arrow keys
      tabIndex={0}
      aria-label={`${label}; arrow keys walk them${onPick ? ', Enter narrows the range to one' : ''}`}
      onKeyDown={onKeyDown}
      onBlur={leave}
      onPointerDown={leave}
    >
      <svg width={labelPx + columns * columnPx} height={topPx + 7 * pitch} aria-hidden="true">
        {heads.map((head) => (
          <text key={head.column} x={labelPx + head.column * columnPx} y={10}>
            {head.label}
          </text>
        ))}
        {named.map((weekday) => (
          <text key={weekday} x={0} y={topPx + weekday * pitch + 9.5}>
            {weekdays[weekday]}
          </text>
        ))}
        {places.map((one, index) => (
          <Square key={one.key} {...props} place={one} isActive={index === active} />
        ))}
      </svg>
      {place ? (
        <Said x={labelPx + place.column * columnPx} columns={columns} place={place}>
          {place.tip}
        </Said>
      ) : null}
    </div>
  );
}

/** What stands at the place that was walked to. */
function Said({ x, place, columns, children }: { x: number; place: HeatPlace; columns: number; children: ReactNode }) {
  const isLeft = place.column < columns / 2;
  return (
    <div
      className="heat-said"
      role="status"
      style={{ top: topPx + (place.weekday + 1) * pitch + 2, ...(isLeft ? { left: x } : { right: 0 }) }}
    >
      {children}
    </div>
  );
}

type SquareProps = GridProps & { place: HeatPlace; isActive: boolean };

function Square({ place, columnPx, squarePx, chosen, onPick, isActive }: SquareProps) {
  const { key, column, weekday, level, tip } = place;
  const isUnknown = level === 'unknown';
  // The dashes of the unknown are drawn on its edge, inside the square.
  const inset = isUnknown ? 0.5 : 0;
  const marks = [isUnknown && 'heat-unknown', key === chosen && 'heat-chosen', isActive && 'heat-active'];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the grid is walked with the keys
    <g className={onPick ? 'heat-day' : undefined} onClick={onPick ? () => onPick(key) : undefined}>
      <rect
        x={labelPx + column * columnPx + inset}
        y={topPx + weekday * pitch + inset}
        width={squarePx - 2 * inset}
        height={side - 2 * inset}
        rx={2}
        fill={isUnknown ? undefined : `var(--color-heat-${level === 'none' ? 0 : level})`}
        className={marks.filter(Boolean).join(' ') || undefined}
        data-tip={tip}
      />
    </g>
  );
}

/** The place that is walked on: moved with the arrow keys, picked with Enter, left with Escape. */
function useWalk({ places, right, down, onPick }: GridProps) {
  const [active, setActive] = useState<number | null>(null);
  const place = active === null ? undefined : places[active];
  const onKeyDown = (event: KeyboardEvent) => {
    const at = active ?? places.length - 1;
    const next = { ArrowLeft: at - right, ArrowRight: at + right, ArrowUp: at - down, ArrowDown: at + down }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      // The first key shows where one is; past an edge there is nothing.
      setActive(active === null || next < 0 || next >= places.length ? at : next);
    } else if (event.key === 'Enter' && place) onPick?.(place.key);
    else if (event.key === 'Escape') setActive(null);
  };
  return { active, place, onKeyDown, leave: () => setActive(null) };
}
