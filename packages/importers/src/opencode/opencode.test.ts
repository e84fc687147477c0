/** opencode: what real runs add up to, and the golden rows of the smallest one. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect, recount, recountByRoot } from '@taffrail/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { buildDatabase, openDatabase, rowsOf } from './fixture-database.js';
import { opencode } from './index.js';

const scratch = mkdtempSync(join(tmpdir(), 'opencode-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Truth {
  all: Record<string, number>;
  roots: Record<string, Record<string, number>>;
}

function truthOf(fixture: string): Truth {
  return JSON.parse(readFileSync(new URL(`./fixtures/${fixture}/truth.json`, import.meta.url), 'utf8')) as Truth;
}

const homeOf = (fixture: string) => fileURLToPath(new URL(`./fixtures/${fixture}`, import.meta.url));

/** Puts a fixture's rows into a database file where opencode would have it, and reads the folder. */
function collectDatabase(fixture: string) {
  const home = mkdtempSync(join(scratch, 'home-'));
  buildDatabase(rowsOf(fixture), join(home, 'opencode.db')).close();
  const read = { ...opencode, roots: () => [home] };
  return collect(read, home, { openDatabase });
}

describe('F1: what the logs of real runs add up to', () => {
  test.each(['plain', 'fork', 'cache', 'subagent'])('1.18.33 %s: every figure as it was served', (name) => {
    const { drafts, problems } = collectDatabase(`1.18.33/${name}`);
    const truth = truthOf(`1.18.33/${name}`);
    expect(problems).toEqual([]);
    expect(recount(drafts)).toMatchObject(truth.all);
    expect(recountByRoot(drafts)).toMatchObject(truth.roots);
  });

  test.each(['plain', 'tools'])('1.0.185 %s: every figure as it was served', (name) => {
    const home = homeOf(`1.0.185/${name}`);
    const { drafts, problems } = collect(opencode, '/nowhere', { env: { XDG_DATA_HOME: home } });
    const truth = truthOf(`1.0.185/${name}`);
    expect(problems).toEqual([]);
    expect(recount(drafts)).toMatchObject(truth.all);
    expect(recountByRoot(drafts)).toMatchObject(truth.roots);
  });

  test('a database whose rows are all in its write-ahead log is read as a whole', async () => {
    const home = mkdtempSync(join(scratch, 'wal-'));
    const [live, copy] = [join(home, 'live.db'), join(home, 'copy', 'opencode.db')];
    const writer = buildDatabase(rowsOf('1.18.33/plain'), live, 'wal');
    await Promise.all(['', '-wal'].map((end) => cp(`${live}${end}`, `${copy}${end}`)));
    const before = statSync(copy).size;
    const { drafts } = collect({ ...opencode, roots: () => [join(home, 'copy')] }, home, { openDatabase });
    writer.close();
    expect(before).toBe(4096);
    expect(recount(drafts)).toMatchObject(truthOf('1.18.33/plain').all);
  });
});

describe('F1: where the logs are', () => {
  test('below XDG_DATA_HOME, else below ~/.local/share', () => {
    expect(opencode.roots({ home: '/home/dev', env: {} })).toEqual(['/home/dev/.local/share/opencode']);
    expect(opencode.roots({ home: '/home/dev', env: { XDG_DATA_HOME: '/data' } })).toEqual(['/data/opencode']);
  });

  test.each([
    ['opencode.db', 'database'],
    ['opencode-dev.db', 'database'],
    ['opencode.db-wal', null],
    ['opencode.db-shm', null],
    ['other.db', null],
    ['backup/opencode.db', null],
    ['storage/session/project/ses_1.json', 'document'],
    ['storage/message/ses_1/msg_1.json', 'document'],
    ['storage/part/msg_1/prt_1.json', 'document'],
    ['storage/part/msg_1/.oc-prt_1.json.tmp', null],
    ['storage/session_diff/ses_1.json', null],
    ['storage/project/abc.json', null],
    ['storage/todo/ses_1.json', null],
    ['log/2026-11-20.log', null],
  ])('%s is read as %s', (path, format) => {
    expect(opencode.classify(path)).toBe(format);
  });

  test.each([
    ['storage', true],
    ['storage/session', true],
    ['storage/message/ses_1', true],
    ['storage/session_diff', false],
    ['snapshot', false],
    ['log', false],
  ])('%s is looked through: %s', (folder, expected) => {
    expect(opencode.enters?.(folder)).toBe(expected);
  });

  test('F8: a single record handed in is recognised', () => {
    expect(opencode.recognises([{ id: 'msg_1', sessionID: 'ses_1', role: 'user' }])).toBe(true);
    expect(opencode.recognises([{ id: 'ses_1', directory: '/a', title: 'x' }])).toBe(true);
    expect(opencode.recognises([{ id: 'abc', sessionID: 'x' }])).toBe(false);
    expect(opencode.recognises([{ type: 'user', sessionId: 'x' }])).toBe(false);
  });
});

test('one prompt and its answer become these rows, in this order', () => {
  const { drafts } = collectDatabase('1.18.33/plain');
  const sessionId = 'ses_e07c46a90ffe3N9p3d7chPLMTf';
  const [prompt, answer] = ['msg_1f83b9a71001N1hcqeXk368qkj', 'msg_1f83ba5fa001oG5In21vQ0gZ2H'];
  const text = 'Hello. This is a plain reply from the mock model.';
  const tokens = { total: 22554, input: 1336, output: 210, reasoning: 62, cache: { write: 0, read: 20946 } };
  const common = { sessionId, turnId: prompt };
  const begin = { ...common, at: 1795166018161, key: `turn:${prompt}`, kind: 'turn.started', data: {} };
  const figures = {
    inputTokens: 22282,
    outputTokens: 272,
    cacheReadTokens: 20946,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: null,
    reasoningTokens: 62,
  };
  expect(drafts).toEqual([
    {
      sessionId,
      at: 1795166016887,
      key: 'session',
      kind: 'session.described',
      data: { title: 'Demo session title', cwd: '/home/dev/code/work/demo-opencode', agentVersion: '1.18.33' },
    },
    {
      sessionId,
      at: 1795166016887,
      key: 'claim:session',
      kind: 'usage.claimed',
      data: { source: 'session.tokens', includesInherited: false, includesSubAgents: false, ...figures },
    },
    begin,
    {
      ...common,
      at: 1795166018161,
      key: 'part:prt_1f83b9a90001og5myG0DPVukHR',
      kind: 'item.recorded',
      data: { type: 'message', role: 'user', author: 'human', text: '"Say hello. [[a]]"' },
    },
    { sessionId, at: 1795166021114, key: `model:${answer}`, kind: 'session.described', data: { model: 'mock-one' } },
    begin,
    {
      ...common,
      step: 0,
      at: 1795166026299,
      key: 'part:prt_1f83bba3b001a8tlJVPKcdv6xp',
      kind: 'item.recorded',
      data: { type: 'reasoning', text: 'Greeting.', durationMs: 1202 },
    },
    {
      ...common,
      step: 0,
      at: 1795166027507,
      key: 'part:prt_1f83bbef3001o43v1cmwPjxwwv',
      kind: 'item.recorded',
      data: { type: 'message', role: 'assistant', author: 'model', text },
    },
    {
      ...common,
      step: 0,
      at: 1795166029215,
      key: `usage:${answer}`,
      kind: 'usage.recorded',
      data: { attemptId: answer, model: 'mock-one', provider: 'mock', ...figures, final: true, raw: tokens },
      identity: { key: 'opencode:1795166021114:mock:mock-one:1336.210.62.20946.0', claim: 'own' },
    },
    { ...common, at: 1795166029215, key: `end:${prompt}`, kind: 'turn.completed', data: { outcome: 'complete' } },
  ]);
});
