/** Days as stacked columns: which groups get a colour of their own, what the rest adds up to, where the axis ends. */
import type { AnalyticsRow, Metric } from '@taffrail/wire';
import { addDays, dateOfDay, dayOf } from '../../parts/format-time.js';
import { agentSeries } from '../../parts/glyph.js';
import type { TokenKind } from '../../parts/usage-words.js';
import { kindSeries, kindValues } from './kinds.js';
import { metricValue } from './metrics.js';
import type { Stack } from './url-state.js';

/** Groups with a colour of their own; everything else is the sixth. */
export const coloursMax = 5;
export const restKey = '\u0000rest';

/** `colour`: one of the series', or that of a kind of tokens. */
export type Series = { key: string; colour: number | TokenKind; total: number };
export const colourOf = ({ colour }: Series): string =>
  typeof colour === 'number' ? `var(--color-series-${colour})` : `var(--color-token-${colour})`;

/** A group's figure in a column: `null` where its sessions reported none, `undefined` where it has no session. */
export type Part = number | null | undefined;
/**
 * One column: the groups' figures in the order of the series; `value` is `null` where sessions exist and nobody reported. A
 * server of before counts a session in each of its parts.
 */
export type Column = {
  from: string;
  to: string;
  parts: Part[];
  value: number | null;
  hasSessions: boolean;
  /** The column as one line, which counts each session once; a server of before does not tell. */
  whole: AnalyticsRow | undefined;
};

/** What the parts of a column add up to: sessions may be in several of them, or in none. */
export function sumOfParts({ parts }: Column): number {
  return parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

export type Unit = 'day' | 'week' | 'month';

/**
 * The groups in the order of their colours, largest first; what has none is gathered in the last. A group that reported 0, or
 * nothing at all, is one too: its column says which.
 */
export function seriesOf(rows: readonly AnalyticsRow[], metric: Metric, by: Stack): Series[] {
  if (by === 'kind') return kindSeries(rows, metric);
  const totals = new Map<string, number>();
  for (const row of rows) {
    const key = row.group ?? '';
    totals.set(key, (totals.get(key) ?? 0) + (metricValue(row, metric) ?? 0));
  }
  const ranked = [...totals].sort((a, b) => b[1] - a[1]);
  const own = by === 'agent' ? agentColours(ranked) : rankColours(ranked);
  const shown = ranked.flatMap(([key, total]) => (own.has(key) ? [{ key, colour: own.get(key) ?? 6, total }] : []));
  const others = ranked.filter(([key]) => !own.has(key));
  const total = others.reduce((sum, [, one]) => sum + one, 0);
  const ordered = shown.sort((a, b) => (by === 'agent' ? a.colour - b.colour : b.total - a.total));
  return others.length > 0 ? [...ordered, { key: restKey, colour: 6, total }] : ordered;
}

/** Agents keep the colour of their glyph. One that has none is grey; several are gathered, unless there is nothing else. */
function agentColours(ranked: readonly (readonly [string, number])[]): Map<string, number> {
  const fixed = ranked.filter(([key]) => agentSeries(key) <= coloursMax);
  if (fixed.length === 0) return rankColours(ranked);
  const colours = new Map(fixed.map(([key]) => [key, agentSeries(key)] as const));
  const others = ranked.filter(([key]) => !colours.has(key));
  if (others.length === 1 && others[0]) colours.set(others[0][0], coloursMax + 1);
  return colours;
}

function rankColours(ranked: readonly (readonly [string, number])[]): Map<string, number> {
  return new Map(ranked.slice(0, coloursMax).map(([key], index) => [key, index + 1]));
}

/** How wide a column is so that a range stays legible. */
export function unitFor(days: number): Unit {
  return days <= 100 ? 'day' : days <= 560 ? 'week' : 'month';
}

/** The first day of the unit that holds a day; weeks begin on Monday. */
export function startOf(day: string, unit: Unit): string {
  if (unit === 'day') return day;
  if (unit === 'month') return `${day.slice(0, 7)}-01`;
  return addDays(day, -((dateOfDay(day).getDay() + 6) % 7));
}

function nextStart(start: string, unit: Unit): string {
  if (unit === 'day') return addDays(start, 1);
  if (unit === 'week') return addDays(start, 7);
  const date = dateOfDay(start);
  date.setMonth(date.getMonth() + 1);
  return dayOf(date);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((dateOfDay(to).getTime() - dateOfDay(from).getTime()) / 86_400_000) + 1;
}

type ColumnsInput = {
  rows: readonly AnalyticsRow[];
  wholes: readonly AnalyticsRow[];
  series: readonly Series[];
  metric: Metric;
  by: Stack;
  from: string;
  to: string;
};

/** Every column from the first day to the last, empty ones included. */
export function columnsOf({ rows, wholes, series, metric, by, from, to }: ColumnsInput): Column[] {
  const unit = unitFor(daysBetween(from, to));
  const columns = new Map<string, Column>();
  for (let start = startOf(from, unit); start <= to; start = nextStart(start, unit)) {
    const end = addDays(nextStart(start, unit), -1);
    columns.set(start, {
      from: start,
      to: end,
      parts: series.map(() => undefined),
      value: null,
      hasSessions: false,
      whole: undefined,
    });
  }
  const places = new Map(series.map((one, index) => [one.key, index]));
  for (const row of rows) {
    const column = columns.get(startOf(row.key, unit));
    if (!column) continue;
    column.hasSessions ||= row.sessions > 0;
    const values = by === 'kind' ? kindValues(row, metric) : [[row.group ?? '', metricValue(row, metric)] as const];
    for (const [group, value] of values) {
      const place = places.get(group) ?? places.get(restKey);
      if (place !== undefined) column.parts[place] = plus(column.parts[place], value);
      column.value = plus(column.value, value);
    }
  }
  for (const whole of wholes) {
    const column = columns.get(whole.key);
    if (!column) continue;
    Object.assign(column, { whole, hasSessions: whole.sessions > 0 });
    // A session that is in several parts of a column is one session of it.
    if (metric === 'sessions') column.value = whole.sessions;
  }
  return [...columns.values()];
}

/** A sum of what is known: nothing is added for what nobody reported. */
function plus(sum: Part, value: number | null): number | null {
  return value === null ? (sum ?? null) : (sum ?? 0) + value;
}

/** Round steps up to at least `most`: 0, 20M, 40M … At least one step, even when everything is 0. */
export function ticksFor(most: number, count = 4): number[] {
  const rough = Math.max(most, 1) / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const steps = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}
