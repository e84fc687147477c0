/** What the system says of its processes: when one began, and who belongs to its group or session. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const hasTable = existsSync('/proc/self/stat');

interface Standing {
  pid: number;
  group: number;
  session: number;
  /** In ticks since the machine started. */
  startTicks: number;
  /** It has ended, and only its entry is left. */
  ended: boolean;
}

/** `null` where there is no such process. */
function standing(pid: number): Standing | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold anything, also brackets: the figures begin after the last one.
    const figures = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (index: number) => Number(figures[index]);
    return { pid, group: at(2), session: at(3), startTicks: at(19), ended: /^[ZX]/.test(figures[0] ?? '') };
  } catch {
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

/** Tells two processes apart that had the same number one after the other; `null` where there is none of it. */
export function startOf(pid: number): string | null {
  if (hasTable) {
    const found = standing(pid);
    return found === null || found.ended ? null : `${bootId()} ${found.startTicks}`;
  }
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2_000 }).trim() || null
    );
  } catch {
    return null;
  }
}

/** The processes of the session that `leader` opened, itself left out; empty where the system does not tell. */
export function sessionOf(leader: number): number[] {
  if (!hasTable) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => standing(Number(name)))
    .filter((found) => found !== null && found.session === leader && found.pid !== leader && !found.ended)
    .map((found) => found?.pid ?? 0);
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether anything of a group lives. What has ended and waits to be collected counts only where the system hides it. */
export function isGroupAlive(leader: number): boolean {
  if (sessionOf(leader).length > 0) return true;
  if (!send(-leader, 0)) return false;
  return hasTable ? standing(leader)?.ended === false : true;
}

/** Signals the group of `leader`, and what left the group but not its session, as background jobs do. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    send(leader, signal);
    return;
  }
  send(-leader, signal);
  for (const pid of sessionOf(leader)) send(pid, signal);
}
