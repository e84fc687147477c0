/** `tasks`: the list of what is to be done, replaced as a whole. Changes nothing but the transcript. */
import { z } from 'zod';
import type { Tool } from './contract.js';
import { counted } from './cut-text.js';
import { answering } from './refusal.js';

const input = z.object({
  tasks: z
    .array(
      z.object({
        text: z.string().min(1).max(500).describe('What is to be done.'),
        status: z.enum(['pending', 'active', 'done']),
      }),
    )
    .max(100)
    .describe('All tasks in their order, also those that are done.'),
});
type Input = z.infer<typeof input>;

const marks = { pending: '[ ]', active: '[>]', done: '[x]' } as const;

export const tasks: Tool<Input> = answering({
  name: 'tasks',
  description:
    'Sets the list of tasks that the user sees. Use it for work of several steps: give the whole list each time, with at most one active task.',
  input,
  writes: false,
  together: false,
  subject: () => '',
  run: async ({ tasks: list }) => {
    if (list.length === 0) return { status: 'ok', text: 'The task list is empty.' };
    const done = list.filter(({ status }) => status === 'done').length;
    const lines = list.map(({ text, status }) => `${marks[status]} ${text}`);
    return { status: 'ok', text: `${counted(list.length, 'task')}, ${done} done:\n${lines.join('\n')}` };
  },
});
