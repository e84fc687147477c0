/** Local calendars: which day, week or month a moment falls in, in a named time zone, across clock changes. */
import { bucketMs } from '../plan/buckets.js';

export type Period = 'day' | 'week' | 'month';

export class Calendar {
  readonly #format: Intl.DateTimeFormat;
  readonly #known = new Map<number, { day: string; hour: number }>();

  /** @throws RangeError when the zone is unknown. */
  constructor(readonly tz: string) {
    this.#format = new Intl.DateTimeFormat('en-CA', {
      timeZone: tz,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
    });
  }

  /** `YYYY-MM-DD` of a bucket. */
  day(bucket: number): string {
    return this.#at(bucket).day;
  }

  /** 0 to 23. */
  hour(bucket: number): number {
    return this.#at(bucket).hour;
  }

  key(bucket: number, period: Period): string {
    const day = this.day(bucket);
    return period === 'day' ? day : period === 'month' ? day.slice(0, 7) : isoWeek(day);
  }

  /** The first moment of a local day in milliseconds; days begin on a bucket in every zone. */
  startOf(day: string): number {
    const guess = Date.parse(`${day}T00:00:00Z`);
    // No zone is further than 14 hours from UTC.
    let bucket = Math.floor((guess - 15 * 3_600_000) / bucketMs);
    while (this.day(bucket) < day) bucket += 1;
    return bucket * bucketMs;
  }

  today(now: number): string {
    return this.day(Math.floor(now / bucketMs));
  }

  #at(bucket: number): { day: string; hour: number } {
    const known = this.#known.get(bucket);
    if (known) return known;
    const parts = this.#format.formatToParts(bucket * bucketMs);
    const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
    const local = { day: `${part('year')}-${part('month')}-${part('day')}`, hour: Number(part('hour')) };
    this.#known.set(bucket, local);
    return local;
  }
}

/** The day `count` days after `day`. */
export function plusDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}

/** 0 Monday to 6 Sunday. */
export function weekday(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** `YYYY-Www` by ISO 8601: weeks begin on Monday and belong to the year of their Thursday. */
export function isoWeek(day: string): string {
  const thursday = plusDays(day, 3 - weekday(day));
  const firstOfYear = `${thursday.slice(0, 4)}-01-01`;
  const dayOfYear = (Date.parse(`${thursday}T00:00:00Z`) - Date.parse(`${firstOfYear}T00:00:00Z`)) / 86_400_000;
  return `${thursday.slice(0, 4)}-W${String(Math.floor(dayOfYear / 7) + 1).padStart(2, '0')}`;
}
