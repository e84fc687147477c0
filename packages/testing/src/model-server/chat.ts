/** OpenAI Chat Completions: `POST …/chat/completions`, as OpenAI and the servers compatible with it speak it. */
import type { TokenCounts } from '@taffrail/wire';
import { answerLength, figuresOf, known, telling } from './figures.js';
import { openaiRefusal } from './openai-refusal.js';
import type { Part, Reply } from './reply.js';
import {
  isObject,
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

export const chat: WireFormat = {
  name: 'chat',
  overloadedStatus: 503,
  requestIdHeader: 'x-request-id',
  read(body) {
    const messages = objectsIn(body['messages']);
    const by = (role: string) => messages.filter((message) => message['role'] === role);
    return {
      humanTexts: by('user').map((message) => textIn(message['content'])),
      toolResults: by('tool').map((result) => ({
        id: String(result['tool_call_id']),
        text: textIn(result['content']),
      })),
    };
  },
  stream,
  whole(request, reply) {
    const usage = figuresOf(reply);
    const choice = { index: 0, message: wholeMessage(request, reply), logprobs: null, finish_reason: stopOf(reply) };
    const body = { ...envelope(request, 'chat.completion'), choices: [choice], ...usageField(usage) };
    return { body, usage: sayable(usage) };
  },
  refusal: openaiRefusal,
  errorEvents(_request, { type = 'server_error', message }) {
    return sse({ error: { message, type, param: null, code: type } });
  },
};

function* stream(request: ModelRequest, reply: Reply): Iterable<WireChunk> {
  const told = telling(reply, 'end');
  const base = envelope(request, 'chat.completion.chunk');
  const asked = isObject(request.body['stream_options']) && request.body['stream_options']['include_usage'] === true;
  // Who is asked for usage writes null until it is told.
  const blank = asked ? { usage: null } : {};
  const say = (kind: WireChunk['kind'], delta: JsonObject, stop: string | null, usage: TokenCounts | null) => ({
    kind,
    data: sse({
      ...base,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: stop }],
      ...blank,
      ...usageField(usage),
    }),
    usage: sayable(usage),
  });
  const length = answerLength(reply);
  let sent = 0;
  yield say('opening', { role: 'assistant', content: '' }, null, told.start);
  for (const { delta, text, size } of deltas(request, reply)) {
    sent += size;
    yield { ...say('delta', delta, null, told.amid(sent / length)), ...(text === undefined ? {} : { text }) };
  }
  yield say('closing', {}, stopOf(reply), null);
  const tells = told.end !== null && (asked || reply.usageAt !== undefined);
  if (tells) {
    yield {
      kind: 'closing',
      data: sse({ ...base, choices: [], ...usageField(told.end) }),
      usage: sayable(told.end),
    };
  }
  yield { kind: 'closing', data: 'data: [DONE]\n\n' };
}

function* deltas(request: ModelRequest, reply: Reply): Iterable<{ delta: JsonObject; text?: string; size: number }> {
  let calls = 0;
  for (const part of reply.parts ?? []) {
    if ('thinking' in part) {
      for (const piece of pieces(part.thinking, reply))
        yield { delta: { reasoning_content: piece }, size: piece.length };
    } else if ('toolCall' in part) {
      const index = calls++;
      yield { delta: { tool_calls: [{ index, ...toolCall(part, request, index, '') }] }, size: 0 };
      for (const json of pieces(rawInputOf(part.toolCall), reply)) {
        yield { delta: { tool_calls: [{ index, function: { arguments: json } }] }, size: json.length };
      }
    } else if (!('redactedThinking' in part)) {
      for (const text of textPieces(part, reply)) yield { delta: { content: text }, text, size: text.length };
    }
  }
}

function envelope(request: ModelRequest, object: string): JsonObject {
  const created = Math.floor(request.at / 1000);
  return { id: `chatcmpl-${request.id}`, object, created, model: request.model, system_fingerprint: null };
}

type CallPart = Extract<Part, { toolCall: unknown }>;

function toolCall(part: CallPart, request: ModelRequest, index: number, input: string): JsonObject {
  const { id, name } = part.toolCall;
  return { id: id ?? `call_${request.id}_${index}`, type: 'function', function: { name, arguments: input } };
}

function wholeMessage(request: ModelRequest, reply: Reply): JsonObject {
  const parts = reply.parts ?? [];
  const calls = parts.filter((part): part is CallPart => 'toolCall' in part);
  const thinking = parts.map((part) => ('thinking' in part ? part.thinking : '')).join('');
  return {
    role: 'assistant',
    content: parts.map(textOf).join(''),
    refusal: null,
    ...(thinking === '' ? {} : { reasoning_content: thinking }),
    ...(calls.length === 0
      ? {}
      : { tool_calls: calls.map((part, index) => toolCall(part, request, index, rawInputOf(part.toolCall))) }),
  };
}

function stopOf(reply: Reply): string {
  if (reply.stop === 'max_tokens') return 'length';
  if (reply.stop === 'refusal') return 'content_filter';
  return (reply.parts ?? []).some((part) => 'toolCall' in part) ? 'tool_calls' : 'stop';
}

/** The format has one figure for cache writes, however long they are kept. */
function sayable(figures: TokenCounts | null): TokenCounts | null {
  return figures && { ...figures, cacheWrite1hTokens: null };
}

function usageField(figures: TokenCounts | null): JsonObject {
  if (figures === null) return {};
  const { inputTokens: input, outputTokens: output, cacheReadTokens: read, cacheWriteTokens: writes } = figures;
  const inputDetails = known({ cached_tokens: read, cache_write_tokens: writes });
  const reasoning = figures.reasoningTokens;
  return {
    usage: known({
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input === null || output === null ? null : input + output,
      prompt_tokens_details: Object.keys(inputDetails).length === 0 ? null : inputDetails,
      completion_tokens_details: reasoning === null ? null : { reasoning_tokens: reasoning },
    }),
  };
}
