/** Logs as they grow, in pieces, in any order, with lines told twice: the archive holds what it would hold at once. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Archive, contentOf, descriptionsOf, emptyArchive, headsOf, type SessionContent } from './archive-of.js';
import { fixtures, layOut } from './fixture-homes.js';

const seed = randomSeed();
const patienceMs = 120_000;

let whole: Archive;
/** Every lines file of the fixtures, by its path below the home. */
let logs: { path: string; bytes: Buffer }[];

beforeAll(async () => {
  whole = emptyArchive();
  for (const fixture of fixtures) layOut(fixture, whole.home);
  logs = readdirSync(whole.home, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jsonl'))
    .sort()
    .map((path) => ({ path, bytes: readFileSync(join(whole.home, path)) }));
  await whole.import();
}, patienceMs);
afterAll(() => whole.remove());

let archive: Archive;
beforeEach(() => {
  archive = emptyArchive();
});
afterEach(() => archive.remove());

/** Everything but the lines files: databases, documents, and what stands beside the logs. */
function layOutOthers(): void {
  for (const fixture of fixtures) layOut(fixture, archive.home);
  for (const { path } of logs) rmSync(join(archive.home, path));
}

function put(path: string, bytes: Buffer | string): void {
  const target = join(archive.home, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes);
}

/** The oldest fork of Codex tells its requests by a running total alone, which goes back where its lines are told again. */
const byTotalsAlone = (path: string): boolean => path.includes('01a1f82f-b7d8-7d93-9f97-19658caa237a');

const linesOf = (bytes: Buffer): string[] => bytes.toString().trimEnd().split('\n');
const usageIn = (content: Record<string, SessionContent>) =>
  Object.fromEntries(
    Object.entries(content).map(([id, { totals, requests }]) => [id, totals && { ...totals, requests, last: null }]),
  );

/** What lists say of sessions, but for when they began: a record told in two files stands at the time that came first. */
const described = async ({ store }: Archive) =>
  (await descriptionsOf(store)).map(({ created_at: _began, ...session }) => session);

describe('F1: growing logs', () => {
  it(
    `cut anywhere, read after each piece, hold the same (seed ${seed})`,
    async () => {
      layOutOthers();
      const rounds = 12;
      const dice = fc.sample(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: rounds, maxLength: rounds }),
        { seed, numRuns: logs.length },
      );
      const done = logs.map(() => 0);
      for (let round = 0; round < rounds; round += 1) {
        for (const [index, { path, bytes }] of logs.entries()) {
          const to = round === rounds - 1 ? bytes.length : Math.round((dice[index]?.sort()[round] ?? 1) * bytes.length);
          const piece = bytes.subarray(done[index], Math.max(to, done[index] ?? 0));
          mkdirSync(dirname(join(archive.home, path)), { recursive: true });
          appendFileSync(join(archive.home, path), piece);
          done[index] = (done[index] ?? 0) + piece.length;
        }
        await archive.import();
      }
      expect(await contentOf(archive.store)).toEqual(await contentOf(whole.store));
      expect(await archive.store.queries.selectFrom('source_problems').selectAll().execute()).toEqual([]);
    },
    patienceMs,
  );

  it(
    `in any order of files hold the same (seed ${seed})`,
    async () => {
      for (const fixture of fixtures) layOut(fixture, archive.home);
      const paths = readdirSync(archive.home, { recursive: true, encoding: 'utf8' }).sort();
      const times = fc.sample(fc.integer({ min: 1_000_000_000, max: 1_700_000_000 }), { seed, numRuns: paths.length });
      for (const [index, path] of paths.entries())
        utimesSync(join(archive.home, path), times[index] ?? 0, times[index] ?? 0);
      await archive.import();
      expect(await contentOf(archive.store)).toEqual(await contentOf(whole.store));
      expect(await described(archive)).toEqual(await described(whole));
    },
    patienceMs,
  );

  it(
    'with each line told twice hold the same',
    async () => {
      layOutOthers();
      for (const { path, bytes } of logs) put(path, [...linesOf(bytes).flatMap((line) => [line, line]), ''].join('\n'));
      await archive.import();
      expect(usageIn(await contentOf(archive.store))).toEqual(usageIn(await contentOf(whole.store)));
    },
    patienceMs,
  );

  it(
    'told from their beginning once more at their end hold the same',
    async () => {
      layOutOthers();
      for (const { path, bytes } of logs)
        put(path, byTotalsAlone(path) ? bytes : [...linesOf(bytes), ...linesOf(bytes), ''].join('\n'));
      await archive.import();
      expect(usageIn(await contentOf(archive.store))).toEqual(usageIn(await contentOf(whole.store)));
    },
    patienceMs,
  );

  it(
    `with their lines in another order count the same (seed ${seed})`,
    async () => {
      layOutOthers();
      for (const [index, { path, bytes }] of logs.entries()) {
        const [first = '', ...rest] = linesOf(bytes);
        const [shuffled = []] = fc.sample(fc.shuffledSubarray(rest, { minLength: rest.length }), {
          seed: seed + index,
          numRuns: 1,
        });
        put(path, byTotalsAlone(path) ? bytes : [first, ...shuffled, ''].join('\n'));
      }
      await archive.import();
      const total = (content: Record<string, SessionContent>) =>
        Object.values(content).reduce((sum, { totals }) => sum + (totals?.outputTokens ?? 0), 0);
      expect(total(await contentOf(archive.store))).toBe(total(await contentOf(whole.store)));
    },
    patienceMs,
  );

  it(
    'read again from their beginning change nothing',
    async () => {
      for (const fixture of fixtures) layOut(fixture, archive.home);
      await archive.import();
      const before = [await headsOf(archive.store), await descriptionsOf(archive.store)];
      for (const { path, bytes } of logs) put(path, bytes);
      expect(await archive.import()).toMatchObject({ files: logs.length, sessions: 0, requests: 0, problems: [] });
      expect([await headsOf(archive.store), await descriptionsOf(archive.store)]).toEqual(before);
    },
    patienceMs,
  );

  it(
    'that lie in two folders are one',
    async () => {
      for (const fixture of fixtures) layOut(fixture, archive.home);
      await archive.import();
      const before = await headsOf(archive.store);
      for (const { path, bytes } of logs.filter((log) => log.path.startsWith('.claude')))
        put(join('.config/claude', relative('.claude', path)), bytes);
      expect(await archive.import()).toMatchObject({ sessions: 0, requests: 0 });
      expect(await headsOf(archive.store)).toEqual(before);
    },
    patienceMs,
  );
});
