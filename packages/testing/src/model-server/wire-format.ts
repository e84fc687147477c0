/** What every wire format is to the server: a reader of requests and a pure maker of wire chunks. */
import type { TokenCounts } from '@taffrail/wire';
import type { Part, Reply } from './reply.js';

export type JsonObject = { readonly [key: string]: unknown };

export interface ToolResult {
  /** The call's id, or the tool's name where the format has no ids. */
  id: string;
  text: string;
}

/** A model request as a script's function sees it. */
export interface ModelRequest {
  /** The conversation's name in the script; null when no script claims the request. */
  conversation: string | null;
  /** The how-manieth request of its conversation, from 0. */
  index: number;
  format: FormatName;
  model: string;
  apiKey: string | null;
  /** False when the whole answer is wanted at once. */
  streams: boolean;
  body: JsonObject;
  /** What people said, oldest first. */
  humanTexts: string[];
  /** All tool results in the request, oldest first. */
  toolResults: ToolResult[];
  /** Unique in all servers: ids of the answer are made of it. */
  id: string;
  /** Epoch milliseconds. */
  at: number;
}

export type FormatName = 'anthropic' | 'responses' | 'chat' | 'gemini';

export interface WireChunk {
  /** Troubles and gates count deltas: the pieces of content. Frames are what stands around content. */
  kind: 'opening' | 'frame' | 'delta' | 'closing';
  data: string;
  /** The answer's text in it (not thinking, not tool input). */
  text?: string;
  /** The figures told in it, in house terms; null where it tells nothing. */
  usage?: TokenCounts | null;
}

/** An answer that is not streamed. */
export interface WholeAnswer {
  body: JsonObject;
  usage: TokenCounts | null;
}

export interface WireFormat {
  name: FormatName;
  /** The status with which this provider says that it is overloaded. */
  overloadedStatus: number;
  /** The header that carries the id of a request. */
  requestIdHeader: string;
  read(body: JsonObject): { humanTexts: string[]; toolResults: ToolResult[] };
  stream(request: ModelRequest, reply: Reply): Iterable<WireChunk>;
  whole(request: ModelRequest, reply: Reply): WholeAnswer;
  /** The body of a refused request. */
  refusal(status: number, message: string): JsonObject;
  /** The events of an error amid a stream of which `sent` chunks were sent. */
  errorEvents(request: ModelRequest, error: { type?: string; message: string }, sent: number): string;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in an array; of anything else, none. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text of a message's content: a string, or the `text` of its blocks; `types` limits them. */
export function textIn(content: unknown, types?: readonly string[]): string {
  if (typeof content === 'string') return content;
  return objectsIn(content)
    .filter((block) => types === undefined || types.includes(String(block['type'])))
    .map((block) => (typeof block['text'] === 'string' ? block['text'] : ''))
    .join('');
}

/** An event of a stream; `name` where the provider names its events. */
export function sse(payload: JsonObject, name?: string): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(payload)}\n\n`;
}

/** The text of a part that has text. */
export function textOf(part: Part): string {
  if ('text' in part) return part.text;
  return 'hugeText' in part ? [...hugeText(part.hugeText)].join('') : '';
}

/** The pieces in which a part's text is sent. */
export function textPieces(part: { text: string } | { hugeText: number }, reply: Reply): Iterable<string> {
  return 'text' in part ? pieces(part.text, reply) : hugeText(part.hugeText, reply.chunkSize);
}

const usualPiece = 24;
const hugePiece = 4096;

/** `text` in pieces of the reply's size; no pair of surrogates is parted. */
export function* pieces(text: string, reply: Reply): Iterable<string> {
  const size = reply.chunkSize ?? usualPiece;
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + size, text.length);
    if (to < text.length && /[\uD800-\uDBFF]/.test(text.charAt(to - 1))) to++;
    yield text.slice(from, to);
    from = to;
  }
}

function* hugeText(length: number, size = hugePiece): Iterable<string> {
  let line = 0;
  let ready = '';
  for (let left = length; left > 0; ) {
    const wanted = Math.min(size, left);
    while (ready.length < wanted) ready += `line ${String(line++).padStart(9, '0')} of a long answer\n`;
    yield ready.slice(0, wanted);
    ready = ready.slice(wanted);
    left -= wanted;
  }
}

/** A tool call's input as it is sent. */
export function rawInputOf(call: { input?: JsonObject | undefined; rawInput?: string | undefined }): string {
  return call.rawInput ?? JSON.stringify(call.input ?? {});
}

/** The input as a value, where a format wants one; broken JSON stays the string it is. */
export function inputOf(call: { input?: JsonObject | undefined; rawInput?: string | undefined }): unknown {
  try {
    return JSON.parse(rawInputOf(call));
  } catch {
    return call.rawInput;
  }
}
