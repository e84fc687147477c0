/** Qwen Code's real logs: what they add up to, how they grow, where they lie. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collect, recount, recountByRoot } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import { descriptionOf, itemsIn, readLog } from '../inline-log.js';
import { qwen } from './index.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const names = readdirSync(fixtures).filter((name) => !name.endsWith('.json'));

interface Truth {
  all: Record<string, number | null>;
  roots: Record<string, Record<string, number | null>>;
}

const truthOf = (name: string) => JSON.parse(readFileSync(`${fixtures}${name}/truth.json`, 'utf8')) as Truth;
const read = (name: string, order?: (paths: string[]) => string[]) =>
  collect(qwen, fixtures + name, order ? { order } : {});

describe('F1: what the logs of real runs add up to', () => {
  test('there are fixtures of forks and sub-agents', () => {
    expect(names).toEqual(['0.24-fork', '0.24-plain', '0.24-subagent']);
  });

  test.each(names)('%s: every figure as it was served, each session its own', (name) => {
    const { drafts, problems } = read(name);
    expect(problems).toEqual([]);
    expect(recount(drafts)).toEqual(truthOf(name).all);
    expect(recountByRoot(drafts)).toEqual(truthOf(name).roots);
  });

  test.each(names)('%s: the same when the files are read backwards', (name) => {
    expect(recountByRoot(read(name, (paths) => paths.reverse()).drafts)).toEqual(truthOf(name).roots);
  });

  test.each(names)('%s: the same from the answers’ lines alone, but for helpers that have none', (name) => {
    const withoutTelemetry = read(name).drafts.filter((draft) => draft.kind === 'usage.recorded');
    const helpers = withoutTelemetry.filter((draft) => JSON.stringify(draft.data.raw).includes('managed-auto-memory'));
    const files = readdirSync(fixtures + name, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.jsonl'),
    );
    const drafts = files.flatMap((path) => {
      const lines = readFileSync(`${fixtures}${name}/${path}`, 'utf8').trimEnd().split('\n');
      return readLog(
        qwen,
        path.replace('.qwen/', ''),
        lines.filter((line) => !line.includes('ui_telemetry')),
      ).drafts;
    });
    const [all, told] = [recount(drafts), recount(helpers)];
    expect((all.outputTokens ?? 0) + (told.outputTokens ?? 0)).toBe(truthOf(name).all['outputTokens']);
  });

  test('all of them together', () => {
    const drafts = names.flatMap((name) => read(name).drafts);
    const outputs = names.map((name) => truthOf(name).all['outputTokens'] ?? 0);
    expect(recount(drafts).outputTokens).toBe(outputs.reduce((sum, output) => sum + output, 0));
  });

  test('every request knows its model', () => {
    const usages = names.flatMap((name) => read(name).drafts).filter((draft) => draft.kind === 'usage.recorded');
    expect(new Set(usages.map((usage) => usage.data.model))).toEqual(new Set(['qwen3-coder-plus']));
  });
});

describe('F1: keeps up as files grow', () => {
  const logs = names.flatMap((name) =>
    readdirSync(fixtures + name, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.jsonl'))
      .map((path) => [name, path.replace('.qwen/', '')] as const),
  );

  test.each(logs)('%s %s: line by line, the state written down after each, is the same as at once', (name, path) => {
    const lines = readFileSync(`${fixtures}${name}/.qwen/${path}`, 'utf8').trimEnd().split('\n');
    const state = qwen.lines?.start({ root: '/logs', path });
    const whole: unknown[] = [];
    const sink = { row: (draft: unknown) => void whole.push(draft), problem: () => {} };
    for (const line of lines) qwen.lines?.read(state, JSON.parse(line), { number: 1, hash: () => line }, sink);
    expect(readLog(qwen, path, lines).drafts).toEqual(whole);
  });
});

describe('F1: the conversation of a real run', () => {
  test('0.24-plain: the rows of the smallest log, word for word', () => {
    const golden: unknown = JSON.parse(readFileSync(`${fixtures}golden-0.24-plain.json`, 'utf8'));
    expect(read('0.24-plain').drafts).toEqual(golden);
  });

  test('0.24-subagent: sub-agents are sessions of their own, known to the call that started them', () => {
    const found = read('0.24-subagent');
    const parent = '9e1eddca-5197-45df-a6a3-05de2a317997';
    const children = itemsIn(found).flatMap((item) => (item.type === 'tool_result' ? (item.childSessionId ?? []) : []));
    expect(children).toEqual([
      `${parent}.general-purpose-call_57BhGQofM3YSs270BETaQGEW`,
      `${parent}.general-purpose-call_UggUz5mCtxuBzQ16JYy1p8q3`,
    ]);
    expect(children.map((child) => descriptionOf(found, child))).toMatchObject([
      { parentId: parent, title: 'Look at a', model: 'qwen3-coder-plus', branch: 'main' },
      { parentId: parent, title: 'Look at b', model: 'qwen3-coder-plus', branch: 'main' },
    ]);
  });

  test('0.24-fork: a fork knows its parent and holds its history', () => {
    const found = read('0.24-fork');
    expect(descriptionOf(found, '8fbf44cf-8ebb-499c-ae20-265c96156ff6')).toMatchObject({
      forkedFrom: 'b21e8a3d-4df1-4169-a54b-f20527749c7b',
      cwd: '/home/dev/code/work/demo-qwen',
      agentVersion: '0.24.4',
      title: 'Base. [[a]]',
    });
  });

  test('0.24-fork: running totals are claims, one for each that was written', () => {
    const claims = read('0.24-fork').drafts.filter((draft) => draft.kind === 'usage.claimed');
    expect(
      claims.map((claim) => [claim.sessionId.slice(0, 8), claim.data.outputTokens, claim.data.includesInherited]),
    ).toEqual([
      ['b21e8a3d', 483, true],
      ['8fbf44cf', 1210, true],
      ['b9181eca', 1454, true],
      ['b21e8a3d', 1698, true],
    ]);
    expect(new Set(claims.map((claim) => claim.key)).size).toBe(4);
  });
});

describe('F1: where the logs are', () => {
  test.each([
    [{}, ['/home/dev/.qwen']],
    [{ QWEN_HOME: '~/q' }, ['/home/dev/q']],
    [{ QWEN_RUNTIME_DIR: '/run/q' }, ['/run/q', '/home/dev/.qwen']],
    [{ QWEN_HOME: '/q', QWEN_RUNTIME_DIR: '/run/q' }, ['/run/q', '/q']],
  ])('with the variables %j: %j', (env, roots) => {
    expect(qwen.roots({ home: '/home/dev', env })).toEqual(roots);
  });

  test.each([
    ['projects/-home-dev/chats/5f47eccb-cc5f-408e-9f34-a84234bbe4be.jsonl', 'lines'],
    ['projects/-home-dev/chats/archive/5f47eccb-cc5f-408e-9f34-a84234bbe4be.jsonl', 'lines'],
    ['projects/-home-dev/subagents/5f47eccb-cc5f-408e-9f34-a84234bbe4be/agent-general-call_1.jsonl', 'lines'],
    ['usage_record.jsonl', 'lines'],
    ['tmp/0f3a/chats/session-2025-09-01T10-00-0a1b2c3d.json', 'document'],
    ['projects/-home-dev/subagents/5f47eccb/agent-general-call_1.meta.json', null],
    ['projects/-home-dev/subagents/5f47eccb/agent-general-call_1.jsonl.stream', null],
    ['projects/-home-dev/meta.json', null],
    ['usage/token-usage-2026-11.jsonl', null],
    ['tmp/0f3a/logs.json', null],
  ])('%s is read as %s', (path, format) => {
    expect(qwen.classify(path)).toBe(format);
  });
});

describe('F8: a file handed in alone is recognised', () => {
  test.each([
    ['by its messages’ parts', [{ uuid: 'a', type: 'user', message: { parts: [] } }], true],
    ['by telemetry', [{ uuid: 'a', type: 'system', systemPayload: {} }], true],
    ['by the messages of an old document', [{ sessionId: 'a', projectHash: 'b', messages: [{ type: 'qwen' }] }], true],
    [
      'not another agent’s',
      [{ uuid: 'a', type: 'assistant', sessionId: 'a', message: { role: 'assistant', content: [] } }],
      false,
    ],
  ])('%s', (_name, records, expected) => {
    expect(qwen.recognises(records)).toBe(expected);
  });
});
