/** Content of pi's messages: text, or a list of text and pictures. */
import type { EmbeddedFile } from '../contract.js';
import { type JsonObject, objectsAt, stringAt } from '../json.js';

export interface Content {
  text: string;
  files: EmbeddedFile[];
}

export function contentOf(message: JsonObject): Content {
  const whole = stringAt(message, 'content');
  if (whole) return { text: whole, files: [] };
  const blocks = objectsAt(message, 'content');
  const texts = blocks.filter((block) => block['type'] === 'text').map((block) => stringAt(block, 'text') ?? '');
  return { text: texts.filter((text) => text !== '').join('\n'), files: blocks.flatMap(fileIn) };
}

function fileIn(block: JsonObject): EmbeddedFile[] {
  const base64 = block['type'] === 'image' ? stringAt(block, 'data') : undefined;
  return base64 ? [{ mediaType: stringAt(block, 'mimeType') ?? 'application/octet-stream', base64 }] : [];
}
