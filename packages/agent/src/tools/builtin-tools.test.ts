/** What all tools have in common, and the task list. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { builtinTools } from './index.js';
import { placeWith, type TestPlace } from './place-for-tests.js';
import { tasks } from './tasks.js';
import { title } from './title.js';

let place: TestPlace;
beforeEach(() => {
  place = placeWith();
});
afterEach(() => place.remove());

describe.each(builtinTools.map((tool) => [tool.name, tool] as const))('E2: the tool %s', (_name, tool) => {
  test('can be told to a model', () => {
    const schema = z.toJSONSchema(tool.input);
    expect(schema.type).toBe('object');
    expect(tool.description.length).toBeGreaterThan(40);
  });

  test('says that it was stopped before it began', async () => {
    place.stop();
    expect((await tool.run({}, place)).status).toBe('interrupted');
  });
});

test('E2: the tools have the names that permissions and configuration use', () => {
  expect(builtinTools.map(({ name }) => name)).toEqual([
    'read',
    'write',
    'edit',
    'list',
    'glob',
    'grep',
    'run_command',
    'tasks',
    'title',
  ]);
  expect(builtinTools.filter(({ writes }) => writes).map(({ name }) => name)).toEqual(['write', 'edit', 'run_command']);
});

test('E5: the task list is told as it stands', async () => {
  const list = [
    { text: 'look', status: 'done' },
    { text: 'change', status: 'active' },
    { text: 'check', status: 'pending' },
  ] as const;
  expect(await tasks.run({ tasks: [...list] }, place)).toEqual({
    status: 'ok',
    text: '3 tasks, 1 done:\n[x] look\n[>] change\n[ ] check',
  });
  expect((await tasks.run({ tasks: [] }, place)).text).toBe('The task list is empty.');
});

test('C7: a title is one short line, whatever the model writes', async () => {
  const titled = async (words: string) => (await title.run({ title: words }, place)).title;
  expect(await titled('  Mend\n the\u202e parser ')).toBe('Mend the parser');
  expect((await titled('word '.repeat(60)))?.length).toBeLessThanOrEqual(80);
  expect(await title.run({ title: '\n\t' }, place)).toEqual({ status: 'error', text: 'The title is empty.' });
});

test('E5: only tools that change nothing run at the same time as their neighbours', () => {
  expect(builtinTools.flatMap(({ name, together }) => (together ? [name] : []))).toEqual([
    'read',
    'list',
    'glob',
    'grep',
    'title',
  ]);
});
