/** The writer's order, whatever comes in between and whatever is lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptySession, foldRows, type NewRow } from '@taffrail/session';
import { openSqlite, readRows, type Store } from '@taffrail/store';
import { randomSeed } from '@taffrail/testing';
import type { Item, Row } from '@taffrail/wire';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { LogWriter, StaleWriterError, type WriterSession } from './writer.js';

const seed = randomSeed();
const folder = mkdtempSync(join(tmpdir(), 'taffrail-writer-'));
const store = openSqlite({ path: join(folder, 'taffrail.db'), now: Date.now });
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const place = { at: 1, turnId: 't', step: 0 };
const item = (text: string, streaming?: true): Item => ({
  type: 'message',
  role: 'assistant',
  author: 'model',
  text,
  ...(streaming ? { streaming } : {}),
});
const opening = (key: string): NewRow => ({ ...place, key, kind: 'item.recorded', data: item('', true) });
const closing = (key: string, text: string): NewRow => ({ ...place, key, kind: 'item.recorded', data: item(text) });
const described = (title: string): NewRow => ({ key: `d:${title}`, at: 1, kind: 'session.described', data: { title } });

let count = 0;
async function newSession(): Promise<WriterSession & { failures: unknown[] }> {
  count += 1;
  const sessionId = `session-${count}`;
  const append = { sessionId, agent: 'taffrail', origin: 'live', mappingVersion: 0, rows: [described('new')] } as const;
  await store.commit({ appends: [append], index: 'now' });
  const failures: unknown[] = [];
  const runGen = await store.takeOver(sessionId);
  return { sessionId, runGen, takeIn: async () => undefined, failed: (error) => failures.push(error), failures };
}

const writerOver = (commit: Store['commit']) =>
  new LogWriter({ store: { commit }, now: Date.now, changed: () => undefined });

async function rowsOf({ sessionId }: WriterSession): Promise<Row[]> {
  const { num = 0 } = (await store.place(sessionId)) ?? {};
  return readRows(store.queries, num, 0, 100_000);
}

async function textsOf(session: WriterSession): Promise<string[]> {
  const state = foldRows(emptySession, await rowsOf(session));
  return [...state.items.values()].map(({ item }) => item.text);
}

type Act = { session: number; part: number; act: 'write' | 'close' | 'append' | 'pause'; size: number };
const actsOf = (sessions: number) =>
  fc.array(
    fc.record<Act>({
      session: fc.nat(sessions - 1),
      part: fc.nat(2),
      act: fc.constantFrom('write', 'write', 'write', 'write', 'close', 'append', 'pause', 'pause', 'pause'),
      size: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(3_000)),
    }),
    { minLength: 1, maxLength: 60, size: 'max' },
  );

/** One part as its author knows it. */
class Part {
  text = '';
  isOpen = false;
  isClosed = false;
  constructor(readonly key: string) {}
}

/** Carries the acts out, waiting for none that did not ask for it; returns what each session ought to say. */
async function carryOut(writer: LogWriter, sessions: readonly WriterSession[], what: readonly Act[]) {
  const parts = sessions.map(() => [0, 1, 2].map((at) => new Part(`part-${at}`)));
  const order = sessions.map((): Part[] => []);
  const appended: Promise<unknown>[] = [];
  const append = (session: number, rows: NewRow[]) => {
    const writing = sessions[session] as WriterSession;
    appended.push(writer.append(writing, rows).catch(() => undefined));
  };
  const opened = (session: number, part: Part) => {
    if (part.isOpen) return;
    part.isOpen = true;
    order[session]?.push(part);
    append(session, [opening(part.key)]);
  };
  const kinds: Record<Act['act'], (session: number, part: Part, size: number) => unknown> = {
    write: (session, part, size) => {
      if (part.isClosed) return;
      opened(session, part);
      const text = `${part.text.length}`.padEnd(size, '.');
      const to = { partId: part.key, turnId: 't', step: 0 };
      writer.text(sessions[session] as WriterSession, to, part.text.length, text);
      part.text += text;
    },
    close: (session, part) => {
      if (!part.isOpen || part.isClosed) return;
      part.isClosed = true;
      append(session, [closing(part.key, part.text)]);
    },
    append: (session, _part, size) => append(session, [described(`title ${size}`)]),
    pause: (_session, _part, size) => sleep(size % 13),
  };
  for (const { session, part, act, size } of what) await kinds[act](session, parts[session]?.[part] as Part, size);
  await writer.settled();
  await Promise.all(appended);
  return order;
}

it(`H1: however text and rows of several sessions come, each log says what its writer said (seed ${seed})`, async () => {
  const property = fc.asyncProperty(actsOf(3), async (what) => {
    const sessions = [await newSession(), await newSession(), await newSession()];
    const said = await carryOut(
      writerOver((batch) => store.commit(batch)),
      sessions,
      what,
    );
    for (const [at, session] of sessions.entries()) {
      expect(await textsOf(session)).toEqual(said[at]?.map(({ text }) => text));
      expect(session.failures).toEqual([]);
      const rows = await rowsOf(session);
      const closed = said[at]?.flatMap(({ key, isClosed }) => (isClosed ? [key] : []));
      // What comes after the whole would be kept for ever.
      expect(rows.filter((row) => row.kind === 'text.appended' && closed?.includes(row.partId ?? ''))).toEqual([]);
    }
  });
  await fc.assert(property, { seed, numRuns: 15 });
}, 60_000);

it(`H1: where commits fail, a text is cut off but never has a hole (seed ${seed})`, async () => {
  const property = fc.asyncProperty(actsOf(1), fc.infiniteStream(fc.nat(2)), async (what, luck) => {
    const session = await newSession();
    const commit: Store['commit'] = async (batch) => {
      if (luck.next().value === 0) throw new Error('database or disk is full');
      return store.commit(batch);
    };
    const said = await carryOut(writerOver(commit), [session], what);
    const whole = said.flat().map(({ text }) => text);
    // The fold refuses a log with a hole.
    for (const text of await textsOf(session)) expect(whole.some((one) => one.startsWith(text))).toBe(true);
  });
  await fc.assert(property, { seed, numRuns: 60 });
}, 60_000);

it('H5: of two writers of a session only the latter is heard, also in one commit', async () => {
  const old = await newSession();
  const next = { ...old, runGen: await store.takeOver(old.sessionId), failures: [] };
  const writer = writerOver((batch) => store.commit(batch));
  const [first, second] = await Promise.allSettled([
    writer.append(old, [closing('old', 'from the dead')]),
    writer.append(next, [closing('next', 'from the living')]),
  ]);
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  expect(old.failures).toEqual([expect.any(StaleWriterError)]);
  expect(await textsOf(old)).toEqual(['from the living']);
});

it('C-beyond: the first text is stored at once, and more of it in few commits', async () => {
  let commits = 0;
  const session = await newSession();
  const writer = writerOver((batch) => {
    commits += 1;
    return store.commit(batch);
  });
  await writer.append(session, [opening('part')]);
  await sleep(60);
  for (let offset = 0; offset < 100; offset += 1) {
    writer.text(session, { partId: 'part', turnId: 't', step: 0 }, offset, 'x');
    await sleep(1);
  }
  await writer.settled();
  expect(await textsOf(session)).toEqual(['x'.repeat(100)]);
  expect(commits).toBeLessThan(60);
});
