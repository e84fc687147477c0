/** Files of a message that is being written: on their way, there, or refused. Pure. */
import { fileLimits, type KeptFile } from '@taffrail/wire';
import { bytes } from '../../parts/format-number.js';

export type DraftFile = { key: string; name: string; sizeBytes: number; preview: string | null } & (
  | { state: 'sending'; share: number }
  | { state: 'kept'; file: KeptFile }
  | { state: 'failed'; problem: string }
);

/** Why a file need not even be sent; `null` where the server is to say. */
export function problemBefore(name: string, sizeBytes: number, others: number): string | null {
  if (others >= fileLimits.perTurn) return `At most ${fileLimits.perTurn} files go with one message.`;
  if (sizeBytes === 0) return `${name} is empty.`;
  // Large pictures are made smaller before they are sent; what is far too large is not even read.
  return sizeBytes > fileLimits.bytesMax * 4 ? `${name} is larger than ${bytes(fileLimits.bytesMax)}.` : null;
}

export function keptOf(files: readonly DraftFile[]): KeptFile[] {
  return files.flatMap((file) => (file.state === 'kept' ? [file.file] : []));
}

/** Whether a message can go with these files: all of them are there. */
export function areReady(files: readonly DraftFile[]): boolean {
  return files.every(({ state }) => state === 'kept');
}

export function changed(files: readonly DraftFile[], key: string, change: (file: DraftFile) => DraftFile): DraftFile[] {
  return files.map((file) => (file.key === key ? change(file) : file));
}
