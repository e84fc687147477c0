/** What a file's bytes are: text, or something that a model cannot read as text. */
import { extname } from 'node:path';

const pictures: readonly { says: string; begins: readonly number[] }[] = [
  { says: 'a PNG image', begins: [0x89, 0x50, 0x4e, 0x47] },
  { says: 'a JPEG image', begins: [0xff, 0xd8, 0xff] },
  { says: 'a GIF image', begins: [0x47, 0x49, 0x46, 0x38] },
  { says: 'a WebP image', begins: [0x52, 0x49, 0x46, 0x46] },
  { says: 'a PDF document', begins: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { says: 'a ZIP archive', begins: [0x50, 0x4b, 0x03, 0x04] },
  { says: 'a gzip archive', begins: [0x1f, 0x8b] },
];

/**
 * What a file is that is not text, as the end of `x is …`; `null` for text.
 * @param start Its first bytes, up to 8 KB.
 */
export function binaryKind(start: Uint8Array, name: string): string | null {
  const known = pictures.find(({ begins }) => begins.every((byte, index) => start[index] === byte));
  if (known) return known.says;
  if (!start.includes(0)) return null;
  const ending = extname(name);
  return ending === '' ? 'a binary file' : `a binary file (${ending})`;
}

/** The text of whole bytes, `null` where they are not UTF-8. A byte order mark stays, so that it is written again. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
