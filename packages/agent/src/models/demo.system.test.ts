/** The demo's script: what it calls for, step by step. */
import type { Item } from '@taffrail/wire';
import { expect, it } from 'vitest';
import type { ToolForModel } from './contract.js';
import { callDemo } from './demo.js';

const tool = (name: string): ToolForModel => ({ name, description: '', schema: {}, isQuiet: false });
const person = (text: string): Item => ({ type: 'message', role: 'user', author: 'human', text });
const result = (text: string): Item => ({ type: 'tool_result', callId: 'c', text, status: 'ok' });

/** What it calls for next, with its input; what it says where it calls for nothing. */
async function next(items: Item[], tools: string[]): Promise<string> {
  const key = { id: 'demo', provider: 'demo', baseUrl: null, secret: null } as const;
  const request = { key, model: 'demo', system: '', items, files: new Map(), tools: tools.map(tool), effort: null };
  const [names, said]: [string[], string[]] = [[], []];
  for await (const event of callDemo(request, new AbortController().signal)) {
    if (event.type === 'opened' && event.kind === 'tool_call') names.push(event.name ?? '');
    if (event.type === 'closed' && event.text !== undefined) names.push(event.text);
    if (event.type === 'text' && event.part === 'text') said.push(event.text);
  }
  return names.length > 0 ? names.join(' ') : said.join('');
}

it('E5: sends a sub-agent to look around, which lists the folder and says what it found', async () => {
  const call = await next([person('build a boat')], ['list', 'agent']);
  expect(call).toMatch(/^title .* agent \{"task"/);
  const { task } = JSON.parse(call.slice(call.indexOf(' agent ') + ' agent '.length)) as { task: string };
  expect(await next([person(task)], ['list'])).toBe('list {"path":"."}');
  expect(await next([person(task), result('a\nb\n')], ['list'])).toBe('There are 2 lines to the list of this folder.');
  expect(await next([person('build a boat'), result('two lines')], ['list', 'agent'])).toMatch(/^write /);
});

it('looks around itself where it may start no sub-agent', async () => {
  expect(await next([person('build a boat')], ['list'])).toMatch(/ list \{"path":"\."\}$/);
});

it('E2: writes a file of its own each time it is asked the same, and runs the one that it wrote', async () => {
  const before = [person('build a boat'), result('two lines')];
  const writes = await Promise.all([1, 2].map(() => next(before, ['list', 'agent'])));
  const paths = writes.map((call) => /"path":"(demo\/build-[0-9a-f]{4}\.mjs)"/.exec(call)?.[1]);
  expect(paths[0]).toBeDefined();
  expect(paths[0]).not.toBe(paths[1]);
  const written: Item = { type: 'tool_call', callId: 'c', name: 'write', text: JSON.stringify({ path: paths[1] }) };
  expect(await next([...before, written, result('Created.')], ['list', 'agent'])).toContain(`node ${paths[1]}`);
});

it('A3: says that it is done where another model began the turn', async () => {
  expect(await next([person('build a boat'), result('a'), result('b')], ['list'])).not.toContain('node');
});
