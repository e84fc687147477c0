/** A file per running program, so that the next server ends what a crash has left behind. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { isGroupAlive, sessionOf, signalGroup, startOf } from './process-table.js';

const recordSchema = z.object({
  /** Leader of its own group and session. */
  pid: z.int().min(2),
  /** Tells it from a later process of the same number; null where the system did not say. */
  start: z.string().nullable(),
  command: z.string(),
});
type ProcessRecord = z.infer<typeof recordSchema>;

export interface ProcessRegistry {
  /** What `ToolPlace.started` does: the file is there when this returns. The returned function removes it. */
  started(process: { pid: number; command: string }): () => void;
}

const commandLengthMax = 500;
const endPatienceMs = 2_000;

/** @param folder In the data folder, for this alone; it is created. */
export function processRegistry(folder: string): ProcessRegistry {
  return {
    started({ pid, command }) {
      const record: ProcessRecord = { pid, start: startOf(pid), command: command.slice(0, commandLengthMax) };
      const path = join(folder, `${pid}-${randomBytes(4).toString('hex')}.json`);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path, JSON.stringify(record), { mode: 0o600 });
      return () => rmSync(path, { force: true });
    },
  };
}

function readRecord(path: string): ProcessRecord | null {
  try {
    return recordSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch {
    // A crash while it was written: the program is not known.
    return null;
  }
}

/**
 * Whether the group is still the one that was started. Where its leader is gone, the number is not given to another
 * process as long as somebody lives in the session that it opened.
 */
function isTheSame({ pid, start }: ProcessRecord): boolean {
  const now = startOf(pid);
  if (now !== null) return start !== null && now === start;
  return start !== null && isSameBoot(start) && sessionOf(pid).length > 0;
}

/** The part of a start that names the run of the machine is this process's own too. */
function isSameBoot(start: string): boolean {
  return startOf(process.pid)?.split(' ')[0] === start.split(' ')[0];
}

/**
 * Ends every process group that a server before this one left running, and forgets it. For the start of a server,
 * before any tool runs. A number that belongs to another process by now is left alone.
 * @returns The commands that were ended.
 */
export async function sweepProcesses(folder: string): Promise<string[]> {
  const ended: string[] = [];
  for (const path of recordFiles(folder)) {
    const record = readRecord(path);
    if (record !== null && isTheSame(record)) {
      signalGroup(record.pid, 'SIGKILL');
      for (let waited = 0; isGroupAlive(record.pid) && waited < endPatienceMs; waited += 20) await wait(20);
      ended.push(record.command);
    }
    rmSync(path, { force: true });
  }
  return ended;
}

/** The variable by which a server knows the programs of the servers before it on the same data. */
export const ownerVariable = 'TAFFRAIL_TOOL_OF';

/**
 * Ends what a server had started and not yet written down when it was killed: it is known by its environment. Only where
 * the system shows that; elsewhere such a program goes on.
 * @returns How many processes were ended.
 */
export function sweepOwned(owner: string): number {
  const mark = `${ownerVariable}=${owner}`;
  const spared = new Set([process.pid, process.ppid]);
  const owned = processIds().filter((pid) => !spared.has(pid) && environmentOf(pid).includes(mark));
  for (const pid of owned) signalOne(pid);
  return owned.length;
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function signalOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

function recordFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.map((name) => join(folder, name));
  } catch {
    return [];
  }
}
