/** What a file is by its bytes. Its name is not asked: names lie, and browsers and models believe them. */
import { textOf } from '../tools/text-file.js';

export const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
export type ImageType = (typeof imageTypes)[number];
export type FileType = ImageType | 'application/pdf' | 'text/plain';

const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];

const beginnings: readonly { type: Exclude<FileType, 'text/plain'>; at: readonly [number, readonly number[]][] }[] = [
  { type: 'image/png', at: [[0, [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a]]] },
  { type: 'image/jpeg', at: [[0, [0xff, 0xd8, 0xff]]] },
  { type: 'image/gif', at: [[0, ascii('GIF8')]] },
  {
    type: 'image/webp',
    at: [
      [0, ascii('RIFF')],
      [8, ascii('WEBP')],
    ],
  },
  { type: 'application/pdf', at: [[0, ascii('%PDF-')]] },
];

/** What can be shown as an image without a risk: SVG and HTML are text here, since browsers run what they hold. */
export function imageTypeOf(bytes: Uint8Array): ImageType | null {
  const type = binaryTypeOf(bytes);
  return type === 'application/pdf' ? null : type;
}

/** `null` where it is nothing that models are shown. */
export function fileTypeOf(bytes: Uint8Array): FileType | null {
  const type = binaryTypeOf(bytes);
  if (type !== null) return type;
  return bytes.includes(0) || textOf(bytes) === null ? null : 'text/plain';
}

function binaryTypeOf(bytes: Uint8Array): ImageType | 'application/pdf' | null {
  const begins = ([from, expected]: readonly [number, readonly number[]]) =>
    expected.every((byte, index) => bytes[from + index] === byte);
  return beginnings.find(({ at }) => at.every(begins))?.type ?? null;
}
