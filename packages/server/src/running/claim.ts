/**
 * Who runs sessions on a data folder: one server alone, or any number of single turns. Two servers on one folder would
 * each take the other's turns for dead.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type HeldLock, takeLock } from '@taffrail/store';
import { z } from 'zod';
import type { DataHome } from '../data-home.js';
import { UsageError } from '../usage-error.js';
import { isProven, newNonce, proofHeader } from './proof.js';
import { serverFileName } from './server-file.js';

export type { HeldLock } from '@taffrail/store';

export interface RunningServer {
  url: string;
  pid: number;
  token: string;
}

const lockName = 'run.lock';
// A server that was just started has its data to open and its turns to recover before it listens.
const usualPatienceMs = 15_000;
const lookMs = 150;
const answerMs = 2_000;

/** For a server. @throws UsageError saying who is there already. */
export function claimAlone(home: DataHome): HeldLock {
  const path = join(home.dir, lockName);
  const lock = takeLock(path, 'alone');
  if (lock) return lock;
  const beside = takeLock(path, 'shared');
  beside?.release();
  const other = serverNamed(home);
  const elsewhere = 'name another folder with --data-dir';
  // Single turns let others beside them, a server does not.
  if (beside)
    throw new UsageError(
      `"taffrail run" or "taffrail app-server" is at work on ${home.dir}; wait for its end, or ${elsewhere}`,
    );
  throw new UsageError(
    other
      ? `a server already runs on ${home.dir}: ${other.url} (process ${other.pid}); stop it first, or ${elsewhere}`
      : `a server is just starting on ${home.dir}; use that one, or ${elsewhere}`,
  );
}

/**
 * Does this where nobody runs sessions on the folder, and says when that was: a turn that had begun by then and did not end
 * is nobody's any more. `null` where somebody is there.
 */
export async function whileAlone(home: DataHome, now: () => number, work: () => Promise<void>): Promise<number | null> {
  const lock = takeLock(join(home.dir, lockName), 'alone');
  if (!lock) return null;
  try {
    await work();
    return now();
  } finally {
    lock.release();
  }
}

/**
 * For a single turn: the server that runs on this folder, or the right to run it here.
 * @throws UsageError where a server is there and does not answer.
 */
export async function serverOrClaim(
  home: DataHome,
  patienceMs = usualPatienceMs,
): Promise<{ server: RunningServer } | { lock: HeldLock }> {
  for (const deadline = Date.now() + patienceMs; ; await wait(lookMs)) {
    const lock = takeLock(join(home.dir, lockName), 'shared');
    if (lock) return { lock };
    const named = serverNamed(home);
    if (named && (await answers(named, home))) return { server: { ...named, token: home.token() } };
    if (Date.now() > deadline)
      throw new UsageError(
        `a server runs on ${home.dir}${named ? `, at ${named.url} (process ${named.pid}),` : ''} but does not answer with this folder's token; stop it, or name another folder with --data-dir`,
      );
  }
}

const serverFileSchema = z.object({ url: z.url(), pid: z.number().int() });

/** What the last server that began to listen here has left: only worth something while the lock is held. */
function serverNamed(home: DataHome): z.infer<typeof serverFileSchema> | null {
  try {
    return serverFileSchema.parse(JSON.parse(readFileSync(join(home.dir, serverFileName), 'utf8')));
  } catch {
    // Not there yet, or half of it: it is looked at again.
    return null;
  }
}

/** Whether it is ours. The token is shown only to who has proven to know it: another program may have the port by now. */
async function answers({ url }: { url: string }, home: DataHome): Promise<boolean> {
  const nonce = newNonce();
  try {
    const answer = await fetch(`${url}/healthz?nonce=${nonce}`, { signal: AbortSignal.timeout(answerMs) });
    return isProven(answer.headers.get(proofHeader), { token: home.token(), nonce, host: new URL(url).host });
  } catch {
    return false;
  }
}
