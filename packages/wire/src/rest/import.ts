/** What an import did, what stands in its way, and what was found where. */
import { z } from 'zod';
import type { TokenField } from '../token-fields.js';

/** Something in a log that could not be read. Nothing else in the file is lost by it. */
export const importProblemSchema = z.object({
  path: z.string(),
  /** 1-based line, where the format has lines. */
  line: z.number().int().positive().nullable(),
  kind: z.enum([
    'unreadable',
    'not_json',
    'too_long',
    'wrong_shape',
    'bad_number',
    'unknown_record',
    'incomplete',
    'rewritten',
  ]),
  message: z.string(),
  count: z.number().int().positive(),
});
export type ImportProblem = z.infer<typeof importProblemSchema>;

/** What `taffrail import --json` and `POST /import` print. Counts are what this run read and added. */
export const importReportSchema = z.object({
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  sessions: z.number().int().nonnegative(),
  requests: z.number().int().nonnegative(),
  skippedLines: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  problems: z.array(importProblemSchema),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/** What an importer can tell at all, so that "this agent does not record it" differs from "this request did not". */
export const importerCapabilitiesSchema = z.object({
  perRequestUsage: z.boolean(),
  cacheRead: z.boolean(),
  cacheWrite: z.boolean(),
  cacheWrite1h: z.boolean(),
  reasoning: z.boolean(),
  subAgents: z.boolean(),
  forks: z.boolean(),
  compactions: z.boolean(),
  toolTimings: z.boolean(),
  errors: z.boolean(),
});
export type ImporterCapabilities = z.infer<typeof importerCapabilitiesSchema>;

/** What tells whether an agent records a token figure. */
export const capabilityOf: Record<TokenField, keyof ImporterCapabilities> = {
  inputTokens: 'perRequestUsage',
  outputTokens: 'perRequestUsage',
  cacheReadTokens: 'cacheRead',
  cacheWriteTokens: 'cacheWrite',
  cacheWrite1hTokens: 'cacheWrite1h',
  reasoningTokens: 'reasoning',
};

export const importRootSchema = z.object({
  agent: z.string(),
  label: z.string(),
  path: z.string(),
  exists: z.boolean(),
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  sessions: z.number().int().nonnegative(),
  lastImportAt: z.iso.datetime().nullable(),
  problems: z.number().int().nonnegative(),
  capabilities: importerCapabilitiesSchema,
});
export type ImportRoot = z.infer<typeof importRootSchema>;

/** Progress of a running import; `state: "idle"` when none runs. */
export const importStatusSchema = z.object({
  state: z.enum(['idle', 'importing', 'indexing']),
  filesDone: z.number().int().nonnegative(),
  filesTotal: z.number().int().nonnegative(),
  bytesDone: z.number().int().nonnegative(),
  bytesTotal: z.number().int().nonnegative(),
  pendingRows: z.number().int().nonnegative(),
  etaMs: z.number().nonnegative().nullable(),
  /** Why the last import stopped before its end, and what to do; `null` while all is well. */
  error: z.string().nullable(),
  roots: z.array(importRootSchema),
  problems: z.array(importProblemSchema),
});
export type ImportStatus = z.infer<typeof importStatusSchema>;
