/**
 * Orders to live sessions. Each goes out once: a lost line never sends one again by itself. Who tries again by hand
 * sends the same `id`, and the server does it once.
 */
import {
  type answerPermissionSchema,
  type Capability,
  type CreateSession,
  type FollowUp,
  type ForkSession,
  keptFileSchema,
  type PatchSession,
  type RewindSession,
  rewoundSchema,
  type StartTurn,
  sessionSchema,
  turnAcceptedSchema,
} from '@taffrail/wire';
import { z } from 'zod';
import type { Result } from './problem.js';
import { queryString } from './query-string.js';
import { type RestOptions, request } from './request.js';

type AnswerPermission = z.infer<typeof answerPermissionSchema>;

/** The orders of the API at `options.baseUrl`. What they bring about comes over the socket, as rows and hints. Only a server that can is asked. */
export function createOrders(options: RestOptions) {
  const ordering =
    (needs: Capability) =>
    <T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, schema: z.ZodType<T>, body?: unknown) =>
      request(options, { method, path, schema, body, needs });
  const order = ordering('live');
  const done = z.unknown();
  const at = (id: string) => `/sessions/${encodeURIComponent(id)}`;
  return {
    createSession: (body: CreateSession) => order('POST', '/sessions', sessionSchema, body),
    patchSession: (id: string, body: PatchSession) => order('PATCH', at(id), sessionSchema, body),
    /** Stops what runs in it and takes it from the workbench; its log stays. */
    closeSession: (id: string) => order('DELETE', at(id), done),
    reopen: (id: string) => order('POST', `${at(id)}/reopen`, sessionSchema),
    startTurn: (id: string, body: StartTurn) => order('POST', `${at(id)}/turns`, turnAcceptedSchema, body),
    /** Sends a file ahead; the message that it goes with names it by its hash. */
    attach: (id: string, name: string, bytes: Uint8Array<ArrayBuffer>) =>
      request(options, {
        method: 'POST',
        path: `${at(id)}/attachments${queryString({ name })}`,
        schema: keptFileSchema,
        bytes,
        needs: 'attachments',
      }),
    /** Takes back an input that still waits. */
    dropInput: (id: string, inputId: string) => order('DELETE', `${at(id)}/queue/${encodeURIComponent(inputId)}`, done),
    interrupt: (id: string) => order('POST', `${at(id)}/interrupt`, done),
    /** Answers with the copy. */
    fork: (id: string, body: ForkSession) => ordering('fork')('POST', `${at(id)}/fork`, sessionSchema, body),
    /** Back to before a turn, or undoing that; answers with how the files fared. */
    rewind: (id: string, body: RewindSession) =>
      ordering('checkpoints')('POST', `${at(id)}/rewind`, rewoundSchema, body),
    /** Goes on with the turn that was cut off. */
    resumeTurn: (id: string, body: FollowUp) =>
      ordering('resume')('POST', `${at(id)}/resume`, turnAcceptedSchema, body),
    /** Replaces the older context by a summary. */
    compact: (id: string, body: FollowUp) => ordering('compact')('POST', `${at(id)}/compact`, turnAcceptedSchema, body),
    answerPermission: (id: string, permissionId: string, body: AnswerPermission): Promise<Result<unknown>> =>
      order('POST', `${at(id)}/permissions/${encodeURIComponent(permissionId)}`, done, body),
  };
}
