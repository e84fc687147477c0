/** Whether a file can be given to an agent, and as what: by its bytes, never by its name. */
import { binaryKind, fileTypeOf } from '@taffrail/agent';
import type { NewFile } from '@taffrail/session';
import { fileLimits } from '@taffrail/wire';
import { OrderError } from '../runner/order-error.js';

const nameCharactersMax = 200;

/** @throws OrderError saying why it cannot be taken. */
export function checkedFile(bytes: Buffer, givenName: string): NewFile & { name: string } {
  const name = plainName(givenName);
  if (bytes.length === 0) throw new OrderError('refused', `${name} is empty.`);
  refuseLarge(bytes.length, name);
  const mediaType = fileTypeOf(bytes);
  if (mediaType === null) {
    const kind = binaryKind(bytes.subarray(0, 8 * 1024), name) ?? 'not text that can be read (UTF-8)';
    throw new OrderError(
      'refused',
      `${name} is ${kind}. Images (PNG, JPEG, GIF, WebP), PDF documents and text can be attached.`,
    );
  }
  if (mediaType === 'text/plain' && bytes.length > fileLimits.textBytesMax)
    throw new OrderError(
      'large',
      `${name} is more text than can be attached (${sizeOf(fileLimits.textBytesMax)}). Put it into the folder: the agent reads files there.`,
    );
  return { mediaType, name, bytes };
}

/** @throws OrderError where it is more than any file may have. */
export function refuseLarge(sizeBytes: number, name: string): void {
  if (sizeBytes > fileLimits.bytesMax)
    throw new OrderError('large', `${plainName(name)} is larger than ${sizeOf(fileLimits.bytesMax)}.`);
}

/** @throws OrderError where the files of one message are too many together. */
export function refuseMany(files: readonly Pick<NewFile, 'bytes'>[]): void {
  if (files.length > fileLimits.perTurn)
    throw new OrderError('refused', `At most ${fileLimits.perTurn} files go with one message.`);
  if (files.reduce((sum, { bytes }) => sum + bytes.length, 0) > fileLimits.turnBytesMax)
    throw new OrderError(
      'large',
      `The files of one message are larger than ${sizeOf(fileLimits.turnBytesMax)} together.`,
    );
}

const sizeOf = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${Math.round(bytes / 1024 / 1024)} MB`;

/** A name to show, not a path: nothing is ever written under it. */
export function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = last.replace(/\p{C}/gu, '').trim().slice(0, nameCharactersMax);
  return plain === '' ? 'file' : plain;
}
