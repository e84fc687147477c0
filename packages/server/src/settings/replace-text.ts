/** Replaces a small file as a whole, so that a crash leaves the old one or the new one. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/** @param mode Of a new file; one that is there keeps its own where `mode` is left out. */
export function replaceText(path: string, text: string, mode?: number): void {
  // Whoever keeps the file elsewhere and links to it finds the link as it was.
  const target = realPath(path);
  const before = statSync(target, { throwIfNoEntry: false });
  const beside = `${target}.${randomBytes(6).toString('hex')}.new`;
  const wanted = mode ?? (before ? before.mode & 0o777 : 0o600);
  try {
    const file = openSync(beside, 'wx', wanted);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(beside, wanted);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
