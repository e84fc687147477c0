/** MCP servers in words. */
import { describe, expect, test } from 'vitest';
import { mcpState, toolsText, usersText } from './mcp-words.js';

const at = '2026-11-20T09:00:00.000Z';
const test1 = (ok: boolean) => ({ ok, message: 'no such program', at, durationMs: 5 });
const base = { problem: null, tested: null, connections: 0 };

describe('E-beyond: how a server stands', () => {
  test('a connection goes before an older test', () => {
    const state = mcpState({ ...base, state: 'connected', connections: 2, tested: test1(false) });
    expect(state).toEqual({ tone: 'ok', text: 'Connected, in 2 folders', note: null });
  });

  test('one that nobody has wanted yet is no failure', () => {
    expect(mcpState({ ...base, state: 'unused' })).toMatchObject({ tone: 'unknown', note: null });
  });

  test('one that failed its test says why', () => {
    expect(mcpState({ ...base, state: 'unused', tested: test1(false) })).toMatchObject({
      tone: 'failed',
      note: 'no such program',
    });
  });

  test('one that has ended starts again', () => {
    const state = mcpState({ ...base, state: 'unused', problem: 'it ended with exit code 7', tested: test1(true) });
    expect(state.note).toBe('it ended with exit code 7. It starts again when it is used');
  });
});

test('E-beyond: its tools are counted, and those that are left out apart', () => {
  expect(toolsText([{ name: 'a', why: null }])).toBe('1 tool');
  expect(toolsText([{ name: 'a', why: 'odd' }])).toBe('0 tools, 1 left out');
});

test('E-beyond: who uses it is named', () => {
  expect(usersText(['a', 'b'], ['a', 'b'])).toBe('all agents');
  expect(usersText(['a'], ['a'])).toBe('a');
  expect(usersText([], ['a'])).toBe('no agent');
});
