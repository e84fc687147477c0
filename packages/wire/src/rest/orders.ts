/** Orders: what a client may ask a live session to do. Each may be sent again with the same id and is done once. */
import { z } from 'zod';
import { permissionDecisions } from '../live-rows.js';
import { fileLimits, namedFileSchema } from './files.js';

const id = z.string().min(1).max(100);
const text = z.string().max(4_000_000);

export const efforts = ['minimal', 'low', 'medium', 'high'] as const;

export const createSessionSchema = z.object({
  id: id.optional(),
  /** The folder to work in, absolute. */
  cwd: z.string().min(1).max(4096),
  /** `KEY/MODEL`; without it the agent's first. */
  model: z.string().max(300).optional(),
  agent: z.string().max(100).optional(),
  title: z.string().max(300).optional(),
  effort: z.enum(efforts).optional(),
});
export type CreateSession = z.infer<typeof createSessionSchema>;

export const patchSessionSchema = z.object({
  title: z.string().min(1).max(300).optional(),
  position: z.number().int().nonnegative().optional(),
  model: z.string().max(300).optional(),
  effort: z.enum(efforts).optional(),
});
export type PatchSession = z.infer<typeof patchSessionSchema>;

/** `mode`: what becomes of it while a turn runs: told at its next step, or the next turn. */
export const startTurnSchema = z.object({
  id: id.optional(),
  input: text,
  mode: z.enum(['steer', 'queue']).default('queue'),
  /** Files that were sent before (`POST /sessions/:id/attachments`), by their hashes. */
  attachments: z.array(namedFileSchema).max(fileLimits.perTurn).default([]),
});
export type StartTurn = z.input<typeof startTurnSchema>;

/** Goes on with the turn that was cut off, or with none asked: an id of its own makes the order safe to repeat. */
export const followUpSchema = z.object({ id: id.optional() });
export type FollowUp = z.infer<typeof followUpSchema>;

export const turnAcceptedSchema = z.object({ turnId: z.string(), queued: z.boolean() });

export const answerPermissionSchema = z.object({
  decision: z.enum(permissionDecisions).exclude(['expired']),
});

/** Up to which turn, or which row, the copy reaches; without either, all of it. */
export const forkSessionSchema = z.object({
  id: id.optional(),
  turnId: z.string().optional(),
  atSeq: z.number().int().positive().optional(),
  /** The folder to go on in; the session's own where it is left out. */
  cwd: z.string().max(4096).optional(),
  model: z.string().max(300).optional(),
});

export type ForkSession = z.infer<typeof forkSessionSchema>;

/** Back to before a turn, with or without the files; or the last rewind is taken back, with its files. */
export const rewindSessionSchema = z.union([
  z.object({ turnId: z.string(), files: z.boolean().optional() }),
  z.object({ undo: z.literal(true) }),
]);
export type RewindSession = z.infer<typeof rewindSessionSchema>;

export const modelChoiceSchema = z.object({
  /** `KEY/MODEL`, as orders name it. */
  id: z.string(),
  keyId: z.string(),
  model: z.string(),
  provider: z.string(),
  contextWindow: z.number().int().nullable(),
  /** Until when its key is exhausted; `null` where it can be used now. */
  exhaustedUntil: z.iso.datetime().nullable(),
});
export type ModelChoice = z.infer<typeof modelChoiceSchema>;

export const choicesSchema = z.object({
  models: z.array(modelChoiceSchema),
  agents: z.array(z.object({ name: z.string(), models: z.array(z.string()), tools: z.array(z.string()) })),
  /** Agents with a program of their own, which choose their models and tools themselves. An older server has none. */
  hosted: z.array(z.object({ name: z.string(), agent: z.string() })).default([]),
  /** Folders that sessions have worked in, the latest first. */
  folders: z.array(z.string()),
});
export type Choices = z.infer<typeof choicesSchema>;
