/** What a script may say: replies as plain data, so that they also fit in a JSON file. */
import { z } from 'zod';

/**
 * A place in a reply, the same in every format: 0 is after the headers and before anything else; `start` after the
 * opening events and before the content; a number after so many content deltas, or, if there are fewer, at `end`:
 * after all content and before the closing events (which tell usage, mostly).
 */
const pointSchema = z.union([z.int().nonnegative(), z.enum(['start', 'end'])]);
export type Point = z.infer<typeof pointSchema>;

const toolCallSchema = z.strictObject({
  name: z.string(),
  /** Made up, and unique in the server, when left out. */
  id: z.string().optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  /** Sent as it stands in place of `input`: for broken JSON, or the text of a free-form tool. */
  rawInput: z.string().optional(),
});

const partSchema = z.union([
  z.strictObject({ text: z.string() }),
  /** So many characters of numbered lines, made while they are sent. */
  z.strictObject({ hugeText: z.int().positive().max(100_000_000) }),
  /** `signature` is what a provider wants back: a signature, encrypted content or thought signature. */
  z.strictObject({ thinking: z.string(), signature: z.string().optional() }),
  z.strictObject({ redactedThinking: z.string() }),
  z.strictObject({ toolCall: toolCallSchema }),
]);
export type Part = z.infer<typeof partSchema>;

const tokens = z.int().nonnegative().nullish();

/** House figures: input includes cache reads and writes, output includes reasoning. What is left out is never told. */
const figuresSchema = z.strictObject({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWrite1hTokens: tokens,
  reasoningTokens: tokens,
});

/**
 * Where usage is told: whole at the `start`, at the `end` or at `both`; `placeholder`: at the start with an output of
 * 1, whole at the end; `repeated`: whole wherever the format has room; `growing`: there too, the output so far.
 */
const usageAtSchema = z.enum(['start', 'end', 'both', 'placeholder', 'repeated', 'growing']);
export type UsageAt = z.infer<typeof usageAtSchema>;

const headersSchema = z.record(z.string(), z.string());

/** A refusal at HTTP level; without a body, the one that the provider would send with this status. */
export const failureSchema = z.strictObject({
  status: z.int().min(400).max(599),
  message: z.string().optional(),
  body: z.unknown().optional(),
  headers: headersSchema.optional(),
});
export type Failure = z.infer<typeof failureSchema>;

export const replySchema = z.strictObject({
  parts: z.array(partSchema).optional(),
  /** Left out: estimated from lengths. `null`: never told. */
  usage: figuresSchema.nullable().optional(),
  /** Left out: where the real provider tells it. */
  usageAt: usageAtSchema.optional(),
  /** Left out: the end of a turn, or of a step if tools are called. */
  stop: z.enum(['max_tokens', 'refusal']).optional(),
  /** Characters of a delta; 24 by default, 4096 for huge text. */
  chunkSize: z.int().positive().optional(),
  /** Before each delta. */
  delayMs: z.number().nonnegative().optional(),
  /** Sent with the answer, e.g. rate limits. */
  headers: headersSchema.optional(),
  fail: failureSchema.optional(),
  gates: z.array(z.strictObject({ at: pointSchema, name: z.string() })).optional(),
  /** The socket is cut. */
  breakAfter: pointSchema.optional(),
  /** Nothing more is sent until `release()`. */
  stallAfter: pointSchema.optional(),
  /** An error event ends the stream; of the kind that a busy provider sends, unless `error` says otherwise. */
  errorAfter: pointSchema.optional(),
  error: z.strictObject({ type: z.string(), message: z.string().optional() }).optional(),
  /** Something that is neither SSE nor JSON is sent, then the rest. */
  garbageAfter: pointSchema.optional(),
});
export type Reply = z.infer<typeof replySchema>;
