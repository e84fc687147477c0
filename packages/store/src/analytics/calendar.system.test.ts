/** Local days and hours are those that the platform gives, quarter of an hour by quarter of an hour. */
import { afterEach, expect, test, vi } from 'vitest';
import { bucketOf } from '../plan/buckets.js';
import { Calendar } from './calendar.js';
import { zones } from './zones-for-tests.js';

/** The same question asked of the platform for every single bucket. */
function asked(tz: string, bucket: number): { day: string; hour: number } {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: tz, dateStyle: 'short', timeStyle: 'short' });
  const [day = '', time = ''] = format.format(bucket * 15 * 60_000).split(' ');
  return { day, hour: Number(time.slice(0, 2)) };
}

afterEach(() => vi.unstubAllEnvs());

test.each(zones)('every quarter of an hour falls on the day and hour that the platform gives it: %s', (tz) => {
  const calendar = new Calendar(tz);
  // Weeks around the clock changes of both hemispheres, and the day that Samoa skipped.
  const weeks = ['2011-12-28', '2026-03-06', '2026-03-27', '2026-04-03', '2026-10-02', '2026-10-23', '2026-10-30'];
  const buckets = weeks.flatMap((day) => Array.from({ length: 4 * 96 }, (_, n) => bucketOf(Date.parse(day)) + n));
  const ours = buckets.map((bucket) => ({ day: calendar.day(bucket), hour: calendar.hour(bucket) }));
  expect(ours).toEqual(buckets.map((bucket) => asked(tz, bucket)));
});

test.each(zones)('without a zone it is the system’s, to the same quarter of an hour: %s', (tz) => {
  vi.stubEnv('TZ', tz);
  const [system, named] = [new Calendar(), new Calendar(tz)];
  const buckets = Array.from({ length: 366 * 96 }, (_, n) => bucketOf(Date.parse('2026-01-01')) + n);
  expect(buckets.filter((bucket) => system.day(bucket) !== named.day(bucket))).toEqual([]);
  expect(buckets.filter((bucket) => system.hour(bucket) !== named.hour(bucket))).toEqual([]);
});
