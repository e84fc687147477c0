/** Anthropic Messages: `POST /v1/messages`. */
import type { TokenCounts } from '@taffrail/wire';
import { figuresOf, known, later, telling, untold, without } from './figures.js';
import type { Part, Reply } from './reply.js';
import {
  inputOf,
  type JsonObject,
  type ModelRequest,
  objectsIn,
  pieces,
  rawInputOf,
  sse,
  textIn,
  textOf,
  textPieces,
  type WireChunk,
  type WireFormat,
} from './wire-format.js';

export const anthropic: WireFormat = {
  name: 'anthropic',
  overloadedStatus: 529,
  requestIdHeader: 'request-id',
  read(body) {
    const said = objectsIn(body['messages']).filter((message) => message['role'] === 'user');
    const results = said.flatMap((message) => objectsIn(message['content'])).filter(isToolResult);
    return {
      humanTexts: said.map((message) => textIn(message['content'], ['text'])).filter((text) => text !== ''),
      toolResults: results.map((block) => ({ id: String(block['tool_use_id']), text: textIn(block['content']) })),
    };
  },
  stream,
  whole(request, reply) {
    const figures = figuresOf(reply);
    const content = (reply.parts ?? []).map((part, index) => wholeBlock(part, request, index));
    const body = { ...message(request, content), ...stopOf(reply), ...usageField(figures) };
    return { body, usage: figures };
  },
  refusal(status, message) {
    return { type: 'error', error: { type: errorTypes[status] ?? 'api_error', message } };
  },
  errorEvents(_request, { type = 'overloaded_error', message }) {
    return sse({ type: 'error', error: { type, message } }, 'error');
  },
};

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function isToolResult(block: JsonObject): boolean {
  return block['type'] === 'tool_result';
}

function* stream(request: ModelRequest, reply: Reply): Iterable<WireChunk> {
  const told = telling(reply, 'placeholder');
  // The real wire cannot leave usage out at the start: who does not know it yet writes zeros.
  const begun = told.start ?? (told.end ? later(untold, { inputTokens: 0, outputTokens: 0 }) : null);
  const start = { ...message(request, []), stop_reason: null, stop_sequence: null, ...usageField(begun) };
  yield chunk('opening', 'message_start', { message: start }, { usage: begun });
  for (const [index, part] of (reply.parts ?? []).entries()) {
    const start = blockStart(part, request, index);
    yield chunk('frame', 'content_block_start', { index, content_block: start });
    if (index === 0) yield chunk('frame', 'ping', {});
    for (const { delta, text } of blockDeltas(part, reply)) {
      yield chunk('delta', 'content_block_delta', { index, delta }, text === undefined ? {} : { text });
    }
    yield chunk('frame', 'content_block_stop', { index });
  }
  const amid = told.amid(1 / 2);
  const unstopped = { stop_reason: null, stop_sequence: null };
  if (amid) yield chunk('closing', 'message_delta', { delta: unstopped, ...usageField(amid) }, { usage: amid });
  // A stream that told all at the start repeats no more than the output, which the wire cannot leave out here.
  const output = told.start ? { outputTokens: told.start.outputTokens } : null;
  const end = told.end ?? (output && later(untold, output));
  yield chunk('closing', 'message_delta', { delta: stopOf(reply), ...usageField(end) }, { usage: end });
  yield chunk('closing', 'message_stop', {});
}

function chunk(
  kind: WireChunk['kind'],
  type: string,
  fields: JsonObject,
  told: Pick<WireChunk, 'text' | 'usage'> = {},
): WireChunk {
  return { kind, data: sse({ type, ...fields }, type), ...told };
}

function message(request: ModelRequest, content: unknown[]): JsonObject {
  return { id: `msg_${request.id}`, type: 'message', role: 'assistant', model: request.model, content };
}

function callId(part: Extract<Part, { toolCall: unknown }>, request: ModelRequest, index: number): string {
  return part.toolCall.id ?? `toolu_${request.id}_${index}`;
}

function wholeBlock(part: Part, request: ModelRequest, index: number): JsonObject {
  if ('thinking' in part) return { type: 'thinking', thinking: part.thinking, signature: part.signature ?? '' };
  if ('redactedThinking' in part) return { type: 'redacted_thinking', data: part.redactedThinking };
  if ('toolCall' in part) {
    const { toolCall } = part;
    return { type: 'tool_use', id: callId(part, request, index), name: toolCall.name, input: inputOf(toolCall) };
  }
  return { type: 'text', text: textOf(part) };
}

/** A block as its first event shows it: empty, but for what is not streamed. */
function blockStart(part: Part, request: ModelRequest, index: number): JsonObject {
  if ('thinking' in part) return { type: 'thinking', thinking: '', signature: '' };
  if ('redactedThinking' in part) return wholeBlock(part, request, index);
  if ('toolCall' in part) {
    return { type: 'tool_use', id: callId(part, request, index), name: part.toolCall.name, input: {} };
  }
  return { type: 'text', text: '' };
}

function* blockDeltas(part: Part, reply: Reply): Iterable<{ delta: JsonObject; text?: string }> {
  if ('thinking' in part) {
    for (const thinking of pieces(part.thinking, reply)) yield { delta: { type: 'thinking_delta', thinking } };
    if (part.signature !== undefined) yield { delta: { type: 'signature_delta', signature: part.signature } };
  } else if ('toolCall' in part) {
    yield { delta: { type: 'input_json_delta', partial_json: '' } };
    for (const json of pieces(rawInputOf(part.toolCall), reply)) {
      yield { delta: { type: 'input_json_delta', partial_json: json } };
    }
  } else if (!('redactedThinking' in part)) {
    for (const text of textPieces(part, reply)) yield { delta: { type: 'text_delta', text }, text };
  }
}

function stopOf(reply: Reply): JsonObject {
  const calls = (reply.parts ?? []).some((part) => 'toolCall' in part);
  return { stop_reason: reply.stop ?? (calls ? 'tool_use' : 'end_turn'), stop_sequence: null };
}

function usageField(figures: TokenCounts | null): JsonObject {
  if (figures === null) return {};
  const { cacheWriteTokens: writes, cacheWrite1hTokens: writes1h, reasoningTokens: thinking } = figures;
  const split = { ephemeral_5m_input_tokens: without(writes, writes1h), ephemeral_1h_input_tokens: writes1h };
  return {
    usage: known({
      input_tokens: without(figures.inputTokens, figures.cacheReadTokens, writes),
      cache_creation_input_tokens: writes,
      cache_read_input_tokens: figures.cacheReadTokens,
      cache_creation: writes1h === null ? null : known(split),
      output_tokens: figures.outputTokens,
      output_tokens_details: thinking === null ? null : { thinking_tokens: thinking },
    }),
  };
}
