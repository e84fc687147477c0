/** Claude Code: what real runs add up to, however their files are read, and the golden rows of the smallest one. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect, randomSeed, recount, recountByRoot } from '@taffrail/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { ofKind, readFiles } from './fixture-lines.js';
import { claude } from './index.js';

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url));
const versions = readdirSync(fixtures);
const scenarios = versions.flatMap((version) =>
  readdirSync(join(fixtures, version)).map((name) => `${version}/${name}`),
);

interface Truth {
  all: Record<string, number | null>;
  /** Requests whose output figure is a placeholder: their input counts. */
  outputsUnknown: number;
  roots: Record<string, Record<string, number | null>>;
}

const truthOf = (scenario: string): Truth => JSON.parse(readFileSync(join(fixtures, scenario, 'truth.json'), 'utf8'));
const read = (scenario: string) =>
  collect(claude, '/nowhere', { env: { CLAUDE_CONFIG_DIR: join(fixtures, scenario) } });

/** A scenario's files by path, as text. */
function filesOf(scenario: string): [string, string][] {
  const root = join(fixtures, scenario, 'projects');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jsonl'))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]);
}

function requestsWithoutOutput(drafts: RowDraft[]): number {
  const rows = ofKind(drafts, 'usage.recorded');
  const keys = [...new Set(rows.map((row) => row.identity.key))];
  return keys.filter((key) => recount(rows.filter((row) => row.identity.key === key)).outputTokens === null).length;
}

describe('F1: what the logs of real runs add up to', () => {
  test.each(scenarios)('%s: every figure as it was served', (scenario) => {
    const { drafts, problems } = read(scenario);
    const truth = truthOf(scenario);
    expect(problems).toEqual([]);
    expect(recount(drafts)).toMatchObject(truth.all);
    expect(requestsWithoutOutput(drafts)).toBe(truth.outputsUnknown);
    expect(recountByRoot(drafts)).toMatchObject(truth.roots);
  });

  test.each(scenarios)('%s: grown line by line, with its state stored after each', (scenario) => {
    expect(readFiles(Object.fromEntries(filesOf(scenario)))).toEqual({ drafts: read(scenario).drafts, problems: [] });
  });

  test.each(versions)('all runs of %s together, in any order of files', (version) => {
    const files = readdirSync(join(fixtures, version)).flatMap((name) => filesOf(`${version}/${name}`));
    const expected = recountByRoot(readFiles(Object.fromEntries(files)).drafts);
    const shuffled = fc.shuffledSubarray(files, { minLength: files.length });
    const seed = randomSeed();
    fc.assert(
      fc.property(shuffled, (order) => {
        expect(recountByRoot(readFiles(Object.fromEntries(order)).drafts)).toEqual(expected);
      }),
      { seed, numRuns: 15 },
    );
  });

  test.each(scenarios)('%s: lines repeated and reordered add up to the same', (scenario) => {
    const expected = recount(read(scenario).drafts);
    const seed = randomSeed();
    const files = filesOf(scenario).map(([path, text]) => {
      const lines = text.split('\n').filter((line) => line !== '');
      const twice = fc.shuffledSubarray([...lines, ...lines], { minLength: lines.length * 2 });
      return fc.tuple(
        fc.constant(path),
        twice.map((order) => order.join('\n')),
      );
    });
    fc.assert(
      fc.property(fc.tuple(...files), (order) => {
        expect(recount(readFiles(Object.fromEntries(order)).drafts)).toEqual(expected);
      }),
      { seed, numRuns: 10 },
    );
  });
});

describe('F1: where the logs are', () => {
  test('below CLAUDE_CONFIG_DIR, which may name several folders, else below the home folder', () => {
    const home = '/home/dev';
    expect(claude.roots({ home, env: {} })).toEqual([
      '/home/dev/.claude/projects',
      '/home/dev/.config/claude/projects',
    ]);
    expect(claude.roots({ home, env: { CLAUDE_CONFIG_DIR: '/a, /b' } })).toEqual(['/a/projects', '/b/projects']);
  });

  test('only JSON Lines are logs', () => {
    expect(claude.classify('slug/a.jsonl')).toBe('lines');
    expect(claude.classify('slug/a/subagents/agent-b.jsonl')).toBe('lines');
    expect(claude.classify('slug/a/subagents/agent-b.meta.json')).toBeNull();
    expect(claude.classify('slug/a/tool-results/x.txt')).toBeNull();
  });

  test('F8: a log handed in alone is recognised by its lines', () => {
    expect(claude.recognises([{ type: 'user', sessionId: 'a', message: { role: 'user', content: 'x' } }])).toBe(true);
    expect(claude.recognises([{ type: 'queue-operation', sessionId: 'a' }])).toBe(true);
    expect(claude.recognises([{ type: 'session_meta', payload: { id: 'a' } }])).toBe(false);
  });
});

test('one prompt and its answer become these rows, in this order', () => {
  const { drafts } = read('1.0.127/plain');
  const sessionId = '7b3f8df2-c44a-43a2-8556-1f399ff05011';
  const [turnId, answer] = ['ceefd2f3-9184-4f79-bc74-7b33273d6ea8', '243d7675-a653-4990-b85d-10710f9e981f'];
  const [asked, answered] = [Date.UTC(2026, 10, 20, 9, 11, 3, 964), Date.UTC(2026, 10, 20, 9, 11, 5, 505)];
  const id = 'msg_013hTnEyY241bQppguvrzhUT';
  const described = { sessionId, kind: 'session.described' };
  const place = { cwd: '/home/dev/code/work/demo-c10', branch: 'main', agentVersion: '1.0.127' };
  const model = 'claude-sonnet-4-5-20250929';
  const text = 'Hello. This is a plain reply from the mock model.';
  const item = { sessionId, turnId, kind: 'item.recorded' };
  expect(drafts).toMatchObject([
    { ...described, at: asked, key: `place:${turnId}`, data: place },
    { sessionId, turnId, at: asked, key: `turn:${turnId}`, kind: 'turn.started', data: {} },
    { ...described, at: asked, key: `title:${turnId}`, data: { title: 'Say hello. [[a]]' } },
    {
      ...item,
      at: asked,
      key: `user:${turnId}`,
      data: { type: 'message', role: 'user', author: 'human', text: 'Say hello. [[a]]' },
    },
    {
      ...item,
      step: 0,
      at: answered,
      key: expect.stringContaining(`${id}:text:`),
      data: { type: 'message', role: 'assistant', author: 'model', text },
    },
    {
      ...{ sessionId, turnId, step: 0, at: answered, key: `usage:${id}`, kind: 'usage.recorded' },
      data: {
        ...{ attemptId: id, model, provider: 'anthropic', final: false },
        ...{ inputTokens: 25090, outputTokens: 211, cacheReadTokens: 20737, cacheWriteTokens: 3053 },
        ...{ cacheWrite1hTokens: 0, reasoningTokens: null },
      },
      identity: { key: `claude:${id}`, claim: 'own' },
    },
    { ...described, at: answered, key: `model:${answer}`, data: { model } },
  ]);
});
