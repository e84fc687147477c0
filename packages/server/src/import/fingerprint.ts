/** What a file looked like when it was read: equal means unchanged, so that it need not be opened. */
import { createHash } from 'node:crypto';
import { readSync, statSync } from 'node:fs';

export interface FileLook {
  sizeBytes: number;
  mtimeMs: number;
  /** Size, inode, and both times: a change within the same size and modification time still moves the change time. */
  fingerprint: string;
}

// A file that is there and cannot even be looked at: opening it will say why.
const unseen: FileLook = { sizeBytes: 0, mtimeMs: 0, fingerprint: '' };

/** How a file looks now; `null` when there is none. What cannot be looked at has no fingerprint. */
export function lookAt(path: string): FileLook | null {
  try {
    const stat = statSync(path, { bigint: true });
    if (!stat.isFile()) return null;
    return {
      sizeBytes: Number(stat.size),
      mtimeMs: Number(stat.mtimeMs),
      fingerprint: [stat.size, stat.ino, stat.mtimeNs, stat.ctimeNs].join(':'),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : unseen;
  }
}

// Enough to tell a grown file from another one; read again at every growth.
const tailBytesMax = 4096;

/** Hash of the bytes just before `offset`; empty at the start of a file. */
export function tailHash(fd: number, offset: number): string {
  const length = Math.min(tailBytesMax, offset);
  const tail = Buffer.alloc(length);
  const read = length === 0 ? 0 : readSync(fd, tail, 0, length, offset - length);
  return length === 0 ? '' : createHash('sha256').update(tail.subarray(0, read)).digest('base64url').slice(0, 22);
}
