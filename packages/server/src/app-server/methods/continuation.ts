/**
 * A thread that another agent recorded is gone on with in a fork: its own log belongs to that agent, which may write to
 * it at any time. The fork's id follows from the thread and how far it had come, so that resuming it again leads to the
 * same fork, until the other agent has gone on.
 */
import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import type { AppServer } from '../app-server.js';
import type { ThreadRow } from '../thread-rows.js';

/** @param cwd The folder that the client names: the recorded one may be on another machine. */
export function continuationOf(server: AppServer, recorded: ThreadRow, cwd: string | null): Promise<string> {
  return server.parts.runner.fork(recorded.id, { id: continuationId(recorded), ...(cwd === null ? {} : { cwd }) });
}

function continuationId({ id, head, updated_at }: Pick<ThreadRow, 'id' | 'head' | 'updated_at'>): string {
  const random = createHash('sha256').update(`taffrail continues ${id} from ${head}`).digest().subarray(0, 16);
  return v7({ msecs: updated_at, random, seq: random.readUInt32BE(12) });
}
