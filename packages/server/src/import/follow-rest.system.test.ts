/** Following logs at rest: nothing is done while nothing happens, and little for a busy database. */
import { appendFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeClaudeLog } from '@taffrail/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAt } from './fingerprint.js';
import { fixtures, layOut } from './fixture-homes.js';
import { asText, eventually, Following, linesOf, patienceMs } from './following.js';

let following: Following;
beforeEach(() => {
  following = new Following();
});
afterEach(() => following.remove());

describe('F1: following at rest', () => {
  it(
    'asks for no work and writes nothing while nothing happens',
    async () => {
      for (const fixture of fixtures.slice(0, 8)) layOut(fixture, following.home);
      await following.archive.import();
      await following.follow();
      const [version, before] = [following.archive.store.dataVersion(), following.tasks];
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(following.tasks).toBe(before);
      expect(following.commits).toEqual([]);
      expect(following.archive.store.dataVersion()).toBe(version);
    },
    patienceMs,
  );

  it(
    'is not woken by what is no log, nor by a log that was only looked at',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      for (let index = 0; index < 20; index += 1) {
        writeFileSync(join(dirname(path), `noise-${index}.tmp`), 'noise');
        rmSync(join(dirname(path), `noise-${index}.tmp`));
        readFileSync(path);
      }
      await following.rest();
      expect(following.commits).toEqual([]);
    },
    patienceMs,
  );

  it(
    'is not woken by the files beside a database',
    async () => {
      const fixture = fixtures.find(({ name }) => name === 'opencode/1.18.33/plain');
      expect(fixture).toBeDefined();
      layOut(fixture as (typeof fixtures)[number], following.home);
      await following.archive.import();
      const database = join(following.home, '.local/share/opencode/opencode-plain.db');
      await following.follow();
      for (const noise of ['-shm', '-wal', '-journal']) {
        writeFileSync(`${database}${noise}`, '');
        appendFileSync(`${database}${noise}`, noise === '-wal' ? '' : 'noise');
        rmSync(`${database}${noise}`);
      }
      await following.rest();
      expect(following.commits).toEqual([]);
      cpSync(database, `${database}.copy`);
      renameSync(`${database}.copy`, database);
      await eventually(async () => following.commits.length > 0);
      await following.rest();
      expect(following.commits).toEqual([database]);
      expect(following.troubles).toEqual([]);
    },
    patienceMs,
  );

  it(
    'a busy database does not hold up the other logs',
    async () => {
      const fixture = fixtures.find(({ name }) => name === 'opencode/1.18.33/plain');
      layOut(fixture as (typeof fixtures)[number], following.home);
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      const sessions = (await following.sessions()).filter((line) => !line.startsWith('a '));
      await following.follow({ databaseIntervalMs: 600_000 });
      const database = join(following.home, '.local/share/opencode/opencode-plain.db');
      const replace = () => {
        cpSync(database, `${database}.copy`);
        renameSync(`${database}.copy`, database);
      };
      replace();
      await eventually(async () => following.commits.length > 0);
      replace();
      await following.rest();
      appendFileSync(path, asText(linesOf('a', 'one', 'two').slice(2)));
      await following.until(['a 2 present', ...sessions]);
      expect(following.commits).toEqual([database, path]);
    },
    patienceMs,
  );

  it(
    'reads a busy database once more when it has rested',
    async () => {
      const fixture = fixtures.find(({ name }) => name === 'opencode/1.18.33/plain');
      layOut(fixture as (typeof fixtures)[number], following.home);
      await following.archive.import();
      await following.follow({ databaseIntervalMs: 1_500 });
      const database = join(following.home, '.local/share/opencode/opencode-plain.db');
      for (let times = 1; times <= 5; times += 1) {
        cpSync(database, `${database}.copy`);
        renameSync(`${database}.copy`, database);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await eventually(async () => isRead(database));
      expect(await isRead(database)).toBe(true);
    },
    patienceMs,
  );
});

/** Whether the archive holds the file as it is now. */
async function isRead(path: string): Promise<boolean> {
  const { fingerprint } = await following.archive.store.queries
    .selectFrom('sources')
    .select('fingerprint')
    .where('path', '=', path)
    .executeTakeFirstOrThrow();
  return fingerprint === lookAt(path)?.fingerprint;
}
