/**
 * One time axis for all bars. Where nothing happens for long it is folded, so that bars stay readable: the axis runs in
 * units of its own, which are milliseconds but for the folds.
 */
import { duration } from '../../parts/format-time.js';

export interface Stretch {
  fromMs: number;
  toMs: number;
}

export interface Fold {
  /** Where it stands on the axis. */
  at: number;
  length: number;
  fromMs: number;
  toMs: number;
}

export interface TimeAxis {
  startMs: number;
  /** In units of the axis. */
  length: number;
  folds: readonly Fold[];
}

/** What part of the axis is on view, in its units. */
export interface View {
  from: number;
  to: number;
}

// A pause as long as this share of all that is done is worth folding, if it is longer than some seconds.
const foldShare = 0.05;
const foldMsMin = 15_000;
/** What a fold takes of what is done, and all of them together at most. */
const foldLength = 0.012;
const foldsLengthMax = 0.12;
const lengthMin = 1;

/** `busy`: when something happens, in any order. */
export function timeAxis(busy: readonly Stretch[]): TimeAxis {
  const merged = mergedOf(busy);
  const first = merged[0];
  if (!first) return { startMs: 0, length: lengthMin, folds: [] };
  const work = merged.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const least = Math.max(foldMsMin, work * foldShare);
  const gaps = merged.slice(1).map(({ fromMs }, index) => ({ fromMs: merged[index]?.toMs ?? fromMs, toMs: fromMs }));
  const long = gaps.filter(({ fromMs, toMs }) => toMs - fromMs > least);
  const whole = (merged.at(-1)?.toMs ?? first.toMs) - first.fromMs;
  const idle = long.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const length = Math.min(foldLength, foldsLengthMax / long.length) * Math.max(whole - idle, lengthMin);
  let cut = 0;
  const folds = long.map(({ fromMs, toMs }) => {
    const at = fromMs - first.fromMs - cut;
    cut += toMs - fromMs - length;
    return { at, length, fromMs, toMs };
  });
  return { startMs: first.fromMs, length: Math.max(whole - cut, lengthMin), folds };
}

function mergedOf(busy: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const { fromMs, toMs } of [...busy].sort((one, other) => one.fromMs - other.fromMs)) {
    const last = merged.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else merged.push({ fromMs, toMs });
  }
  return merged;
}

/** Where a moment stands on the axis; within a fold, at its share of it. */
export function placeOf({ startMs, folds }: TimeAxis, ms: number): number {
  let cut = 0;
  // The last fold that begins before it.
  let low = 0;
  let high = folds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((folds[middle]?.fromMs ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  const fold = folds[low - 1];
  if (fold) {
    if (ms < fold.toMs) return fold.at + (fold.length * (ms - fold.fromMs)) / (fold.toMs - fold.fromMs);
    cut = fold.toMs - startMs - (fold.at + fold.length);
  }
  return ms - startMs - cut;
}

/** The moment that stands at a place. */
export function momentAt({ startMs, folds }: TimeAxis, at: number): number {
  const fold = folds.findLast((one) => one.at <= at);
  if (!fold) return startMs + at;
  if (at < fold.at + fold.length) return fold.fromMs + ((at - fold.at) / fold.length) * (fold.toMs - fold.fromMs);
  return fold.toMs + (at - fold.at - fold.length);
}

const viewLengthMin = 1;

/** The view after zooming by `factor` (below 1: nearer) around a place of the axis. */
export function zoomed(view: View, axis: TimeAxis, factor: number, around: number): View {
  const length = Math.min(axis.length, Math.max(viewLengthMin, (view.to - view.from) * factor));
  const share = (around - view.from) / (view.to - view.from);
  return within({ from: around - share * length, to: around + (1 - share) * length }, axis);
}

export function moved(view: View, axis: TimeAxis, by: number): View {
  return within({ from: view.from + by, to: view.to + by }, axis);
}

/** The view moved to what lies between two places where it shows nothing of that; else the same. */
export function revealing(view: View, axis: TimeAxis, { from, to }: View): View {
  if (to >= view.from && from <= view.to) return view;
  const length = view.to - view.from;
  // What is longer than the view is shown from its beginning.
  return moved(view, axis, (to - from > length ? from : (from + to - length) / 2) - view.from);
}

/** Moved, not shortened, so that it lies on the axis. */
function within({ from, to }: View, axis: TimeAxis): View {
  const length = Math.min(to - from, axis.length);
  const start = Math.min(Math.max(0, from), axis.length - length);
  return { from: start, to: start + length };
}

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
  [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map((s) => s * 1000),
);

export interface Ticks {
  stepMs: number;
  /** Places for lines, with the moments that they stand for. */
  places: readonly { at: number; ms: number }[];
}

/** As many as fit: at round times since the beginning, or by the clock where pauses are folded. */
export function ticksOf(axis: TimeAxis, view: View, most: number): Ticks {
  const least = (view.to - view.from) / Math.max(1, most);
  const stepMs = steps.find((one) => one >= least) ?? 86_400_000 * Math.ceil(least / 86_400_000);
  const base = axis.folds.length === 0 ? axis.startMs : 0;
  const places: { at: number; ms: number }[] = [];
  const add = (at: number, ms: number) => {
    const before = places.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    if (at - before >= least * 0.8) places.push({ at, ms });
  };
  for (const { from, to } of unfolded(axis, view)) {
    // After a pause, when it went on is worth more than a round time.
    if (axis.folds.length > 0) add(from, momentAt(axis, from));
    const firstMs = base + Math.ceil((momentAt(axis, from) - base) / stepMs) * stepMs;
    for (let ms = firstMs; placeOf(axis, ms) <= to; ms += stepMs) add(placeOf(axis, ms), ms);
  }
  return { stepMs, places };
}

/**
 * `0 s`, `30 s`, `1m`, `1m 30s`: round times are said shortly. Where the lines are nearer than that can tell apart:
 * `2:45:30`, `1:30.5`.
 */
export function elapsedWords(exactMs: number, stepMs: number): string {
  const ms = Math.round(exactMs);
  if (ms === 0) return '0 s';
  const told = ms < 1000 ? 1 : ms < 60_000 ? 100 : ms < 3_600_000 ? 1000 : 60_000;
  if (stepMs >= told)
    return duration(ms)
      .replace(/\.0 s$/, ' s')
      .replace(/ 00[sm]$/, '');
  const decimals = stepMs >= 1000 ? 0 : stepMs >= 100 ? 1 : stepMs >= 10 ? 2 : 3;
  if (ms < 60_000) return `${(ms / 1000).toFixed(decimals)} s`;
  const rest = ((ms % 60_000) / 1000).toFixed(decimals).padStart(decimals === 0 ? 2 : decimals + 3, '0');
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}

/** The parts of the view between folds. */
function unfolded({ folds, length }: TimeAxis, view: View): View[] {
  const ends = [...folds.map(({ at }) => at), length];
  return ends
    .map((to, index) => {
      const before = folds[index - 1];
      return { from: Math.max(view.from, before ? before.at + before.length : 0), to: Math.min(view.to, to) };
    })
    .filter(({ from, to }) => from < to);
}
