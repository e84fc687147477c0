/**
 * The running totals of a thread. Codex repeats them (on resume, on retries, when a stream opens), so a request
 * is there only where they changed, and its figures are the change that the log states beside them.
 */
import { isObject, type JsonObject, numberAt } from '../json.js';

/** input, cached input, output, reasoning output, total. Cache writes are left out: old versions do not have them. */
export type Figures = readonly [number | null, number | null, number | null, number | null, number | null];

export interface Totals {
  /** The totals after the last request that is known. */
  known: Figures | null;
  /** How often the totals began anew (a program that lost them on resume). */
  epoch: number;
  /** The latest time that any totals were stated. */
  latestAt: number | null;
  /** The latest totals that were counted as requests, to recognise a usage record that comes after them. */
  counted: CountedTotals[];
  /** The totals began at the parent's; `null` until the thread's first own request. */
  inherits: boolean | null;
}

/** A request that running totals told of, and the name it was given. */
export interface CountedTotals {
  figures: Figures;
  usage: Figures;
  turnId: string | null;
  attemptId: string;
  key: string;
}

const fields = [
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_output_tokens',
  'total_tokens',
] as const;

/** The figures of a usage object; `null` where it is none. */
export function figuresOf(usage: unknown): Figures | null {
  if (!isObject(usage)) return null;
  const figures = fields.map((field) => numberAt(usage, field) ?? null);
  return figures.every((figure) => figure === null) ? null : (figures as unknown as Figures);
}

/** Equal as far as both are known: versions differ in the figures they write. */
export function sameFigures(one: Figures, other: Figures): boolean {
  return one.every((figure, at) => figure === null || other[at] === null || figure === other[at]);
}

export function isZero(figures: Figures): boolean {
  return figures.slice(0, 4).every((figure) => (figure ?? 0) === 0);
}

/** A text that is the same for the same totals, in whichever version's words. */
export function figuresText(figures: Figures): string {
  return figures.map((figure) => figure ?? 0).join('.');
}

/** What `after` adds to `before`, as a usage object; `null` where it is no growth. */
export function growth(before: Figures, after: Figures): JsonObject | null {
  const added = after.map((figure, at) => (figure === null ? null : figure - (before[at] ?? 0)));
  if (added.some((figure) => figure !== null && figure < 0)) return null;
  return Object.fromEntries(fields.map((field, at) => [field, added[at] ?? null]));
}

export function sumOf(known: Figures | null, added: Figures): Figures {
  if (!known) return added;
  return known.map((figure, at) => (figure === null ? null : figure + (added[at] ?? 0))) as unknown as Figures;
}

/** Takes in stated totals. True where they changed: a request was made since they were stated last. */
export function noteTotals(totals: Totals, figures: Figures, usage: Figures | null, at: number | null): boolean {
  const changed = totals.known === null || !sameFigures(totals.known, figures);
  if (beganAnew(totals, figures, usage, at)) totals.epoch += 1;
  if (isOlder(totals, at)) return changed;
  totals.known = figures;
  totals.latestAt = at ?? totals.latestAt;
  return changed;
}

/** A line that is repeated or out of order. */
function isOlder(totals: Totals, at: number | null): boolean {
  return at !== null && totals.latestAt !== null && at < totals.latestAt;
}

const total = (figures: Figures): number => figures[4] ?? (figures[0] ?? 0) + (figures[2] ?? 0);

/** True where the totals began anew: they fell, and hold one request alone. */
function beganAnew(totals: Totals, figures: Figures, usage: Figures | null, at: number | null): boolean {
  if (!totals.known || !usage || at === null || isOlder(totals, at)) return false;
  return total(figures) < total(totals.known) && sameFigures(figures, usage);
}

const countedMax = 4;

export function noteCounted(totals: Totals, counted: CountedTotals): void {
  totals.counted.push(counted);
  if (totals.counted.length > countedMax) totals.counted.shift();
}
