/** pi's real logs: what they add up to, how they grow, where they lie. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collect, recount, recountByRoot } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import { descriptionOf, itemsIn, outcomesIn, readLog } from '../inline-log.js';
import { pi } from './index.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const names = readdirSync(fixtures).filter((name) => !name.endsWith('.json'));

interface Truth {
  all: Record<string, number | null>;
  roots: Record<string, Record<string, number | null>>;
}

const truthOf = (name: string) => JSON.parse(readFileSync(`${fixtures}${name}/truth.json`, 'utf8')) as Truth;
const read = (name: string, order?: (paths: string[]) => string[]) =>
  collect(pi, fixtures + name, order ? { order } : {});

describe('F1: what the logs of real runs add up to', () => {
  test('there are fixtures of forks and tools', () => {
    expect(names).toEqual(['0.73-fork', '0.73-plain', '0.73-tools']);
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
});

describe('F1: keeps up as files grow', () => {
  const logs = names.flatMap((name) =>
    readdirSync(fixtures + name, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.jsonl'))
      .map((path) => [name, path.replace('.pi/agent/sessions/', '')] as const),
  );

  test.each(logs)('%s %s: line by line, the state written down after each, is the same as at once', (name, path) => {
    const lines = readFileSync(`${fixtures}${name}/.pi/agent/sessions/${path}`, 'utf8').trimEnd().split('\n');
    const state = pi.lines?.start({ root: '/logs', path });
    const whole: unknown[] = [];
    const sink = { row: (draft: unknown) => void whole.push(draft), problem: () => {} };
    for (const line of lines) pi.lines?.read(state, JSON.parse(line), { number: 1, hash: () => line }, sink);
    expect(readLog(pi, path, lines).drafts).toEqual(whole);
  });
});

describe('F1: the conversation of a real run', () => {
  test('0.73-plain: the rows of the smallest log, word for word', () => {
    const golden: unknown = JSON.parse(readFileSync(`${fixtures}golden-0.73-plain.json`, 'utf8'));
    expect(read('0.73-plain').drafts).toEqual(golden);
  });

  test('0.73-tools: calls with their results, a failed one among them, in one turn of five steps', () => {
    const found = read('0.73-tools');
    const results = itemsIn(found).flatMap((item) => (item.type === 'tool_result' ? [item.status] : []));
    expect(results).toEqual(['ok', 'ok', 'error', 'ok']);
    expect(Object.values(outcomesIn(found))).toEqual(['complete']);
    const steps = found.drafts.filter((draft) => draft.kind === 'usage.recorded').map((draft) => draft.step);
    expect(steps).toEqual([0, 1, 2, 3, 4]);
  });

  test('0.73-fork: a fork knows its parent, and holds its history as its own items', () => {
    const found = read('0.73-fork');
    const fork = '01a1f839-d201-75c1-b82d-6a46433e6ec6';
    expect(descriptionOf(found, fork)).toEqual({
      cwd: '/home/dev/code/work/demo-pi',
      forkedFrom: '01a1f839-cb27-76f8-b006-db0f116be522',
      model: 'claude-sonnet-4-5',
      effort: 'medium',
      title: 'Base. [[a]]',
    });
    const own = found.drafts.filter((draft) => draft.sessionId === fork);
    expect(itemsIn({ drafts: own }).map((item) => item.text)).toEqual(
      expect.arrayContaining(['Base done.', 'Fork one.']),
    );
    const claims = own.flatMap((draft) => (draft.kind === 'usage.recorded' ? [draft.identity.claim] : []));
    expect(claims).toEqual(['copy', 'copy', 'own']);
  });
});

describe('F1: where the logs are', () => {
  test.each([
    [{}, ['/home/dev/.pi/agent/sessions']],
    [{ PI_CODING_AGENT_DIR: '~/pi' }, ['/home/dev/pi/sessions']],
    [{ CODING_AGENT_DIR: '/old' }, ['/old/sessions']],
    [{ PI_CODING_AGENT_SESSION_DIR: '/sessions' }, ['/sessions', '/home/dev/.pi/agent/sessions']],
    [{ PI_CODING_AGENT_DIR: '/pi', PI_CODING_AGENT_SESSION_DIR: '/pi/sessions' }, ['/pi/sessions']],
  ])('with the variables %j: %j', (env, roots) => {
    expect(pi.roots({ home: '/home/dev', env })).toEqual(roots);
  });

  test('session files, in their project’s folder or without one', () => {
    expect(pi.classify('--home-dev--/2026-11-20T09-11-20-246Z_01a1f839.jsonl')).toBe('lines');
    expect(pi.classify('2026-11-20T09-11-20-246Z_01a1f839.jsonl')).toBe('lines');
    expect(pi.classify('settings.json')).toBe(null);
  });
});

describe('F8: a file handed in alone is recognised', () => {
  test.each([
    ['by its header', [{ type: 'session', id: 'a', cwd: '/x', timestamp: '' }], true],
    ['by an answer', [{ type: 'message', message: { role: 'assistant', usage: { cacheRead: 0 } } }], true],
    ['not another agent’s', [{ type: 'assistant', sessionId: 'a', message: { role: 'assistant', usage: {} } }], false],
  ])('%s', (_name, records, expected) => {
    expect(pi.recognises(records)).toBe(expected);
  });
});
