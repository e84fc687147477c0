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

  test.each([
    ['UTC', '2026-03-20T00:00Z', '2026-03-27T00:00Z'],
    // The clocks change on the last day that is asked for, or on one of those before.
    ['Europe/Berlin', '2026-03-19T23:00Z', '2026-03-26T23:00Z'],
    ['Asia/Kolkata', '2026-03-19T18:30Z', '2026-03-26T18:30Z'],
    ['Asia/Beirut', '2026-03-19T22:00Z', '2026-03-26T22:00Z'],
  ])('F5: the days before are local days: %s', (tz, since, until) => {
    const before = new Calendar(tz).daysBefore('2026-03-27', '2026-04-02');
    expect(before).toEqual({ since: Date.parse(since), until: Date.parse(until) });
  });

  test.each([
    ['Africa/Cairo', '2026-04-25', '2026-04-23T22:00Z', '2026-04-24T21:00Z'],
    ['America/Santiago', '2026-09-07', '2026-09-06T04:00Z', '2026-09-07T03:00Z'],
    ['America/Santiago', '2026-04-05', '2026-04-04T03:00Z', '2026-04-05T04:00Z'],
  ])('F5: the day before is whole where clocks change at midnight: %s %s', (tz, day, since, until) => {
    const before = new Calendar(tz).daysBefore(day, day);
    expect(before).toEqual({ since: Date.parse(since), until: Date.parse(until) });
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
