/** The calendar as a grid: weeks from left to right, Monday on top, days in five steps of one colour. */
import type { Heatmap, Metric } from '@taffrail/wire';
import { counted } from '../../parts/format-number.js';
import { addDays, dateOfDay, dayLabel, monthNames } from '../../parts/format-time.js';
import { coverageOf, sessionCoverage } from '../../parts/usage-words.js';
import { exactMetricText } from './metrics.js';

export type CalendarDay = Heatmap['days'][number];
export type CalendarCell = CalendarDay & {
  week: number;
  weekday: number;
  /** 0–4; `unknown` where sessions exist and nobody reported; `none` where there were no sessions. */
  level: 0 | 1 | 2 | 3 | 4 | 'unknown' | 'none';
};

/** Cells of the `weeks` that end with the week of `last`. */
export function calendarCells(days: readonly CalendarDay[], last: string, weeks: number): CalendarCell[] {
  const known = new Map(days.map((day) => [day.day, day]));
  const levelOf = levels(days.map((day) => day.value));
  const lastWeekday = (dateOfDay(last).getDay() + 6) % 7;
  const first = addDays(last, -lastWeekday - 7 * (weeks - 1));
  return Array.from({ length: 7 * (weeks - 1) + lastWeekday + 1 }, (_, index) => {
    const day = addDays(first, index);
    const found = known.get(day);
    const level = !found ? 'none' : found.value === null ? 'unknown' : levelOf(found.value);
    const { value = null, reported = 0, of = 0 } = found ?? {};
    return { ...found, day, value, reported, of, week: Math.floor(index / 7), weekday: index % 7, level };
  });
}

/** What a day holds, in words: a figure, 0 where 0 was reported, that nobody knows, or that nothing was done. */
export function dayTip(cell: CalendarCell, metric: Metric, today: string): string {
  const { day, level, value, reported, of } = cell;
  const isCounted = metric === 'sessions' || metric === 'messages';
  const ofSessions =
    value === null ? `none of ${counted(of, 'session')} reported it` : isCounted ? '' : sessionCoverage(reported, of);
  const text = level === 'none' ? 'no sessions' : figureTip(value, metric, requestsTip(cell, metric) || ofSessions);
  return `${dayLabel(day, today)}: ${text}`;
}

/** What an hour of the week holds; `undefined`: no session. */
export function hourTip(hour: Heatmap['hours'][number] | undefined, metric: Metric): string {
  return hour === undefined ? 'no sessions' : figureTip(hour.value, metric, requestsTip(hour, metric));
}

const figureTip = (value: number | null, metric: Metric, coverage: string): string =>
  [value === null ? 'not known' : exactMetricText(value, metric), coverage].filter(Boolean).join(', ');

/** How many requests a figure is from; empty where it is from all of them, or not from requests. */
function requestsTip(
  { value, requests = 0, reportedRequests = 0 }: Pick<CalendarDay, 'value' | 'requests' | 'reportedRequests'>,
  metric: Metric,
): string {
  if (requests === reportedRequests) return '';
  if (metric === 'cost') return `${counted(requests - reportedRequests, 'request')} unpriced`;
  return value === null
    ? `none of ${counted(requests, 'request')} reported it`
    : `from ${coverageOf(reportedRequests, requests)} requests`;
}

/** Which step a value is on: quarters of all values that are not 0, so that one huge day does not pale the rest. */
export function levels(values: readonly (number | null)[]): (value: number) => 0 | 1 | 2 | 3 | 4 {
  const sorted = values.filter((value): value is number => value !== null && value > 0).sort((a, b) => a - b);
  const quarter = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const [low, middle, high] = [quarter(0.25), quarter(0.5), quarter(0.75)] as [number, number, number];
  return (value) => (value <= 0 ? 0 : value < low ? 1 : value < middle ? 2 : value < high ? 3 : 4);
}

/** The months' names where they begin, leaving out those that would touch. */
export function monthLabels(cells: readonly CalendarCell[]): { week: number; label: string }[] {
  const labels: { week: number; label: string }[] = [];
  let month = '';
  for (const cell of cells) {
    const now = cell.day.slice(0, 7);
    if (now === month || cell.weekday !== 0) continue;
    const isFirst = month === '';
    month = now;
    const last = labels.at(-1);
    // A month that began before the grid does is named only if there is room before the next.
    if (isFirst && Number(cell.day.slice(8)) > 7) continue;
    if (!last || cell.week - last.week >= 3)
      labels.push({ week: cell.week, label: monthNames[Number(cell.day.slice(5, 7)) - 1] ?? '' });
  }
  return labels;
}
