/** Plays a schedule with a writer and its readers, and says what is wrong with what they see. */
import { isDeepStrictEqual } from 'node:util';
import { viewOf } from '@taffrail/client';
import type { Log } from '@taffrail/server';
import { emptySession, type SessionState } from '@taffrail/session';
import { itemPage, type Store } from '@taffrail/store';
import { Reader, type Variant } from './stream-reader.js';
import { clientCount, type Moment } from './stream-schedule.js';
import { Writer } from './stream-writer.js';

// Smaller than in the product, so that short logs are read in many pieces, and their texts are cut.
const frameLimits = { rows: 4, characters: 60 };
const pieceBytes = 220;
const textBytes = 4;
const pageItems = 3;
const momentMs = 300;
const stallMs = 6_000;
const waitsMs = [stallMs, 31_000];

let sessionsMade = 0;

/**
 * Plays the schedule as a session of its own.
 * @throws Error where a client shows what was never so, or ends otherwise than the whole log.
 */
export async function play(store: Store, moments: readonly Moment[], variant: Variant): Promise<void> {
  sessionsMade += 1;
  const clock = { now: 0 };
  const writer = new Writer(store, `session-${sessionsMade}`);
  await writer.begin();
  const readers = Array.from({ length: clientCount }, () => newReader(store, writer, clock, variant));
  for (const { write, some, fates } of moments) {
    const isLonger = await writer.write(write, some);
    clock.now += fates.includes('sleep') ? stallMs : momentMs;
    for (const [index, reader] of readers.entries()) {
      if (isLonger) reader.wake();
      const { log } = reader.state;
      await reader.meet(fates[index] ?? 'wait', some);
      if (reader.state.log !== log && !variant.isJudgedAtEnd) compare(reader, writer);
    }
  }
  for (const reader of readers) await end(reader, writer, clock, variant);
}

function newReader(store: Store, writer: Writer, clock: { now: number }, variant: Variant): Reader {
  const log: Log = {
    place: (id) => store.place(id),
    bytesAfter: (num, after, most) => store.bytesAfter(num, after, most),
    snapshot: (id, { items }) => store.snapshot(id, { items, bytes: pieceBytes }),
    itemsBefore: (num, place, { items }) => store.itemsBefore(num, place, { items, bytes: pieceBytes }),
    textAfter: (num, cut, offset) => store.textAfter(num, cut, offset, textBytes),
    rowsAfter: (num, after) => store.rowsAfter(num, after, frameLimits),
  };
  return new Reader({
    sessionId: writer.sessionId,
    log: variant.log?.(log, writer) ?? log,
    page: (before) => itemPage(store.queries, { num: writer.num, before, limit: pageItems, total: 0 }),
    now: () => clock.now,
    variant,
  });
}

/**
 * Connected, everything on its way arrives; a heartbeat after a stall shows what was lost. A question whose answer was
 * taken for another's is asked again, with more patience.
 */
async function end(reader: Reader, writer: Writer, clock: { now: number }, variant: Variant): Promise<void> {
  await reader.connect();
  await reader.settle();
  for (const waitMs of waitsMs) {
    clock.now += waitMs;
    await reader.beat();
    await reader.give({ type: 'tick' });
    await reader.settle();
    if (viewOf(reader.state).phase === 'live') break;
  }
  const { phase, session, itemCount } = viewOf(reader.state);
  const { truth } = writer;
  same('the phase at the end', phase, 'live');
  same('the head at the end', session.head, truth.head);
  same('the number of items', itemCount, truth.items.size);
  compare(reader, writer);
  same(
    'the sum at the end',
    variant.total?.(reader) ?? session.totals?.inputTokens ?? 0,
    truth.totals?.inputTokens ?? 0,
  );
  for (let left = itemCount; left > 0 && viewOf(reader.state).older.count > 0; left -= 1) {
    await reader.give({ type: 'older' });
    await reader.settle();
  }
  same('all items at the end', itemsOf(viewOf(reader.state).session), itemsOf(truth));
}

const itemsOf = ({ items }: SessionState) => [...items.values()];

/** What a client shows is what was so at its cursor; text that was folded meanwhile may still be missing its end. */
function compare({ state: { log }, windowFrom }: Reader, writer: Writer): void {
  const shown = log?.session ?? emptySession;
  const truth = log ? writer.truthAt(log.epoch, shown.head) : emptySession;
  same('the state', standing(shown), standing(truth));
  // Older items come by page, of another moment.
  const recent = ({ seq }: { seq: number }) => seq >= windowFrom;
  const [here, there] = [itemsOf(shown).filter(recent), itemsOf(truth).filter(recent)];
  const names = (items: typeof here) => items.map(({ id, seq }) => `${id} at ${seq}`);
  same('the items', names(here), names(there));
  for (const [index, { id, item }] of here.entries()) {
    const real = there[index]?.item.text ?? '';
    const isBeginning =
      real.startsWith(item.text) && (item.text === real || 'streaming' in item || log?.rest.cut?.id === id);
    if (!isBeginning) throw new Error(`${id} reads “${item.text}” where it was “${real}”`);
  }
}

/** Everything but the items, and what a snapshot does not tell. */
function standing(session: SessionState) {
  const { head, status, description, turns, totals, queue, permissions, waiting, openSpans, discarded } = session;
  return { head, status, description, turns, totals, queue, permissions, waiting, openSpans, discarded };
}

function same(what: string, one: unknown, other: unknown): void {
  if (isDeepStrictEqual(one, other)) return;
  throw new Error(`${what}: ${written(one)} where it is ${written(other)}`);
}

function written(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? [...each] : each));
}
