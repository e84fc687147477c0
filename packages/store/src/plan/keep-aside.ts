/** Long tool outputs and embedded files are kept as blobs by hash; the row holds their beginning and end. */
import { hash as digestOf } from 'node:crypto';
import type { Attachment, BlobRef, Item, QueuedInput } from '@taffrail/wire';
import type { NewFile } from '../commit.js';
import type { Writes } from './writes.js';

const inlineBytesMax = 16 * 1024;
const headCharacters = 6 * 1024;
const tailCharacters = 2 * 1024;

/** An input that waits holds its files already: whoever sent it may be gone when its turn comes. */
export function withKeptFiles(writes: Writes, input: QueuedInput, files: readonly NewFile[]): QueuedInput {
  return files.length > 0 ? { ...input, attachments: files.map((file) => attachment(writes, file)) } : input;
}

export function keptAside(writes: Writes, item: Item, files: readonly NewFile[]): Item {
  const attachments = files.map((file) => attachment(writes, file));
  const withFiles =
    attachments.length > 0 && (item.type === 'message' || item.type === 'tool_result')
      ? { ...item, attachments }
      : item;
  if (withFiles.type !== 'tool_result' || withFiles.text.length <= inlineBytesMax / 4) return withFiles;
  const bytes = Buffer.from(withFiles.text);
  if (bytes.length <= inlineBytesMax) return withFiles;
  return { ...withFiles, text: headAndTail(withFiles.text), blob: put(writes, bytes) };
}

/** What the row shows of a long text; the whole is in the blob. */
export function headAndTail(text: string): string {
  return `${text.slice(0, headCharacters)}\n…\n${text.slice(-tailCharacters)}`;
}

function attachment(writes: Writes, file: NewFile): Attachment {
  return { mediaType: file.mediaType, ...(file.name ? { name: file.name } : {}), blob: put(writes, file.bytes) };
}

function put(writes: Writes, bytes: Buffer): BlobRef {
  const hash = digestOf('sha256', bytes, 'hex');
  writes.blobs.set(hash, { hash, bytes });
  return { hash, sizeBytes: bytes.length };
}
