/** Items of a thread as other clients see them. The kinds that taffrail sends; clients know more. */
import { z } from 'zod';

const textInput = z.object({ type: z.literal('text'), text: z.string(), text_elements: z.array(z.unknown()) });

const base = {
  id: z.string(),
  startedAtMs: z.int().nullable(),
  completedAtMs: z.int().nullable(),
};

export const itemSchema = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('userMessage'),
    clientId: z.string().nullable(),
    content: z.array(textInput),
  }),
  z.object({ ...base, type: z.literal('agentMessage'), text: z.string(), phase: z.null(), memoryCitation: z.null() }),
  z.object({
    ...base,
    type: z.literal('reasoning'),
    summary: z.array(z.string()),
    content: z.array(z.string()),
  }),
  z.object({
    ...base,
    type: z.literal('commandExecution'),
    command: z.string(),
    cwd: z.string(),
    processId: z.null(),
    source: z.literal('agent'),
    status: z.enum(['inProgress', 'completed', 'failed', 'declined']),
    commandActions: z.array(z.object({ type: z.literal('unknown'), command: z.string() })),
    aggregatedOutput: z.string().nullable(),
    exitCode: z.int().nullable(),
    durationMs: z.int().nullable(),
  }),
  z.object({
    ...base,
    type: z.literal('fileChange'),
    changes: z.array(
      z.object({
        path: z.string(),
        kind: z.union([
          z.object({ type: z.literal('add') }),
          z.object({ type: z.literal('update'), move_path: z.string().nullable() }),
        ]),
        diff: z.string(),
      }),
    ),
    status: z.enum(['inProgress', 'completed', 'failed', 'declined']),
  }),
  z.object({
    ...base,
    type: z.literal('mcpToolCall'),
    server: z.string(),
    tool: z.string(),
    status: z.enum(['inProgress', 'completed', 'failed']),
    arguments: z.unknown(),
    result: z.object({ content: z.array(z.object({ type: z.literal('text'), text: z.string() })) }).nullable(),
    error: z.object({ message: z.string() }).nullable(),
    durationMs: z.int().nullable(),
  }),
  z.object({ ...base, type: z.literal('contextCompaction') }),
]);
export type ThreadItem = z.infer<typeof itemSchema>;
