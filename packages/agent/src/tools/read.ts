/** `read`: a window of lines of a file, or of an output that was kept aside. */
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { imageTypeOf } from '../files/media-type.js';
import { plainPath } from './confine.js';
import type { Tool, ToolOutcome, ToolPlace } from './contract.js';
import { counted, sizeText } from './cut-text.js';
import { LineCollector, type LineWindow } from './line-window.js';
import { withFile } from './open-inside.js';
import { answering, Refusal } from './refusal.js';
import { markOfFile } from './seen.js';
import { binaryKind } from './text-file.js';

const linesDefault = 2_000;
const chunkBytes = 64 * 1024;

const input = z.object({
  path: z.string().describe('A file, relative to the working folder, or the name of a kept output (output:…).'),
  offset: z.int().min(1).optional().describe('The first line to show, counted from 1.'),
  limit: z.int().min(1).optional().describe(`How many lines to show, ${linesDefault} when left out.`),
});
type Input = z.infer<typeof input>;

function windowText(window: LineWindow, first: number): string {
  if (window.last < window.first) {
    return first === 1 ? '(The file is empty.)' : `(There is no line ${first}: the file is shorter.)`;
  }
  const notes: string[] = [];
  if (window.more) {
    notes.push(`Lines ${window.first} to ${window.last}; more follow: go on with offset ${window.last + 1}.`);
  }
  if (window.cut > 0) notes.push(`${counted(window.cut, 'line')} too long to show whole.`);
  return notes.length === 0 ? window.text : `${window.text}\n(${notes.join(' ')})`;
}

function readBytes(bytes: Uint8Array, { offset = 1, limit = linesDefault }: Input): string {
  const lines = new LineCollector(offset, limit);
  lines.push(bytes);
  return windowText(lines.end(), offset);
}

async function readHandle(handle: FileHandle, { offset = 1, limit = linesDefault }: Input, place: ToolPlace) {
  const lines = new LineCollector(offset, limit);
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (let at = 0; !lines.full; ) {
    place.signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    const start = at === 0 && buffer.subarray(0, 3).equals(Buffer.from('\uFEFF')) ? 3 : 0;
    lines.push(buffer.subarray(start, bytesRead));
    at += bytesRead;
  }
  return windowText(lines.end(), offset);
}

async function readAside(asked: Input, place: ToolPlace): Promise<ToolOutcome> {
  const bytes = await place.aside(asked.path);
  if (bytes === null) throw new Refusal(`Nothing is kept under the name ${asked.path}.`);
  return { status: 'ok', text: readBytes(bytes, asked) };
}

// Every provider takes so much; it is sent again with each request from then on.
const imageBytesMax = 3_900_000;

/** At most `size` bytes, whatever has become of the file meanwhile. */
async function imageOf(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await handle.read(bytes, 0, size, 0);
  return bytes.subarray(0, bytesRead);
}

export const read: Tool<Input> = answering({
  name: 'read',
  description:
    'Shows the lines of a text file, or an image. Long files come in windows: pass offset and limit to go on. A file has to be read before it can be edited or overwritten.',
  input,
  writes: false,
  together: true,
  subject: ({ path }, root) => (path.startsWith('output:') ? path : plainPath(path, root)),
  run: (asked, place) => {
    if (asked.path.startsWith('output:')) return readAside(asked, place);
    return withFile(place.root, asked.path, async (handle, inside) => {
      const start = Buffer.alloc(8 * 1024);
      const { bytesRead } = await handle.read(start, 0, start.length, 0);
      const kind = binaryKind(start.subarray(0, bytesRead), inside.name);
      const mark = await markOfFile(handle);
      place.seen.set(inside.name, mark);
      if (kind === null) return { status: 'ok', text: await readHandle(handle, asked, place) };
      const { size } = await handle.stat();
      const says = `${inside.name} is ${kind} of ${sizeText(size)}`;
      const mediaType = imageTypeOf(start.subarray(0, bytesRead));
      if (mediaType === null || size > imageBytesMax)
        return { status: 'ok', text: `${says}; it is not text, so it is not shown.` };
      const file = { mediaType, name: inside.name, bytes: await imageOf(handle, size) };
      return { status: 'ok', text: `${says}; it follows.`, files: [file] };
    });
  },
});
