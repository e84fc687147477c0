/** Local calendars: which day, week or month a moment falls in, in a named time zone, across clock changes. */
import { bucketMs } from '../plan/buckets.js';

export type Period = 'day' | 'week' | 'month';

const dayMs = 86_400_000;
// Clocks change at most once within so many buckets (six hours), so that equal offsets at both ends hold in between.
const blockBuckets = 24;

export class Calendar {
  readonly #offsetAt: (at: number) => number;
  /** Local time minus UTC in milliseconds, at the beginning of a block. */
  readonly #offsets = new Map<number, number>();
  readonly #days = new Map<number, string>();
  readonly #tz: string | undefined;

  /**
   * Without a zone: the system's own.
   * @throws RangeError when the zone is unknown.
   */
  constructor(tz?: string) {
    this.#tz = tz;
    this.#offsetAt = tz === undefined ? systemOffsetAt : offsetsIn(tz);
  }

  get tz(): string {
    return this.#tz ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  /** `YYYY-MM-DD` of a bucket. */
  day(bucket: number): string {
    const day = Math.floor(this.#localMs(bucket) / dayMs);
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const text = dayName(day);
    this.#days.set(day, text);
    return text;
  }

  /** 0 to 23. */
  hour(bucket: number): number {
    return new Date(this.#localMs(bucket)).getUTCHours();
  }

  /** The first moment of a local day in milliseconds; days begin on a bucket in every zone. */
  startOf(day: string): number {
    const guess = Date.parse(`${day}T00:00:00Z`);
    // No zone is further than 14 hours from UTC.
    let bucket = Math.floor((guess - 15 * 3_600_000) / bucketMs);
    while (this.day(bucket) < day) bucket += 1;
    return bucket * bucketMs;
  }

  /** As many local days as from `first` to `last`, both among them, up to `first`: also where clocks change in between. */
  daysBefore(first: string, last: string): { since: number; until: number } {
    const count = (Date.parse(last) - Date.parse(first)) / dayMs + 1;
    return { since: this.startOf(plusDays(first, -count)), until: this.startOf(first) };
  }

  today(now: number): string {
    return this.day(Math.floor(now / bucketMs));
  }

  /** How far the local clock is from UTC, for every bucket from `first` to `last`: each holds from its bucket on. */
  offsets(first: number, last: number): { from: number; offsetMs: number }[] {
    const offsets = [{ from: first, offsetMs: this.#offsetOf(first) }];
    for (let block = Math.floor(first / blockBuckets); block * blockBuckets <= last; block += 1) {
      if (this.#offsetOfBlock(block) === this.#offsetOfBlock(block + 1)) continue;
      for (let bucket = Math.max(first, block * blockBuckets); bucket <= (block + 1) * blockBuckets; bucket += 1) {
        const offsetMs = this.#offsetOf(bucket);
        if (offsetMs !== offsets.at(-1)?.offsetMs) offsets.push({ from: bucket, offsetMs });
      }
    }
    return offsets;
  }

  /** The local clock read as if it were UTC. */
  #localMs(bucket: number): number {
    return bucket * bucketMs + this.#offsetOf(bucket);
  }

  #offsetOf(bucket: number): number {
    const block = Math.floor(bucket / blockBuckets);
    const offset = this.#offsetOfBlock(block);
    const settled = offset === this.#offsetOfBlock(block + 1);
    return settled ? offset : this.#offsetAt(bucket * bucketMs);
  }

  #offsetOfBlock(block: number): number {
    const known = this.#offsets.get(block);
    if (known !== undefined) return known;
    const offset = this.#offsetAt(block * blockBuckets * bucketMs);
    this.#offsets.set(block, offset);
    return offset;
  }
}

/** The system's clock knows its own offset; asking the platform's formats takes ten times as long to begin with. */
function systemOffsetAt(at: number): number {
  return -new Date(at).getTimezoneOffset() * 60_000;
}

function offsetsIn(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at;
  };
}

/** `YYYY-MM-DD` of a number of days since 1970. */
export function dayName(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** The day, week or month that a day belongs to, by its name. */
export function periodOf(day: string, period: Period): string {
  return period === 'day' ? day : period === 'month' ? day.slice(0, 7) : isoWeek(day);
}

/** The first day of the week or month that a day belongs to. */
export function firstDayOf(day: string, period: Period): string {
  if (period === 'day') return day;
  return period === 'month' ? `${day.slice(0, 7)}-01` : plusDays(day, -weekday(day));
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
