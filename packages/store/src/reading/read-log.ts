/**
 * A session's spans as far as its log was read. A page is told when all of it is certain, and a turn is certain only when
 * it is over: of one with thousands of calls the rest is not read for the first of them, but asked what it still says of
 * these.
 */
import { SpanLog } from '@taffrail/session';
import type { TraceSpan } from '@taffrail/wire';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables.js';
import { lastItemAt, rowsAhead, traceRows } from './trace-rows.js';

export interface Stretch {
  spans: TraceSpan[];
  /** Where the next page begins; `null` when there is none. */
  next: number | null;
}

interface Wanted {
  start: number;
  limit: number;
  /** The last row of the log. */
  head: number;
  /** Only what belongs to this turn. */
  turnId: string | undefined;
}

/** The places of a page's spans. */
interface Places {
  indexes: number[];
  next: number | null;
  /** All of them are there, however the log goes on. */
  isFull: boolean;
}

// What is open at the end of a page mostly ends soon after it.
const piecesBeyondMax = 1;

export class ReadLog {
  readonly epoch: number;
  readonly #queries: Kysely<Tables>;
  readonly #num: number;
  readonly #spans: SpanLog;
  readonly #rowsPerRead: number;
  #readTo = 0;
  /** One reading after the other: each goes on where the one before has stopped. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(
    queries: Kysely<Tables>,
    { id, num, epoch }: { id: string; num: number; epoch: number },
    rowsPerRead: number,
  ) {
    this.#queries = queries;
    this.#num = num;
    this.epoch = epoch;
    this.#spans = new SpanLog(id);
    this.#rowsPerRead = rowsPerRead;
  }

  get length(): number {
    return this.#spans.length;
  }

  read(wanted: Wanted): Promise<Stretch> {
    const result = this.#reading.then(() => this.#stretch(wanted));
    this.#reading = result.catch(() => undefined);
    return result;
  }

  async #stretch(wanted: Wanted): Promise<Stretch> {
    await this.#readFor(wanted);
    const places = this.#places(wanted);
    const isAll = this.#readTo >= wanted.head;
    const spans =
      isAll || this.#isSettled(places)
        ? places.indexes.flatMap((index) => this.#spans.slice(index, index + 1, isAll))
        : await this.#ahead(places, wanted.head);
    if (spans) return { spans, next: places.next };
    await this.#readOn(wanted.head, () => false);
    return this.#stretch(wanted);
  }

  async #readFor(wanted: Wanted): Promise<void> {
    let piecesBeyond = 0;
    await this.#readOn(wanted.head, () => {
      const places = this.#places(wanted);
      if (!places.isFull) return false;
      piecesBeyond += 1;
      return piecesBeyond > piecesBeyondMax || this.#isSettled(places);
    });
  }

  async #readOn(head: number, isEnough: () => boolean): Promise<void> {
    if (this.#readTo >= head || isEnough()) return;
    for await (const rows of traceRows(this.#queries, this.#num, this.#spans.head, this.#rowsPerRead)) {
      for (const row of rows) this.#spans.take(row);
      this.#readTo = this.#spans.head;
      if (isEnough()) return;
    }
    // Rows that tell a trace nothing may stand at the end.
    this.#readTo = Math.max(this.#readTo, head);
  }

  /** With one more than the page holds it is known where the next begins. */
  #places({ start, limit, head, turnId }: Wanted): Places {
    const { length } = this.#spans;
    const indexes: number[] = [];
    for (let index = start; index < length; index += 1) {
      if (this.#spans.isGone(index) || (turnId !== undefined && !this.#spans.isOf(index, turnId))) continue;
      if (indexes.length === limit) return { indexes, next: index, isFull: true };
      indexes.push(index);
    }
    const isFull = this.#readTo >= head || (turnId !== undefined && this.#spans.isOver(turnId));
    return { indexes, next: isFull ? null : length, isFull };
  }

  #isSettled({ indexes }: Places): boolean {
    return indexes.every((index) => this.#spans.isSettled(index));
  }

  /** The page with what the rest of the log says of it; `null` where all of it must be read for that. */
  async #ahead({ indexes }: Places, head: number): Promise<TraceSpan[] | null> {
    const ends = this.#spans.openEnds(indexes);
    if (!ends) return null;
    const ahead = this.#spans.copy(indexes);
    for await (const rows of rowsAhead(this.#queries, this.#num, { ...ends, end: head })) {
      for (const row of rows) ahead.take(row);
    }
    if (ahead.hasStepless(ends.turns.keys())) return null;
    for (const turnId of ahead.endless(ends.turns.keys())) {
      const at = await lastItemAt(this.#queries, this.#num, turnId);
      if (at !== null) ahead.lasts(turnId, at);
    }
    return ahead.slice(0, indexes.length, true);
  }
}
