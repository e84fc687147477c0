/** The way of every change to a file: where it is, that it may be changed, that it was seen, and the new content. */
import type { BigIntStats } from 'node:fs';
import { type Inside, resolveInside } from './confine.js';
import type { ToolPlace } from './contract.js';
import { sizeText } from './cut-text.js';
import { oneAtATime } from './one-at-a-time.js';
import { openFile } from './open-inside.js';
import { Refusal } from './refusal.js';
import { replaceFile } from './replace-file.js';
import { contentBytesMax, markOf, markOfFile, refuseUnseen } from './seen.js';

/** A file before its change; `bytes` is null where it is too large to be held. */
export interface Before {
  bytes: Uint8Array | null;
}

/** Hooks and settings in there are run by git itself, so writing them would be running a command unasked. */
function refuseGit({ name }: Inside): void {
  const inGit = name.split('/').some((part) => /^(\.git|git~1)[ .]*$/i.test(part));
  if (inGit) throw new Refusal(`${name} belongs to git itself. Use git commands for that.`);
}

async function look(place: ToolPlace, inside: Inside): Promise<{ before: Before | null; stat: BigIntStats | null }> {
  if (!inside.exists) return { before: null, stat: null };
  const handle = await openFile(place.root, inside);
  try {
    const stat = await handle.stat({ bigint: true });
    const small = stat.size <= contentBytesMax;
    const bytes = small ? await handle.readFile() : null;
    refuseUnseen(place, inside.name, bytes === null ? await markOfFile(handle) : markOf(bytes));
    return { before: { bytes }, stat };
  } finally {
    await handle.close();
  }
}

/**
 * Changes or creates one file. Remembers the new content as seen.
 * @param given The path as the model wrote it.
 * @param change Yields the new content from the old (`null`: there is no file) and whatever the outcome needs.
 * @throws Refusal for every reason not to write.
 */
export async function changeFile<T>(
  place: ToolPlace,
  given: string,
  change: (before: Before | null, name: string) => { bytes: Uint8Array; result: T },
): Promise<{ name: string; result: T }> {
  const asked = await resolveInside(place.root, given);
  return oneAtATime(asked.path, async () => {
    // The task before may have created it.
    const inside = await resolveInside(place.root, given);
    if (inside.name === '.') throw new Refusal('That is the working folder itself, not a file.');
    refuseGit(inside);
    const { before, stat } = await look(place, inside);
    const { bytes, result } = change(before, inside.name);
    if (bytes.length > contentBytesMax) {
      throw new Refusal(`The content has ${sizeText(bytes.length)}; at most ${sizeText(contentBytesMax)} are written.`);
    }
    place.signal.throwIfAborted();
    await replaceFile(place.root, inside, bytes, stat);
    place.seen.set(inside.name, markOf(bytes));
    return { name: inside.name, result };
  });
}
