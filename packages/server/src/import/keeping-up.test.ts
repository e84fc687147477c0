/** Keeping up with one file as it grows, is cut, rewritten, replaced, deleted and restored. */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Answer, claudeLines, writeClaudeLog } from '@taffrail/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Archive, contentOf, emptyArchive, headsOf } from './archive-of.js';

let archive: Archive;
beforeEach(() => {
  archive = emptyArchive();
});
afterEach(() => archive.remove());

const answer = (id: string, output = 5): Answer => ({ id, text: `The answer of ${id}`, input: 10, output });
const linesFor = (session: string, ...ids: string[]) =>
  claudeLines(
    session,
    ids.map((id) => answer(id)),
  );
const write = (session: string, ...ids: string[]) => writeClaudeLog(archive.home, session, linesFor(session, ...ids));

const problems = () =>
  archive.store.queries.selectFrom('source_problems').select(['line', 'kind', 'count']).orderBy('line').execute();
const outputs = async () =>
  (
    await archive.store.queries
      .selectFrom('sessions')
      .select(['id', 'requests', 'output_tokens', 'source_state'])
      .orderBy('id')
      .execute()
  ).map((session) => [session.id, session.requests, session.output_tokens, session.source_state]);
const textsOf = async (id: string) =>
  (await contentOf(archive.store))[id]?.items.map((each) => (each.item as { text: string }).text);

describe('F1: a file that grows', () => {
  it('is read from where reading ended', async () => {
    const path = write('a', 'one', 'two');
    await archive.import();
    const added = `${linesFor('a', 'one', 'two', 'three').slice(4).join('\n')}\n`;
    appendFileSync(path, added);
    expect(await archive.import()).toMatchObject({ files: 1, bytes: added.length, sessions: 1, requests: 1 });
    expect(await outputs()).toEqual([['a', 3, 15, 'present']]);
  });

  it('is not opened while it looks the same', async () => {
    write('a', 'one');
    await archive.import();
    expect(await archive.import()).toMatchObject({ files: 0, bytes: 0 });
  });

  it('with a torn last line: the line is said to be unfinished, taken when it is whole, and no longer complained of', async () => {
    const [first = '', second = ''] = linesFor('a', 'one');
    const path = writeClaudeLog(archive.home, 'a', [first]);
    for (const end of [10, 60, second.length - 1]) {
      writeFileSync(path, `${first}\n${second.slice(0, end)}`);
      await archive.import();
      expect(await problems()).toEqual([{ line: 2, kind: 'incomplete', count: 1 }]);
      expect((await outputs())[0]?.[1]).toBe(0);
    }
    writeFileSync(path, `${first}\n${second}\n`);
    await archive.import();
    expect(await problems()).toEqual([]);
    expect(await outputs()).toEqual([['a', 1, 5, 'present']]);
  });

  it('with a whole last line without its newline: the line is taken, and the next ones keep their numbers', async () => {
    const lines = linesFor('a', 'one', 'two');
    const path = writeClaudeLog(archive.home, 'a', []);
    writeFileSync(path, lines.slice(0, 2).join('\n'));
    await archive.import();
    expect(await outputs()).toEqual([['a', 1, 5, 'present']]);
    appendFileSync(path, `\n${lines.slice(2).join('\n')}\n{"broken\n`);
    await archive.import();
    expect(await outputs()).toEqual([['a', 2, 10, 'present']]);
    expect(await problems()).toEqual([{ line: 5, kind: 'not_json', count: 1 }]);
  });

  it('from nothing: an empty file is no problem', async () => {
    const path = writeClaudeLog(archive.home, 'a', []);
    expect(await archive.import()).toMatchObject({ files: 1, sessions: 0, problems: [] });
    appendFileSync(path, `${linesFor('a', 'one').join('\n')}\n`);
    expect(await archive.import()).toMatchObject({ files: 1, requests: 1 });
  });

  it('while it is read is taken up to where it was read', async () => {
    const path = write('a', 'one');
    const more = `${linesFor('a', 'one', 'two').slice(2).join('\n')}\n`;
    let grown = false;
    const grow = () => {
      if (!grown) appendFileSync(path, more);
      grown = true;
    };
    await archive.import({ onCommit: grow });
    await archive.import();
    expect(await outputs()).toEqual([['a', 2, 10, 'present']]);
  });
});

describe('F1: a file that is another one now', () => {
  it('cut short keeps what was read, says so, and goes on', async () => {
    const path = write('a', 'one', 'two');
    await archive.import();
    truncateSync(path, linesFor('a', 'one').join('\n').length + 1);
    expect(await archive.import()).toMatchObject({
      files: 1,
      requests: 0,
      problems: [{ kind: 'rewritten', line: null }],
    });
    expect(await outputs()).toEqual([['a', 2, 10, 'present']]);
    appendFileSync(path, `${linesFor('a', 'one', 'two', 'three').slice(4).join('\n')}\n`);
    await archive.import();
    expect(await outputs()).toEqual([['a', 3, 15, 'present']]);
  });

  it('emptied keeps what was read', async () => {
    const path = write('a', 'one');
    await archive.import();
    writeFileSync(path, '');
    expect(await archive.import()).toMatchObject({ problems: [{ kind: 'rewritten' }] });
    expect(await outputs()).toEqual([['a', 1, 5, 'present']]);
  });

  it('rewritten in place with the same size and time is noticed', async () => {
    const path = write('a', 'one');
    const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
    utimesSync(path, anHourAgo, anHourAgo);
    const before = statSync(path);
    await archive.import();
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('The answer of one', 'Another word here'));
    utimesSync(path, anHourAgo, anHourAgo);
    expect(statSync(path)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
    expect(await archive.import()).toMatchObject({ files: 1, problems: [{ kind: 'rewritten' }] });
    expect(await textsOf('a')).toContain('Another word here');
  });

  it('only touched is read again, and nothing is said of it', async () => {
    const path = write('a', 'one');
    await archive.import();
    const heads = await headsOf(archive.store);
    utimesSync(path, 1, 1);
    expect(await archive.import()).toMatchObject({ files: 1, sessions: 0, requests: 0, problems: [] });
    expect(await headsOf(archive.store)).toEqual(heads);
    expect(await archive.import()).toMatchObject({ files: 0 });
  });

  it('replaced by another file of its name is read as that one', async () => {
    const path = write('a', 'one', 'two');
    await archive.import();
    const other = join(dirname(path), 'other');
    writeFileSync(other, `${linesFor('a', 'x', 'y', 'z').join('\n')}\n`);
    renameSync(other, path);
    expect(await archive.import()).toMatchObject({ files: 1, requests: 3 });
    expect(await outputs()).toEqual([['a', 5, 25, 'present']]);
  });

  it('deleted leaves its session, marked; restored it is present again, and read once', async () => {
    const path = write('a', 'one');
    const bytes = readFileSync(path);
    await archive.import();
    const heads = await headsOf(archive.store);
    rmSync(path);
    expect(await archive.import()).toMatchObject({ files: 0, problems: [] });
    expect(await outputs()).toEqual([['a', 1, 5, 'deleted']]);
    writeFileSync(path, bytes);
    expect(await archive.import()).toMatchObject({ sessions: 0, requests: 0, problems: [] });
    expect(await outputs()).toEqual([['a', 1, 5, 'present']]);
    expect(await headsOf(archive.store)).toEqual(heads);
  });

  it('moved to another folder stays one session, present', async () => {
    const path = write('a', 'one');
    await archive.import();
    const target = join(archive.home, '.claude/projects/-home-dev-elsewhere/a.jsonl');
    mkdirSync(dirname(target), { recursive: true });
    renameSync(path, target);
    expect(await archive.import()).toMatchObject({ sessions: 0, requests: 0 });
    expect(await outputs()).toEqual([['a', 1, 5, 'present']]);
  });

  it('of an agent that was not asked for is not called missing', async () => {
    write('a', 'one');
    await archive.import();
    await archive.import({ agents: ['codex'] });
    expect(await outputs()).toEqual([['a', 1, 5, 'present']]);
  });
});

describe('F1: what cannot be read', () => {
  it('does not harm the others, is named, and is forgotten when it can be read', async () => {
    write('b', 'two');
    const path = join(archive.home, '.claude/projects/-home-dev-demo/a.jsonl');
    symlinkSync(path, path);
    const report = await archive.import();
    expect(report.problems).toMatchObject([
      { path, line: null, kind: 'unreadable', message: expect.stringContaining('ELOOP') },
    ]);
    expect(await outputs()).toEqual([['b', 1, 5, 'present']]);
    rmSync(path);
    write('a', 'one');
    expect(await archive.import()).toMatchObject({ requests: 1, problems: [] });
    expect(await problems()).toEqual([]);
  });

  it('for a while keeps the problems of its lines and the place where reading ended', async () => {
    const path = write('a', 'one');
    appendFileSync(path, '{"broken\n');
    await archive.import();
    const bytes = readFileSync(path);
    rmSync(path);
    symlinkSync(path, path);
    await archive.import();
    expect((await problems()).map((problem) => problem.kind)).toEqual(['unreadable', 'not_json']);
    rmSync(path);
    writeFileSync(path, bytes);
    appendFileSync(path, `${linesFor('a', 'one', 'two').slice(2).join('\n')}\n`);
    const { bytes: read } = await archive.import();
    expect(read).toBeLessThan(bytes.length * 2);
    expect(await problems()).toEqual([{ line: 3, kind: 'not_json', count: 1 }]);
    expect(await outputs()).toEqual([['a', 2, 10, 'present']]);
  });

  it('a folder with the name of a log, a link to nowhere: no problem, no harm', async () => {
    write('a', 'one');
    const folder = join(archive.home, '.claude/projects/-home-dev-demo');
    mkdirSync(join(folder, 'folder.jsonl'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.jsonl'));
    expect(await archive.import()).toMatchObject({ files: 1, requests: 1, problems: [] });
  });

  it('loops of links end, and a folder that is reached twice is read once', async () => {
    write('a', 'one');
    const projects = join(archive.home, '.claude/projects');
    symlinkSync(projects, join(projects, 'loop'));
    symlinkSync(join(projects, '-home-dev-demo'), join(projects, '-again'));
    symlinkSync('x', join(projects, 'y'));
    symlinkSync('y', join(projects, 'x'));
    expect(await archive.import()).toMatchObject({ files: 1, requests: 1, problems: [] });
    expect(await archive.import()).toMatchObject({ files: 0 });
  });

  it('a file that is a link is read, wherever it leads, and follows what it leads to', async () => {
    const elsewhere = join(archive.home, 'elsewhere.jsonl');
    const path = write('a', 'one');
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    expect(await archive.import()).toMatchObject({ files: 1, requests: 1 });
    appendFileSync(elsewhere, `${linesFor('a', 'one', 'two').slice(2).join('\n')}\n`);
    expect(await archive.import()).toMatchObject({ files: 1, requests: 1 });
    expect(await outputs()).toEqual([['a', 2, 10, 'present']]);
  });
});

describe('F1: spoiled bytes', () => {
  it('that are no UTF-8, NULs and blank lines cost nothing but themselves', async () => {
    const lines = linesFor('a', 'one', 'two');
    const spoiled = [lines[0], '\u0000\u0000\u0000', '', lines[1], '   \r', lines[2]].map((line) =>
      Buffer.from(`${line}\n`),
    );
    const path = writeClaudeLog(archive.home, 'a', []);
    writeFileSync(
      path,
      Buffer.concat([...spoiled, Buffer.from([0xff, 0xfe, 0x80, 0x0a]), Buffer.from(`\ufeff${lines[3]}\r\n`)]),
    );
    const report = await archive.import();
    expect(report).toMatchObject({ requests: 2, skippedLines: 1 });
    expect(report.problems).toMatchObject([{ path, line: 7, kind: 'not_json', count: 1 }]);
  });

  it('inside a text are read as the mark for them', async () => {
    const [first = '', second = ''] = linesFor('a', 'one');
    const path = writeClaudeLog(archive.home, 'a', [first]);
    const [before = '', after = ''] = second.split('The answer');
    appendFileSync(
      path,
      Buffer.concat([Buffer.from(`${before}The `), Buffer.from([0xc3]), Buffer.from(`answer${after}\n`)]),
    );
    await archive.import();
    expect(await textsOf('a')).toContain('The \ufffdanswer of one');
  });

  it('are counted by kind, each kind at its first line, however many there are', async () => {
    const path = write('a', 'one');
    appendFileSync(path, `${Array.from({ length: 3_000 }, (_, index) => `{"torn ${index}`).join('\n')}\n`);
    appendFileSync(
      path,
      `${Array.from({ length: 300 }, (_, index) => JSON.stringify({ type: `unheard-of-${index}` })).join('\n')}\n`,
    );
    await archive.import();
    const found = await archive.store.queries.selectFrom('source_problems').selectAll().execute();
    const total = (kind: string) =>
      found.filter((each) => each.kind === kind).reduce((sum, each) => sum + each.count, 0);
    expect([total('not_json'), total('unknown_record')]).toEqual([3_000, 300]);
    expect(found.length).toBeLessThan(110);
    expect(found.find((each) => each.kind === 'not_json')?.line).toBe(3);
  });

  it('in the place of a record’s time: it goes with its neighbours, not with the file', async () => {
    const lines = linesFor('a', 'one', 'two').map((line, index) =>
      index === 0 || index === 3 ? line.replace(/"timestamp":"[^"]*"/, '"timestamp":"never"') : line,
    );
    writeClaudeLog(archive.home, 'a', lines);
    await archive.import();
    const { created_at, updated_at } = await archive.store.queries
      .selectFrom('sessions')
      .select(['created_at', 'updated_at'])
      .executeTakeFirstOrThrow();
    expect(new Date(created_at).toISOString()).toBe('2026-11-01T09:00:05.000Z');
    expect(new Date(updated_at).toISOString()).toBe('2026-11-01T09:01:00.000Z');
  });
});
