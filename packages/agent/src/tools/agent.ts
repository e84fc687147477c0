/**
 * `agent`: a task for a sub-agent, which works on it in a session of its own. It has no `run`: the loop starts it, because
 * it needs a session where other tools need a folder.
 */
import { z } from 'zod';
import type { ToolWords } from './contract.js';

/** What a sub-agent is started with. */
export interface AgentOrder {
  task: string;
  title?: string | undefined;
  /** The configured agent that does it; without it the one that asks. */
  agent?: string | undefined;
}

export const agentToolName = 'agent';

/** What a permission pattern is matched against where the call names no agent. */
const itself = 'self';

const charactersMax = 200_000;

const input = z.object({
  task: z
    .string()
    .min(1)
    .max(charactersMax)
    .describe('All that it has to know: it sees nothing of this conversation. Say what it is to answer with.'),
  title: z.string().min(1).max(100).optional().describe('A few words for the people who watch.'),
});

/** @param names The configured agents; where there is but one, there is nothing to choose. */
export function agentTool(names: readonly string[]): ToolWords<AgentOrder> {
  return {
    name: agentToolName,
    description:
      'Gives a task to a sub-agent, which works on it in this folder, by itself and with a context of its own, and answers with its last message. Several in one answer work at the same time: give them tasks that do not change the same files. Use it for searches and for parts of a task that can be done apart.',
    input:
      names.length < 2 ? input : input.extend({ agent: z.enum(names).optional().describe('Which agent does it.') }),
    // Whether it did is told by its session, once it has ended.
    writes: false,
    together: true,
    subject: ({ agent }) => agent ?? itself,
  };
}
