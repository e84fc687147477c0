/** Which files below a folder a program opens and how much it reads of them, as the system saw it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf } from './programs.js';

export interface Touched {
  filesOpened: number;
  bytesRead: number;
}

export function canTrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs Node with `args` under strace. */
export async function touched(folder: string, args: readonly string[]): Promise<Touched> {
  const log = join(tmpdir(), `taffrail-trace-${process.pid}.txt`);
  const calls = 'trace=open,openat,read,pread64,readv,preadv';
  await outputOf('strace', ['-f', '-y', '-s', '0', '-e', calls, '-o', log, process.execPath, ...args]);
  const lines = readFileSync(log, 'utf8').split('\n');
  rmSync(log);
  return { filesOpened: lines.filter((line) => opens(line, folder)).length, bytesRead: sum(lines, folder) };
}

function opens(line: string, folder: string): boolean {
  const path = /\bopen(?:at)?\(.*?"([^"]+)"/.exec(line)?.[1] ?? '';
  return path.startsWith(`${folder}/`) && !line.includes('O_DIRECTORY') && !/= -1 /.test(line);
}

function sum(lines: readonly string[], folder: string): number {
  const reads = lines.flatMap((line) => {
    const [, path, bytes] = /\bp?readv?(?:64)?\(\d+<([^>]+)>.*= (\d+)$/.exec(line) ?? [];
    return path?.startsWith(`${folder}/`) ? [Number(bytes)] : [];
  });
  return reads.reduce((total, bytes) => total + bytes, 0);
}
