/** Local days, weeks and months, in zones with and without clock changes. */
import { describe, expect, test } from 'vitest';
import { bucketOf } from '../plan/buckets.js';
import { Calendar, isoWeek } from './calendar.js';
import { zones } from './zones-for-tests.js';

describe('calendar', () => {
  test.each(zones)('a day starts at its first quarter of an hour: %s', (tz) => {
    const calendar = new Calendar(tz);
    const start = bucketOf(calendar.startOf('2026-03-29'));
    expect([calendar.day(start - 1), calendar.day(start)]).toEqual(['2026-03-28', '2026-03-29']);
  });

  test('a week belongs to the year of its Thursday', () => {
    expect(['2026-12-31', '2027-01-03', '2027-01-04', '2024-12-30'].map(isoWeek)).toEqual([
      '2026-W53',
      '2026-W53',
      '2027-W01',
      '2025-W01',
    ]);
  });

  test('an unknown zone is refused', () => {
    expect(() => new Calendar('Europe/Atlantis')).toThrow(RangeError);
  });
});
