/** Tool calls in one line, and what terminals wrote as plain text. */
import { describe, expect, it } from 'vitest';
import { plainOutput } from './ansi.js';
import type { CallItem, ResultItem, ToolBlock } from './blocks.js';
import { safeHref } from './safe-href.js';
import { exitCode, relative, summaryOf, toolKind } from './tool-summary.js';

function block(name: string, args: unknown, text = 'ok', status: 'ok' | 'error' | 'interrupted' = 'ok'): ToolBlock {
  const base = { id: 'x', seq: 1, at: '2026-11-20T10:00:00.000Z', turnId: null, step: null };
  const call: CallItem = { ...base, item: { type: 'tool_call', callId: 'c', name, text: JSON.stringify(args) } };
  const result: ResultItem = { ...base, item: { type: 'tool_result', callId: 'c', text, status } };
  return { kind: 'tool', key: 'x', seq: 1, at: base.at, turnId: null, step: null, opensTurn: false, call, result };
}
const cwd = '/home/dev/demo';

describe('a tool line', () => {
  it.each([
    ['Bash', 'shell'],
    ['exec_command', 'shell'],
    ['run_shell_command', 'shell'],
    ['write_stdin', 'shell'],
    ['Read', 'read'],
    ['view', 'read'],
    ['write_file', 'write'],
    ['create', 'write'],
    ['MultiEdit', 'edit'],
    ['apply_patch', 'edit'],
    ['replace', 'edit'],
    ['Grep', 'search'],
    ['list_directory', 'search'],
    ['WebFetch', 'web'],
    ['Task', 'agent'],
    ['collaboration.spawn_agent', 'agent'],
    ['TodoWrite', 'plan'],
    ['update_plan', 'plan'],
    ['mcp__weather__now', 'mcp'],
    ['mcp__files__edit_file', 'mcp'],
  ])('knows %s as %s', (name, kind) => {
    expect(toolKind(name)).toBe(kind);
  });

  it.each([
    ['Bash', { command: 'npm test', description: 'Run' }, 'npm test'],
    ['shell', { command: ['bash', '-lc', 'ls  -la\n'] }, 'ls -la'],
    ['Read', { file_path: '/home/dev/demo/src/a.ts' }, 'src/a.ts'],
    ['Grep', { pattern: '\\bround\\(', path: 'src/' }, '\\bround\\( in src/'],
    ['TodoWrite', { todos: [{ status: 'completed' }, { status: 'pending' }] }, '1 of 2 done'],
    ['mcp__x', { limit: 5 }, '5'],
    ['mcp__x', {}, ''],
  ])('shows the argument that matters: %s %o', (name, args, argument) => {
    expect(summaryOf(block(name, args), cwd).argument).toBe(argument);
  });

  it('says what came of it', () => {
    const outcome = (...args: Parameters<typeof block>) => summaryOf(block(...args), cwd).outcome;
    expect(outcome('Read', { path: 'a' }, 'a\nb\n')).toEqual({ kind: 'text', text: '2 lines', tone: 'plain' });
    expect(outcome('Bash', { command: 'x' }, 'Exit code 1\nboom', 'error')).toEqual({
      kind: 'text',
      text: 'exit 1',
      tone: 'bad',
    });
    expect(outcome('Read', { path: 'a' }, 'no such file', 'error')).toEqual({
      kind: 'text',
      text: 'failed',
      tone: 'bad',
    });
    expect(outcome('Edit', { file_path: 'a', old_string: 'x', new_string: 'y' })).toEqual({
      kind: 'changes',
      added: 1,
      removed: 1,
    });
    expect(outcome('Bash', { command: 'x' }, '', 'interrupted')).toMatchObject({ text: 'interrupted' });
  });

  it('says that a call has no result in the log', () => {
    expect(summaryOf({ ...block('Bash', {}), result: null }, cwd).outcome).toMatchObject({
      text: 'no result in this log',
    });
  });

  it('reads exit codes as Claude Code and Codex write them, and nothing else', () => {
    expect(exitCode('Exit code: 0\nWall time: 0 seconds')).toBe(0);
    expect(exitCode('Process exited with code 127\n')).toBe(127);
    expect(exitCode('the exit code is 3')).toBeNull();
  });

  it('shortens only paths inside the folder', () => {
    expect(relative('/home/dev/demo', cwd)).toBe('.');
    expect(relative('/home/dev/demo2/a', cwd)).toBe('/home/dev/demo2/a');
  });
});

describe('terminal output', () => {
  it('loses its colours, titles and links', () => {
    expect(plainOutput('\u001b[1;32m✓\u001b[0m ok \u001b]8;;http://x\u0007link\u001b]8;;\u0007')).toBe('✓ ok link');
    expect(plainOutput('\u001b]0;title\u001b\\text\u001b(B\u001b=')).toBe('text');
  });

  it('keeps what stood last on a line that was written over', () => {
    expect(plainOutput('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n');
  });

  it('loses bells and NULs, and keeps tabs', () => {
    expect(plainOutput('a\u0007\u0000b\tc')).toBe('ab\tc');
  });

  it('survives sequences that were cut off', () => {
    expect(plainOutput('text\u001b[3')).toBe('text');
    expect(plainOutput('text\u001b]0;never ends')).toBe('text');
  });
});

describe('links of a log', () => {
  it('open pages and mails, and nothing else', () => {
    expect(safeHref('https://example.com/a?b#c')).toBe('https://example.com/a?b#c');
    expect(safeHref('mailto:ada@example.com')).toBe('mailto:ada@example.com');
    for (const bad of [
      'javascript:alert(1)',
      ' JaVaScRiPt:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      '/api/v1',
      '',
      undefined,
    ]) {
      expect(safeHref(bad)).toBeNull();
    }
  });
});
