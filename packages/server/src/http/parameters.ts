/** Query parameters that several routes share, as schemas that turn text into what questions need. */
import { z } from '@hono/zod-openapi';
import { Calendar, type Filter, plusDays } from '@taffrail/store';
import { severalFrom } from '@taffrail/wire';
import { HttpProblem } from './problem.js';

export const pageSize = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
export const cursor = z.coerce.number().int().nonnegative().default(0);
export const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

/** A parameter of several values; an empty one means what names none. */
export const several = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => severalFrom([given].flat()))
  .optional()
  .openapi({
    description:
      'Several values: the parameter repeated, each value whole; or once, with commas between them. A single value that has a comma is given twice. An empty value means what names none.',
  });

/** Parameters of every analytics route. */
export const filterShape = {
  since: z.string().optional().openapi({ description: 'YYYY-MM-DD in `tz`, or an ISO time' }),
  until: z.string().optional().openapi({ description: 'Inclusive day YYYY-MM-DD in `tz`, or an exclusive ISO time' }),
  tz: z.string().optional().openapi({ description: 'IANA time zone; the server’s own by default' }),
  agent: several,
  project: several,
  model: several,
  format: z.enum(['json', 'csv']).default('json'),
};

export interface FilterQuery {
  since?: string | undefined;
  until?: string | undefined;
  tz?: string | undefined;
  agent?: readonly string[] | undefined;
  project?: readonly string[] | undefined;
  model?: readonly string[] | undefined;
}

// A few people in a few zones look at once.
const calendarsMax = 16;
/** A calendar remembers what it asked the platform, which takes as long as to count a panel. */
const calendars = new Map<string, Calendar>();

export function calendarOf(tz: string | undefined): Calendar {
  const zone = tz ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = calendars.get(zone);
  if (known) return known;
  try {
    const calendar = new Calendar(zone);
    if (calendars.size >= calendarsMax) calendars.clear();
    calendars.set(zone, calendar);
    return calendar;
  } catch {
    throw new HttpProblem(400, `tz: ${zone} is not a time zone; use an IANA name such as Europe/Berlin`);
  }
}

export function filterOf(query: FilterQuery, calendar: Calendar): Filter {
  return {
    ...spanOf(query, calendar),
    ...(query.agent ? { agents: query.agent } : {}),
    ...(query.project ? { projects: query.project } : {}),
    ...(query.model ? { models: query.model } : {}),
  };
}

/**
 * From the beginning of `since` to the end of `until`, in milliseconds since 1970.
 * @throws HttpProblem 400 where one is no date, or nothing lies between them.
 */
export function spanOf(
  query: Pick<FilterQuery, 'since' | 'until'>,
  calendar: Calendar,
): { since?: number; until?: number } {
  const since = query.since === undefined ? undefined : momentOf(query.since, calendar, 0);
  const until = query.until === undefined ? undefined : momentOf(query.until, calendar, 1);
  if (since !== undefined && until !== undefined && since >= until)
    throw new HttpProblem(400, `since: ${query.since} is not before until: ${query.until}; nothing lies between them`);
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

/** As many days before as were asked for, and of exact times as much time; `null` where the range is open. */
export function periodBefore(query: FilterQuery, calendar: Calendar): { since: number; until: number } | null {
  const { since, until } = spanOf(query, calendar);
  if (since === undefined || until === undefined) return null;
  const [first = '', last = ''] = [query.since, query.until];
  return [first, last].every((text) => text.length === dayLength)
    ? calendar.daysBefore(first, last)
    : { since: since - (until - since), until: since };
}

const dayLength = 'YYYY-MM-DD'.length;

/** Node reads 30 February as 2 March. */
const isDay = (day: string): boolean => !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);

const quarterMs = 15 * 60 * 1000;

/** A day's beginning (or, with `days` 1, its end) in the calendar's zone; an ISO time to the quarter of an hour. */
function momentOf(text: string, calendar: Calendar, days: 0 | 1): number {
  const at = Date.parse(text);
  const [, day, isTime] = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2}))?$/.exec(text) ?? [];
  if (day === undefined || Number.isNaN(at) || !isDay(day))
    throw new HttpProblem(400, `${text} is not a date; use YYYY-MM-DD, or an ISO time such as 2026-11-20T09:00:00Z`);
  if (!isTime) return calendar.startOf(plusDays(day, days));
  return (days === 0 ? Math.floor(at / quarterMs) : Math.ceil(at / quarterMs)) * quarterMs;
}
