/** What the session has seen of its files, so that nothing it does not know of is overwritten. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ToolPlace } from './contract.js';
import { Refusal } from './refusal.js';

/** Up to this size a file is known by its content, above it by its size, time and number. */
export const contentBytesMax = 16 * 1024 * 1024;

/** The mark of a content that is at hand. */
export function markOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The mark of an open file: it changes when the file does. Reads a file up to `contentBytesMax` whole. */
export async function markOfFile(handle: FileHandle): Promise<string> {
  const stat = await handle.stat({ bigint: true });
  if (stat.size > contentBytesMax) return `${stat.ino}-${stat.size}-${stat.mtimeNs}`;
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(64 * 1024);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** @throws Refusal unless the session has seen the file as it is now. */
export function refuseUnseen(place: ToolPlace, name: string, mark: string): void {
  const seen = place.seen.get(name);
  if (seen === mark) return;
  if (seen === undefined) {
    throw new Refusal(`${name} exists, and this session has not read it. Read it first, then change it.`);
  }
  throw new Refusal(`${name} has changed since this session read it. Read it again, then repeat the change.`);
}
