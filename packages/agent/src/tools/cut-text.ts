/** Text made to fit: never in the middle of a character, and its place says what is missing. */
import { outputBytesMax } from './contract.js';

/** The longest beginning of at most `bytesMax` bytes that ends with a whole character. */
export function headOf(bytes: Uint8Array, bytesMax: number): Uint8Array {
  if (bytes.length <= bytesMax) return bytes;
  let end = bytesMax;
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end);
}

/** The longest end of at most `bytesMax` bytes that begins with a whole character. */
export function tailOf(bytes: Uint8Array, bytesMax: number): Uint8Array {
  if (bytes.length <= bytesMax) return bytes;
  let start = bytes.length - bytesMax;
  while (start < bytes.length && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

/** Bytes of UTF-8 after the first of a character look like 10xxxxxx. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Cuts `text` to `bytesMax` bytes of UTF-8; what is left out is replaced by a line that says how much it was. */
export function cutMiddle(text: string, bytesMax = outputBytesMax): string {
  if (text.length * 3 <= bytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  const half = Math.floor(bytesMax / 2) - 64;
  const head = headOf(bytes, half);
  const tail = tailOf(bytes, half);
  const left = bytes.length - head.length - tail.length;
  return `${Buffer.from(head)}\n… ${left} bytes left out …\n${Buffer.from(tail)}`;
}

/** A size as people write it: `345 bytes`, `1.2 KB`, `3.0 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

/** `1 line`, `2 lines`. */
export function counted(count: number, word: string, words = `${word}s`): string {
  return `${count} ${count === 1 ? word : words}`;
}
