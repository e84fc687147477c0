/** What the fake agent is told to do: a prompt that is a JSON list of these is carried out step by step. */
import { z } from 'zod';

const tool = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  title: z.string().default('Run a tool'),
  kind: z.enum(['read', 'edit', 'delete', 'search', 'execute', 'fetch', 'other']).default('execute'),
  input: z.record(z.string(), z.unknown()).default({}),
  /** What it shows while it runs, one after the other, each with all before it. */
  shows: z.array(z.string()).default([]),
  output: z.string().default('done'),
  diff: z.object({ path: z.string(), before: z.string().nullable(), after: z.string() }).optional(),
  fails: z.boolean().default(false),
  /** Asks first; a file that is written only when it is allowed. */
  asks: z.boolean().default(false),
  writes: z.object({ path: z.string(), text: z.string() }).optional(),
});

export const agentStepSchema = z.union([
  z.strictObject({ say: z.string(), pieces: z.number().optional() }),
  z.strictObject({ think: z.string() }),
  z.strictObject({ call: tool }),
  z.strictObject({
    plan: z.array(z.object({ content: z.string(), status: z.enum(['pending', 'in_progress', 'completed']) })),
  }),
  z.strictObject({ title: z.string() }),
  z.strictObject({ context: z.object({ used: z.number(), size: z.number() }) }),
  /** A model request, in the log that Claude Code would write. */
  z.strictObject({ request: z.object({ id: z.string(), input: z.number(), output: z.number(), text: z.string() }) }),
  /** What the prompt's answer says was used. */
  z.strictObject({ usage: z.record(z.string(), z.number()) }),
  z.strictObject({ wait: z.number() }),
  z.strictObject({ garbage: z.string() }),
  /** A message of so many megabytes. */
  z.strictObject({ flood: z.number() }),
  z.strictObject({ complain: z.string() }),
  z.strictObject({ crash: z.string() }),
  z.strictObject({ fail: z.string() }),
  z.strictObject({ stop: z.enum(['end_turn', 'max_tokens', 'refusal']) }),
]);
export type AgentStep = z.input<typeof agentStepSchema>;

/** As the prompt says; any other text is answered. */
export function stepsIn(text: string): z.output<typeof agentStepSchema>[] {
  try {
    return z.array(agentStepSchema).parse(JSON.parse(text));
  } catch {
    return [{ say: `You said: ${text}` }];
  }
}
