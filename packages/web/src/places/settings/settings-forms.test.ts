/** Keys in words, agents and permissions as forms change them. */
import type { KeySetting } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { modelMistake, moved } from './agent-edit.js';
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
