/** Following logs as the file system tells of them. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeClaudeLog } from '@taffrail/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asText, Following, linesOf, patienceMs } from './following.js';

let following: Following;
beforeEach(() => {
  following = new Following();
});
afterEach(() => following.remove());

describe('F1: following logs', () => {
  it(
    'takes what is appended, and only that',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      appendFileSync(path, asText(linesOf('a', 'one', 'two').slice(2)));
      await following.until(['a 2 present']);
      expect(following.commits).toEqual([path]);
      expect(following.troubles).toEqual([]);
    },
    patienceMs,
  );

  it(
    'takes a line written in pieces when it is whole',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      const added = asText(linesOf('a', 'one', 'two').slice(2));
      for (let from = 0; from < added.length; from += 150) {
        appendFileSync(path, added.slice(from, from + 150));
        await new Promise((resolve) => setTimeout(resolve, 90));
      }
      await following.until(['a 2 present']);
      expect(await following.archive.store.queries.selectFrom('source_problems').selectAll().execute()).toEqual([]);
    },
    patienceMs,
  );

  it(
    'finds new files, also in folders made with them at the same moment',
    async () => {
      writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      for (const name of ['b', 'c', 'd']) {
        const path = join(following.home, `.claude/projects/-home-${name}/deep/er/${name}.jsonl`);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, asText(linesOf(name, 'one').map((line) => line.replaceAll('one', `one-${name}`))));
      }
      await following.until(['a 1 present', 'b 1 present', 'c 1 present', 'd 1 present']);
      appendFileSync(
        join(following.home, '.claude/projects/-home-d/deep/er/d.jsonl'),
        asText(linesOf('d', 'one', 'two').slice(2)),
      );
      await following.until(['a 1 present', 'b 1 present', 'c 1 present', 'd 2 present']);
    },
    patienceMs,
  );

  it(
    'finds the logs of an agent whose folder appears later',
    async () => {
      await following.follow();
      writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.until(['a 1 present']);
      const path = writeClaudeLog(following.home, 'b', linesOf('b', 'two'));
      await following.until(['a 1 present', 'b 1 present']);
      appendFileSync(path, asText(linesOf('b', 'two', 'three').slice(2)));
      await following.until(['a 1 present', 'b 2 present']);
    },
    patienceMs,
  );

  it(
    'marks what is deleted, and takes it back when it returns',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      const bytes = readFileSync(path);
      await following.archive.import();
      await following.follow();
      rmSync(path);
      await following.until(['a 1 deleted']);
      writeFileSync(path, bytes);
      await following.until(['a 1 present']);
    },
    patienceMs,
  );

  it(
    'keeps up with whole folders that are moved away, moved back and deleted',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      writeClaudeLog(following.home, 'keep', linesOf('keep', 'two'));
      const [project, aside] = [dirname(path), join(following.home, 'aside')];
      await following.archive.import();
      await following.follow();
      renameSync(project, aside);
      await following.until(['a 1 deleted', 'keep 1 deleted']);
      renameSync(aside, project);
      await following.until(['a 1 present', 'keep 1 present']);
      rmSync(project, { recursive: true });
      await following.until(['a 1 deleted', 'keep 1 deleted']);
    },
    patienceMs,
  );

  it(
    'goes on when the agent’s folder is deleted and made again',
    async () => {
      writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      rmSync(join(following.home, '.claude'), { recursive: true });
      await following.until(['a 1 deleted']);
      writeClaudeLog(following.home, 'a', linesOf('a', 'one', 'two'));
      await following.until(['a 2 present']);
    },
    patienceMs,
  );

  it(
    'follows a folder that is a link',
    async () => {
      const elsewhere = mkdtempSync(join(following.home, 'elsewhere-'));
      mkdirSync(join(elsewhere, 'projects'));
      symlinkSync(elsewhere, join(following.home, '.claude'));
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      appendFileSync(path, asText(linesOf('a', 'one', 'two').slice(2)));
      await following.until(['a 2 present']);
    },
    patienceMs,
  );

  it(
    'takes a file that was replaced by another of the same name',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      writeFileSync(`${path}.tmp`, asText(linesOf('a', 'one', 'two', 'three')));
      renameSync(`${path}.tmp`, path);
      await following.until(['a 3 present']);
    },
    patienceMs,
  );
});
