/** Codex over the logs of real runs: totals, growth, places, recognition. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collect, recount, recountByRoot } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { codex } from './index.js';
import { at, line, madeAt, meta, prompt, readRollout, tokenCount } from './inline-log.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const names = readdirSync(fixtures);

interface Truth {
  all: Record<string, number | null>;
  roots: Record<string, Record<string, number | null>>;
}

const truthOf = (name: string) => JSON.parse(readFileSync(`${fixtures}${name}/truth.json`, 'utf8')) as Truth;
const read = (name: string, order?: (paths: string[]) => string[]) =>
  collect(codex, '/nowhere', { env: { CODEX_HOME: fixtures + name }, ...(order ? { order } : {}) });

describe('F1: what the logs of real runs add up to', () => {
  test('there are fixtures of every generation', () => {
    expect(names).toEqual(expect.arrayContaining(['0.95-tools', '0.123-fork', '0.169-subagent']));
  });

  test.each(names)('%s: every figure as it was served, each session its own', (name) => {
    const { drafts, problems } = read(name);
    const truth = truthOf(name);
    expect(problems).toEqual([]);
    expect(recount(drafts)).toEqual(truth.all);
    expect(recountByRoot(drafts)).toEqual(truth.roots);
  });

  test.each(names)('%s: the same when the files are read backwards', (name) => {
    const { drafts } = read(name, (paths) => paths.reverse());
    expect(recountByRoot(drafts)).toEqual(truthOf(name).roots);
  });

  test('all of them together', () => {
    const drafts = names.flatMap((name) => read(name).drafts);
    const outputs = names.map((name) => truthOf(name).all['outputTokens'] ?? 0);
    expect(recount(drafts).outputTokens).toBe(outputs.reduce((sum, output) => sum + output, 0));
  });

  test('every request knows its model', () => {
    const usages = names.flatMap((name) => read(name).drafts).filter((draft) => draft.kind === 'usage.recorded');
    expect(new Set(usages.map((usage) => usage.data.model))).toEqual(new Set(['gpt-5.5', 'gpt-5.1-codex']));
  });
});

describe('F1: keeps up as files grow', () => {
  const logs = names.flatMap((name) =>
    readdirSync(fixtures + name, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.jsonl'))
      .map((path) => [path.slice(-47, -6).replace(/^.*?-(?=[0-9a-f]{8}-)/, ''), `${fixtures}${name}/${path}`] as const),
  );

  test.each(logs)('%s: line by line, the state written down after each, is the same as at once', (thread, path) => {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const whole: RowDraft[] = collect(codex, '/nowhere', {
      env: { CODEX_HOME: path.slice(0, path.indexOf('/sessions/')) },
    }).drafts;
    const drafts = readRollout(thread, lines).drafts;
    expect(drafts).toEqual(whole.filter((draft) => draft.sessionId === thread));
  });
});

test('F1: the rows of the smallest log, word for word', () => {
  const golden: unknown = JSON.parse(readFileSync(`${fixtures}0.169-plain/drafts.json`, 'utf8'));
  expect(read('0.169-plain').drafts).toEqual(golden);
});

describe('F1: where the logs are', () => {
  test('below CODEX_HOME, else below ~/.codex: living and archived sessions', () => {
    expect(codex.roots({ home: '/home/dev', env: {} })).toEqual([
      '/home/dev/.codex/sessions',
      '/home/dev/.codex/archived_sessions',
    ]);
    expect(codex.roots({ home: '/home/dev', env: { CODEX_HOME: '/data' } })).toEqual([
      '/data/sessions',
      '/data/archived_sessions',
    ]);
  });

  test.each([
    ['2026/11/20/rollout-2026-11-20T09-12-37-01a1f83a-abce-71b3-bfda-5af19be5ba29.jsonl', 'lines'],
    ['rollout-archived.jsonl', 'lines'],
    ['2026/11/20/rollout-2026-11-20T09-12-37-01a1f83a-abce-71b3-bfda-5af19be5ba29.jsonl.zst', null],
    ['2025/04/16/rollout-2025-04-16-x.json', null],
  ])('%s is read as %s', (path, format) => {
    expect(codex.classify(path)).toBe(format);
  });

  test('the thread in the file’s name is the session; a reverted thread goes on in a second file', () => {
    const id = madeAt(0);
    const states = [`rollout-2026-01-01T00-00-00-${id}.jsonl`, `rollout-2026-01-01T00-00-05-${id}_${madeAt(5)}.jsonl`];
    expect(states.map((path) => codex.lines?.start({ root: '/', path }))).toMatchObject([
      { sessionId: id },
      { sessionId: id },
    ]);
  });

  test('a file handed in under another name takes its session from its first line', () => {
    const { drafts } = readRollout('upload', [meta(0, 'thread-1'), prompt(1), tokenCount(2, 1)]);
    expect(new Set(drafts.map((draft) => draft.sessionId))).toEqual(new Set(['thread-1']));
  });
});

describe('F8: a file handed in alone is recognised', () => {
  test.each([
    ['by its envelopes', [meta(0, 'a') as object], true],
    ['without its first line', [line(1, 'response_item', { type: 'message' }) as object], true],
    ['by the bare first line of 2025', [{ id: 'a', timestamp: at(0), instructions: null, git: {} }], true],
    ['not another agent’s', [{ type: 'assistant', sessionId: 'a', message: { role: 'assistant' } }], false],
    [
      'not another agent’s events',
      [{ type: 'session.start', data: {}, id: 'a', timestamp: at(0), parentId: null }],
      false,
    ],
  ])('%s', (_name, records, expected) => {
    expect(codex.recognises(records as never)).toBe(expected);
  });
});
