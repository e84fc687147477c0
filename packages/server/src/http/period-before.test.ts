/** The period that a summary compares with, as it is asked for. */
import { describe, expect, it } from 'vitest';
import { calendarOf, periodBefore } from './parameters.js';

const before = (since: string, until: string | undefined, tz: string) => {
  const period = periodBefore({ since, until }, calendarOf(tz));
  return period && [new Date(period.since).toISOString(), new Date(period.until).toISOString()];
};

describe('the period before', () => {
  it('F5: is as many local days where days are asked for, also over a clock change', () => {
    expect(before('2026-03-29', '2026-03-29', 'Europe/Berlin')).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
    ]);
    expect(before('2026-04-05', '2026-04-06', 'America/Santiago')).toEqual([
      '2026-04-03T03:00:00.000Z',
      '2026-04-05T04:00:00.000Z',
    ]);
  });

  it('F5: is as long where exact times are asked for', () => {
    expect(before('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-28T00:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
    ]);
    expect(before('2026-03-29', '2026-03-29T22:00:00Z', 'Europe/Berlin')?.[0]).toBe('2026-03-28T00:00:00.000Z');
  });

  it('F5: there is none before a range that is open', () => {
    expect(before('2026-03-29', undefined, 'Europe/Berlin')).toBeNull();
  });
});
