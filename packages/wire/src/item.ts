/** Items: the parts of a turn that make up a transcript. Usage is never an item. */
import { z } from 'zod';

/** Bytes kept aside by hash: a long tool output or an image. `text` of the item then holds its head and tail. */
export const blobRefSchema = z.object({
  hash: z.string(),
  sizeBytes: z.number().int().nonnegative(),
});
export type BlobRef = z.infer<typeof blobRefSchema>;

export const attachmentSchema = z.object({
  mediaType: z.string(),
  name: z.string().optional(),
  blob: blobRefSchema.optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** Of an item that is still being written: its text follows piece by piece. */
const streaming = z.literal(true).optional();
/** What a provider wants back with the item (signatures, ids), as JSON text. */
const providerState = z.string().optional();

export const messageItemSchema = z.object({
  type: z.literal('message'),
  role: z.enum(['user', 'assistant', 'system']),
  text: z.string(),
  /** `harness`: written by the agent program in a person's name (reminders, command echoes), not typed by anyone. */
  author: z.enum(['human', 'model', 'harness']),
  attachments: z.array(attachmentSchema).optional(),
  streaming,
  providerState,
});

export const reasoningItemSchema = z.object({
  type: z.literal('reasoning'),
  text: z.string(),
  /** The provider hid the text; only its existence is known. */
  hidden: z.boolean().optional(),
  durationMs: z.number().nonnegative().optional(),
  streaming,
  providerState,
});

export const toolCallItemSchema = z.object({
  type: z.literal('tool_call'),
  callId: z.string(),
  name: z.string(),
  /** The arguments as JSON text, or as raw text where the model sent no valid JSON. */
  text: z.string(),
  streaming,
  providerState,
});

export const toolResultItemSchema = z.object({
  type: z.literal('tool_result'),
  callId: z.string(),
  text: z.string(),
  status: z.enum(['ok', 'error', 'interrupted']),
  durationMs: z.number().nonnegative().optional(),
  blob: blobRefSchema.optional(),
  attachments: z.array(attachmentSchema).optional(),
  /** The sub-agent session that did the work, where the log says so. */
  childSessionId: z.string().optional(),
  /** That sub-agent has changed files. */
  changedFiles: z.literal(true).optional(),
  streaming,
});

export const compactionItemSchema = z.object({
  type: z.literal('compaction'),
  /** The summary that replaced the older context, where the log keeps it. */
  text: z.string(),
  trigger: z.enum(['manual', 'auto', 'unknown']),
  tokensBefore: z.number().int().nonnegative().optional(),
  tokensAfter: z.number().int().nonnegative().optional(),
});

export const errorItemSchema = z.object({
  type: z.literal('error'),
  text: z.string(),
  code: z.string().optional(),
  /** The agent tried again by itself. */
  retried: z.boolean().optional(),
});

/** The code of an error item that says of which MCP server's tools a turn has to do without: no request has failed. */
export const mcpErrorCode = 'mcp';

export const itemSchema = z.discriminatedUnion('type', [
  messageItemSchema,
  reasoningItemSchema,
  toolCallItemSchema,
  toolResultItemSchema,
  compactionItemSchema,
  errorItemSchema,
]);
export type Item = z.infer<typeof itemSchema>;
export type ItemType = Item['type'];
