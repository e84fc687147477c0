/** Google's message parts, as Gemini CLI and its descendant Qwen Code log them: text, thoughts, calls, answers, files. */
import type { EmbeddedFile } from '../contract.js';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.js';

export interface CallPart {
  id: string | undefined;
  name: string;
  args: unknown;
}

export interface AnswerPart {
  id: string | undefined;
  text: string;
  failed: boolean;
}

export interface Parts {
  text: string;
  thoughts: string;
  calls: CallPart[];
  answers: AnswerPart[];
  files: EmbeddedFile[];
}

/** A part list as the logs write it: one text, one part, or a list of both. */
export function partList(content: unknown): JsonObject[] {
  const list = Array.isArray(content) ? (content as unknown[]) : [content];
  return list.flatMap((part) => {
    if (typeof part === 'string') return [{ text: part }];
    return isObject(part) ? [part] : [];
  });
}

/** Sorts a part list by what its parts are. Adjacent texts are pieces of one text. */
export function readParts(content: unknown): Parts {
  const parts: Parts = { text: '', thoughts: '', calls: [], answers: [], files: [] };
  for (const part of partList(content)) readPart(parts, part);
  return parts;
}

function readPart(parts: Parts, part: JsonObject): void {
  const text = stringAt(part, 'text');
  if (text && part['thought'] === true) parts.thoughts += text;
  else if (text) parts.text += text;
  if (isObject(part['functionCall'])) parts.calls.push(callFrom(part['functionCall']));
  if (isObject(part['functionResponse'])) parts.answers.push(answerFrom(part['functionResponse']));
  const inline = objectAt(part, 'inlineData');
  const base64 = stringAt(inline, 'data');
  if (base64) parts.files.push(fileFrom(inline, base64));
}

function callFrom(call: JsonObject): CallPart {
  return { id: stringAt(call, 'id'), name: stringAt(call, 'name') ?? 'unknown', args: call['args'] };
}

function answerFrom(answer: JsonObject): AnswerPart {
  const response = objectAt(answer, 'response');
  const error = stringAt(response, 'error');
  const text = error ?? stringAt(response, 'output') ?? stringAt(response, 'result');
  return { id: stringAt(answer, 'id'), text: text ?? textOf(response), failed: 'error' in response };
}

function textOf(response: JsonObject): string {
  if (Object.keys(response).length === 0 || response['output'] === '') return '';
  return JSON.stringify(response);
}

function fileFrom(inline: JsonObject, base64: string): EmbeddedFile {
  const name = stringAt(inline, 'displayName');
  return { mediaType: stringAt(inline, 'mimeType') ?? 'application/octet-stream', base64, ...(name ? { name } : {}) };
}
