/** The calendar as a grid: weeks from left to right, Monday on top, days in five steps of one colour. */
import type { Metric } from '@taffrail/wire';
import { counted } from '../../parts/format-number.js';
import { addDays, dateOfDay, dayLabel, monthNames } from '../../parts/format-time.js';
import { sessionCoverage } from '../../parts/usage-words.js';
import { exactMetricText } from './metrics.js';

export type CalendarDay = { day: string; value: number | null; reported: number; of: number };
export type CalendarCell = {
  day: string;
  week: number;
  weekday: number;
  /** 0–4; `unknown` where sessions exist and nobody reported; `none` where there were no sessions. */
  level: 0 | 1 | 2 | 3 | 4 | 'unknown' | 'none';
  value: number | null;
  reported: number;
  of: number;
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
    return {
      day,
      week: Math.floor(index / 7),
      weekday: index % 7,
      level,
      value: found?.value ?? null,
      reported: found?.reported ?? 0,
      of: found?.of ?? 0,
    };
  });
}

/** What a day holds, in words: a figure, 0 where 0 was reported, that nobody knows, or that nothing was done. */
export function dayTip(cell: CalendarCell, metric: Metric, today: string): string {
  const day = dayLabel(cell.day, today);
  if (cell.level === 'none') return `${day}: no sessions`;
  if (cell.value === null) return `${day}: not known, none of ${counted(cell.of, 'session')} reported it`;
  const isCounted = metric === 'sessions' || metric === 'messages';
  const coverage = isCounted ? '' : sessionCoverage(cell.reported, cell.of);
  return [`${day}: ${exactMetricText(cell.value, metric)}`, coverage].filter(Boolean).join(', ');
}

/** What an hour of the week holds; `undefined`: no session. */
export function hourTip(value: number | null | undefined, metric: Metric): string {
  if (value === undefined) return 'no sessions';
  return value === null ? 'not known' : exactMetricText(value, metric);
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
