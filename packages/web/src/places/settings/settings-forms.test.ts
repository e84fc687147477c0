/** Keys in words, agents and permissions as forms change them. */
import type { KeySetting } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { modelMistake, moved } from './agent-edit.js';
import { budgetMistake, limitOf, limitText, shareOfText, withBudget } from './budget-edit.js';
import { freeName, keyState, providerLabel, sourceWords } from './key-words.js';
import { linesOf, permissionsOf, restRule, twice } from './permission-edit.js';

const now = new Date('2026-11-20T12:00:00Z');
const tested = { ok: true, message: '2 models', at: '2026-11-20T11:00:00.000Z', durationMs: 5, models: ['a', 'b'] };
const key = { isPresent: true, resting: null, tested: null, source: { kind: 'stored' } } satisfies Partial<KeySetting>;

describe('a key', () => {
  it('A3: stands as missing before exhausted, as exhausted before tested, and as untested else', () => {
    const resting = { until: '2026-11-20T12:05:00.000Z', reason: '429: slow down' };
    const env = { kind: 'environment', name: 'X_KEY' } as const;
    expect(keyState({ ...key, isPresent: false, resting, tested, source: env }, now).text).toBe('X_KEY is not set');
    expect(keyState({ ...key, isPresent: false }, now).text).toBe('Its secret is missing');
    expect(keyState({ ...key, resting, tested }, now)).toMatchObject({ tone: 'waiting', note: '429: slow down' });
    expect(keyState({ ...key, resting: { ...resting, until: now.toISOString() }, tested }, now).tone).toBe('ok');
    expect(keyState({ ...key, tested }, now).text).toMatch(/^Works, 2 models, tested \d\d:00$/);
    expect(keyState({ ...key, tested: { ...tested, models: [] } }, now).text).toMatch(/^Works, tested/);
    expect(keyState({ ...key, tested: { ...tested, ok: false, message: '401: no' } }, now)).toMatchObject({
      tone: 'failed',
      note: '401: no',
    });
    expect(keyState(key, now)).toEqual({ tone: 'unknown', text: 'Not tested', note: null });
  });

  it('A3: says where its secret comes from, and whose it is', () => {
    expect(sourceWords({ kind: 'environment', name: 'X_KEY' }, null)).toBe('env X_KEY');
    expect(sourceWords({ kind: 'stored' }, null)).toBe('stored on the server');
    expect(sourceWords({ kind: 'none' }, 'http://box')).toBe('needs none');
    expect(sourceWords({ kind: 'none' }, null)).toBe('no secret');
    expect(providerLabel({ provider: 'openai-compatible', origin: 'found' })).toBe('Ollama');
    expect(providerLabel({ provider: 'openai-compatible', origin: 'config' })).toBe('Compatible');
  });

  it('A3: is offered a name that is free', () => {
    expect(freeName('openai', ['anthropic'])).toBe('openai');
    expect(freeName('openai', ['openai', 'openai-2'])).toBe('openai-3');
  });
});

describe('an agent’s models', () => {
  it('A3: change places with their neighbour, and stay where there is none', () => {
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
  });

  it('A3: are named with a key that is there, once', () => {
    const mistake = (text: string) => modelMistake(text, ['main/a'], ['main', 'ollama']);
    expect(mistake('ollama/llama3:8b')).toBeNull();
    expect(mistake('')).toBeNull();
    expect(mistake('main/a ')).toMatch(/already/);
    for (const text of ['main', 'main/', '/a', 'main/a b']) expect(mistake(text)).toMatch(/KEY\/MODEL/);
    expect(mistake('other/a')).toMatch(/no key other/);
  });
});

describe('permissions', () => {
  const permissions = {
    read: 'deny',
    run_command: { 'npm test': 'allow', '*': 'ask' },
    write: { 'src/*': 'allow' },
    gone: 'ask',
  } as const;

  it('E4: become lines and come back as they were', () => {
    const lines = linesOf(permissions, ['read', 'write', 'run_command', 'edit']);
    expect(lines.map(({ tool, rule }) => [tool, rule])).toEqual([
      ['read', 'deny'],
      ['write', null],
      ['run_command', 'ask'],
      ['edit', null],
      ['gone', 'ask'],
    ]);
    expect(permissionsOf(lines)).toEqual(permissions);
  });

  it('E4: leave out patterns that say nothing', () => {
    const patterns = [
      { pattern: ' ', rule: 'deny' },
      { pattern: ' a ', rule: 'allow' },
    ] as const;
    expect(permissionsOf([{ tool: 'write', rule: null, patterns: [...patterns] }])).toEqual({ write: { a: 'allow' } });
    expect(permissionsOf([{ tool: 'write', rule: 'ask', patterns: [patterns[0]] }])).toEqual({ write: 'ask' });
  });

  it('E4: show for all else what the server decides: what allows some things allows nothing else', () => {
    const line = (rule: 'allow' | null, pattern: 'allow' | 'deny') => ({
      tool: 'write',
      rule,
      patterns: [{ pattern: 'src/*', rule: pattern }],
    });
    expect(restRule(line(null, 'allow'), 'allow')).toBe('ask');
    expect(restRule(line(null, 'deny'), 'allow')).toBe('allow');
    expect(restRule(line('allow', 'allow'), 'allow')).toBe('allow');
    expect(restRule(line(null, 'allow'), 'ask')).toBe('ask');
  });

  it('E4: name no pattern twice', () => {
    const lines = (...names: string[]) => [
      { tool: 'write', rule: null, patterns: names.map((pattern) => ({ pattern, rule: 'ask' as const })) },
    ];
    expect(twice(lines('a', 'b', '', ''))).toBeNull();
    expect(twice(lines('a', ' a'))).toMatch(/a stands there twice/);
    expect(twice(lines('*'))).toMatch(/line of the tool itself/);
  });
});

describe('a budget', () => {
  const session = { scope: 'session', measure: 'money', limit: 5_000_000, per: null } as const;
  const project = (measure: 'money' | 'tokens', per: 'day' | 'month') =>
    ({ scope: 'project', measure, limit: 1_000, per }) as const;

  it('H6: takes a limit as people write one, and nothing else', () => {
    const tokens = ['500k', '2M', '1.5b', '2,000,000', '1_000', ' 7 '].map((text) => limitOf('tokens', text));
    expect(tokens).toEqual([500_000, 2_000_000, 1_500_000_000, 2_000_000, 1_000, 7]);
    expect(['5', '$2.50', '.5', '1,000'].map((text) => limitOf('money', text))).toEqual([
      5_000_000, 2_500_000, 500_000, 1_000_000_000,
    ]);
    expect(limitOf('money', '1 234 567.50')).toBe(1_234_567_500_000);
    for (const text of ['', '0', '-1', 'five', '1e9', '5k', '0.0000001', '9'.repeat(25), '1,5', '10,00', '1,000 000'])
      expect([text, limitOf('money', text)]).toEqual([text, null]);
    for (const text of ['', '0', '2G', '$5', '0.2', '1,5', '1.5', '1.500', '0.0001k', '1,5M'])
      expect([text, limitOf('tokens', text)]).toEqual([text, null]);
    expect(limitOf('money', limitText(session))).toBe(session.limit);
  });

  it('H6: that is there already is changed, not added a second time', () => {
    expect(budgetMistake(session, '5', [session], true)).toMatch(/already/);
    expect(budgetMistake(session, '5', [session], false)).toBeNull();
    expect(budgetMistake(session, 'much', [], true)).toMatch(/amount of dollars/);
    expect(budgetMistake(project('tokens', 'day'), 'much', [], true)).toMatch(/number of tokens/);
  });

  it('H6: of a project shares its period with the project’s other one', () => {
    expect(withBudget([session, project('money', 'month')], project('tokens', 'day'))).toEqual([
      session,
      project('money', 'day'),
      project('tokens', 'day'),
    ]);
    expect(withBudget([session], { ...session, limit: 9 })).toEqual([{ ...session, limit: 9 }]);
  });

  it('H6: warns at a share of more than nothing and at most all', () => {
    expect(['80', '50%', '0.5', '100', '0', '101', '', 'x', '1e1', '0x10'].map(shareOfText)).toEqual([
      0.8,
      0.5,
      0.005,
      1,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
