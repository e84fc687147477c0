/** Gemini CLI's real logs: what they add up to, how they grow, where they lie. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collect, recount, recountByRoot } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import { descriptionOf, itemsIn, outcomesIn, readLog } from '../inline-log.js';
import { gemini } from './index.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const names = readdirSync(fixtures).filter((name) => !name.endsWith('.json'));

interface Truth {
  all: Record<string, number | null>;
  roots: Record<string, Record<string, number | null>>;
}

const truthOf = (name: string) => JSON.parse(readFileSync(`${fixtures}${name}/truth.json`, 'utf8')) as Truth;
const read = (name: string, order?: (paths: string[]) => string[]) =>
  collect(gemini, fixtures + name, order ? { order } : {});

describe('F1: what the logs of real runs add up to', () => {
  test('there are fixtures of both formats', () => {
    expect(names).toEqual(expect.arrayContaining(['0.29-tools', '0.61-session-file', '0.61-subagent']));
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

  test('all of them together', () => {
    const drafts = names.flatMap((name) => read(name).drafts);
    const outputs = names.map((name) => truthOf(name).all['outputTokens'] ?? 0);
    expect(recount(drafts).outputTokens).toBe(outputs.reduce((sum, output) => sum + output, 0));
  });

  test('every request knows its model', () => {
    const usages = names.flatMap((name) => read(name).drafts).filter((draft) => draft.kind === 'usage.recorded');
    expect(new Set(usages.map((usage) => usage.data.model))).toEqual(new Set(['gemini-2.5-flash']));
  });
});

describe('F1: keeps up as files grow', () => {
  const logs = names.flatMap((name) =>
    readdirSync(fixtures + name, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.jsonl'))
      .map((path) => [name, path.replace('.gemini/tmp/', '')] as const),
  );

  test.each(logs)('%s %s: line by line, the state written down after each, is the same as at once', (name, path) => {
    const lines = readFileSync(`${fixtures}${name}/.gemini/tmp/${path}`, 'utf8').trimEnd().split('\n');
    const state = gemini.lines?.start({ root: '/logs', path });
    const whole: unknown[] = [];
    for (const line of lines)
      gemini.lines?.read(
        state,
        JSON.parse(line),
        { number: 1, hash: () => line },
        { row: (draft) => void whole.push(draft), problem: () => {} },
      );
    expect(readLog(gemini, path, lines).drafts).toEqual(whole);
  });
});

describe('F1: the conversation of a real run', () => {
  test('0.29-plain: the rows of the smallest log, word for word', () => {
    const golden: unknown = JSON.parse(readFileSync(`${fixtures}golden-0.29-plain.json`, 'utf8'));
    expect(read('0.29-plain').drafts).toEqual(golden);
  });

  test('0.61-resume: four turns, told once although every resume repeats the history', () => {
    const found = read('0.61-resume');
    const said = itemsIn(found).flatMap((item) =>
      item.type === 'message' && item.author !== 'harness' ? [item.text] : [],
    );
    expect(said).toEqual([
      'Turn one. [[a]]',
      'First turn.',
      'Turn two. [[b]]',
      'Second turn.',
      'Turn three. [[d]]',
      'Third turn.',
      'Turn four. [[e]]',
      'Fourth turn.',
    ]);
    expect(Object.values(outcomesIn(found))).toEqual(['complete', 'complete', 'complete', 'complete']);
    expect(new Set(found.drafts.map((draft) => draft.sessionId)).size).toBe(1);
  });

  test('0.61-subagent: sub-agents are sessions of their own, known to the call that started them', () => {
    const found = read('0.61-subagent');
    const parent = '869ae7dc-cde2-462c-958b-fb50855aeeec';
    const children = itemsIn(found).flatMap((item) => (item.type === 'tool_result' ? (item.childSessionId ?? []) : []));
    expect(children).toEqual(['968e2329-d193-4f09-b31c-e3fe13ec0095', 'bf636288-1515-484d-bc69-a03e833cbd6b']);
    expect(children.map((child) => descriptionOf(found, child)['parentId'])).toEqual([parent, parent]);
    expect(Object.values(outcomesIn(found))).toEqual(['complete', 'complete', 'complete', 'complete']);
  });

  test('0.61-subagent: what a sub-agent is told was typed by nobody', () => {
    const prompts = itemsIn(read('0.61-subagent')).filter((item) => item.type === 'message' && item.role === 'user');
    expect(
      prompts.filter((item) => item.type === 'message' && item.author === 'human').map((item) => item.text),
    ).toEqual(['Delegate. [[a]]', 'And now? [[e]]']);
  });

  test.each([
    ['0.61-cache', '33ee1ea4-24cc-422b-b071-4889e65b6af8', '/home/dev/code/work/demo-gemini', 'Cache. [[a]]'],
    ['0.29-tools', 'e8098f49-e6f9-497e-995d-d5e5f67a2918', '/home/dev/code/work/demo-gold', 'Write a note. [[a]]'],
  ])('%s: folder, title and model of the session', (name, sessionId, cwd, title) => {
    expect(descriptionOf(read(name), sessionId)).toEqual({ cwd, title, model: 'gemini-2.5-flash' });
  });
});

describe('F1: where the logs are', () => {
  test('below the home folder, or below GEMINI_CLI_HOME as the program honours it', () => {
    expect(gemini.roots({ home: '/home/dev', env: {} })).toEqual([
      '/home/dev/.gemini/tmp',
      '/home/dev/.cache/.gemini/tmp',
    ]);
    expect(gemini.roots({ home: '/home/dev', env: { GEMINI_CLI_HOME: '/data' } })[0]).toBe('/data/.gemini/tmp');
  });

  test.each([
    ['demo/chats/session-2026-11-20T09-14-557b8957.jsonl', 'lines'],
    ['demo/chats/session-1795166369251-1d2850c6.jsonl', 'lines'],
    ['demo/chats/869ae7dc-cde2-462c-958b-fb50855aeeec/bf636288-1515-484d-bc69-a03e833cbd6b.jsonl', 'lines'],
    ['demo/chats/session-2026-11-20T09-14-557b8957.jsonl.unreadable-1795166369251', 'lines'],
    ['0f3a/chats/session-2025-09-01T10-00-0a1b2c3d.json', 'document'],
    ['demo/logs.json', null],
    ['demo/checkpoint-one.json', null],
    ['demo/checkpoints/2026-11-20T09_14_00_000Z-note.txt-write_file.json', null],
    ['demo/.project_root', null],
    ['demo/tool-outputs/session-1/out.txt', null],
  ])('%s is read as %s', (path, format) => {
    expect(gemini.classify(path)).toBe(format);
  });
});

describe('F8: a file handed in alone is recognised', () => {
  test.each([
    ['by its header', [{ sessionId: 'a', projectHash: 'b' }], true],
    ['by a message', [{ id: 'a', type: 'gemini', content: '' }], true],
    ['by a change', [{ $set: { lastUpdated: '' } }], true],
    ['not another agent’s', [{ type: 'assistant', sessionId: 'a', message: { role: 'assistant' } }], false],
  ])('%s', (_name, records, expected) => {
    expect(gemini.recognises(records)).toBe(expected);
  });
});
