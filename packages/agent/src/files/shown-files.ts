/**
 * What of a conversation's files a model is shown. What it cannot take, or what is too much, it is told of in words: a
 * file must never be the reason that a session cannot go on.
 */
import type { Attachment, Item } from '@taffrail/wire';
import type { ModelKey } from '../models/contract.js';
import { type FileType, fileTypeOf, imageTypes } from './media-type.js';

export type ShownFile =
  | { kind: 'bytes'; mediaType: string; bytes: Uint8Array }
  | { kind: 'text'; text: string }
  /** `why` as the end of a sentence about the file. */
  | { kind: 'unseen'; why: string };

/** By the hash of their bytes. */
export type ShownFiles = ReadonlyMap<string, ShownFile>;

export interface FileTaker {
  provider: ModelKey['provider'];
  /** Files without which it answered, when with them it had refused to. */
  refused: ReadonlySet<string>;
}

/** A file's bytes; `null` where they are not kept. */
export type ReadBlob = (hash: string) => Promise<Uint8Array | null>;

// Google takes 20 MB in one request, and bytes grow by a third on their way; Anthropic is stricter from 21 images on.
const requestBytesMax = 14 * 1024 * 1024;
const requestFilesMax = 20;
const requestTextBytesMax = 1024 * 1024;

const taken: Record<ModelKey['provider'], readonly FileType[]> = {
  anthropic: [...imageTypes, 'application/pdf'],
  openai: [...imageTypes, 'application/pdf'],
  google: ['image/png', 'image/jpeg', 'image/webp', 'application/pdf'],
  'openai-compatible': imageTypes,
  demo: [],
};

/** Anthropic counts the 5 MB of an image after they have grown on their way. */
const imageBytesMax: Partial<Record<ModelKey['provider'], number>> = { anthropic: 3_900_000 };

/** The files of all messages and results. The newest come first: where it is too much, the oldest are left out. */
export async function shownFiles(items: readonly Item[], taker: FileTaker, read: ReadBlob): Promise<ShownFiles> {
  const shown = new Map<string, ShownFile>();
  const room = { bytes: requestBytesMax, files: requestFilesMax, text: requestTextBytesMax };
  for (const { blob } of items.flatMap(attachmentsOf).reverse()) {
    if (!blob || shown.has(blob.hash)) continue;
    shown.set(
      blob.hash,
      taker.refused.has(blob.hash) ? unseen('the model refused it') : await fit(blob, taker, room, read),
    );
  }
  return shown;
}

export function attachmentsOf(item: Item): readonly Attachment[] {
  return item.type === 'message' || item.type === 'tool_result' ? (item.attachments ?? []) : [];
}

interface Room {
  bytes: number;
  files: number;
  text: number;
}

const unseen = (why: string): ShownFile => ({ kind: 'unseen', why });

async function fit(
  { hash, sizeBytes }: NonNullable<Attachment['blob']>,
  { provider }: FileTaker,
  room: Room,
  read: ReadBlob,
): Promise<ShownFile> {
  if (sizeBytes > Math.max(room.bytes, room.text)) return unseen('there are too many files in this conversation');
  const bytes = await read(hash);
  if (bytes === null) return unseen('its bytes are not kept here');
  const mediaType = fileTypeOf(bytes);
  if (mediaType === 'text/plain') {
    if (sizeBytes > room.text) return unseen('there is too much text in the files of this conversation');
    room.text -= sizeBytes;
    return { kind: 'text', text: Buffer.from(bytes).toString('utf8') };
  }
  if (mediaType === null || !taken[provider].includes(mediaType))
    return unseen(`the model takes no ${nounOf(mediaType)}`);
  if (mediaType !== 'application/pdf' && sizeBytes > (imageBytesMax[provider] ?? sizeBytes))
    return unseen('it is larger than the images that the model takes');
  if (room.files === 0 || sizeBytes > room.bytes) return unseen('there are too many files in this conversation');
  room.files -= 1;
  room.bytes -= sizeBytes;
  return { kind: 'bytes', mediaType, bytes };
}

function nounOf(mediaType: FileType | null): string {
  if (mediaType === null) return 'files of this kind';
  return mediaType === 'application/pdf' ? 'PDF documents' : mediaType === 'image/gif' ? 'GIF images' : 'images';
}

export function nameOf({ name, mediaType }: Attachment): string {
  return name ?? `a file (${mediaType})`;
}

/** What is said of a file that is not shown. */
export function whyUnseen({ blob }: Attachment, files: ShownFiles): string | null {
  const file = blob ? files.get(blob.hash) : undefined;
  if (!file) return 'its bytes are not kept here';
  return file.kind === 'unseen' ? file.why : null;
}
