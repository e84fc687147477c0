/** Following logs where a change is easily missed: before the first look, in a flood, behind links, past limits. */
import { appendFileSync, closeSync, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeClaudeLog } from '@taffrail/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asText, Following, linesOf, patienceMs } from './following.js';
import { hearTree } from './hear-tree.js';

let following: Following;
beforeEach(() => {
  following = new Following();
});
afterEach(() => following.remove());

describe('F1: what is easily missed', () => {
  it(
    'finds what was written between the import and the following',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      writeClaudeLog(following.home, 'c', linesOf('c', 'four'));
      await following.archive.import();
      appendFileSync(path, asText(linesOf('a', 'one', 'two').slice(2)));
      writeClaudeLog(following.home, 'b', linesOf('b', 'three'));
      rmSync(join(dirname(path), 'c.jsonl'));
      await following.begin();
      await following.until(['a 2 present', 'b 1 present', 'c 1 deleted']);
      expect(following.commits.sort()).toEqual([path, join(dirname(path), 'b.jsonl')]);
    },
    patienceMs,
  );

  it(
    'finds what the system had no room left to tell of',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      // Two files in turn: the same event twice in a row would be one. Nobody hears meanwhile.
      const noise = ['one.txt', 'two.txt'].map((name) => openSync(join(dirname(path), name), 'w'));
      for (let round = 0; round < 10_000; round += 1) for (const fd of noise) writeSync(fd, 'noise');
      for (const fd of noise) closeSync(fd);
      const late = join(following.home, '.claude/projects/-home-late/late.jsonl');
      mkdirSync(dirname(late));
      writeFileSync(late, asText(linesOf('late', 'two')));
      await following.until(['a 1 present', 'late 1 present']);
      appendFileSync(late, asText(linesOf('late', 'two', 'three').slice(2)));
      await following.until(['a 1 present', 'late 2 present']);
    },
    patienceMs,
  );

  it(
    'takes no log twice when a link leads back to where it lies',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow();
      mkdirSync(join(dirname(path), 'sub'));
      symlinkSync(join(following.home, '.claude'), join(dirname(path), 'sub', 'loop'));
      writeFileSync(join(dirname(path), 'sub', 'b.jsonl'), asText(linesOf('b', 'two')));
      await following.until(['a 1 present', 'b 1 present']);
      await following.rest();
      const sources = await following.archive.store.queries
        .selectFrom('sources')
        .select('path')
        .orderBy('path')
        .execute();
      expect(sources.map((source) => source.path)).toEqual([path, join(dirname(path), 'sub/b.jsonl')]);
    },
    patienceMs,
  );

  it(
    'says once what to do when the system watches no more folders, and still takes what is there',
    async () => {
      writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      const full = Object.assign(new Error('no more'), { code: 'ENOSPC' });
      await following.follow({
        hear: (_root, { failed }) => ({
          renew: () => Promise.resolve(),
          enter: () => failed(full),
          close: () => Promise.resolve(),
        }),
      });
      await following.until(['a 1 present']);
      expect(following.troubles).toEqual([expect.stringContaining('sudo sysctl fs.inotify.max_user_watches')]);
    },
    patienceMs,
  );

  it(
    'follows by one subscription to the whole root, where the system offers that',
    async () => {
      const path = writeClaudeLog(following.home, 'a', linesOf('a', 'one'));
      await following.archive.import();
      await following.follow({ hear: hearTree });
      appendFileSync(path, asText(linesOf('a', 'one', 'two').slice(2)));
      await following.until(['a 2 present']);
      rmSync(path);
      await following.until(['a 2 deleted']);
      rmSync(join(following.home, '.claude'), { recursive: true });
      await following.rest();
      writeClaudeLog(following.home, 'b', linesOf('b', 'three'));
      await following.until(['a 2 deleted', 'b 1 present']);
      await following.rest();
      writeClaudeLog(following.home, 'c', linesOf('c', 'four'));
      await following.until(['a 2 deleted', 'b 1 present', 'c 1 present']);
      expect(following.troubles).toEqual([]);
    },
    patienceMs,
  );
});
