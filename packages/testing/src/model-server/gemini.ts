/** Gemini: `POST …/models/MODEL:streamGenerateContent?alt=sse` and `:generateContent`. */
import type { TokenCounts } from '@taffrail/wire';
import { answerLength, figuresOf, known, telling, without } from './figures.js';
import type { Part, Reply } from './reply.js';
import {
  inputOf,
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

export const gemini: WireFormat = {
  name: 'gemini',
  overloadedStatus: 503,
  requestIdHeader: 'x-goog-request-id',
  read(body) {
    const contents = objectsIn(body['contents']).filter((content) => content['role'] !== 'model');
    const responses = contents
      .flatMap((content) => objectsIn(content['parts']))
      .map((part) => part['functionResponse']);
    return {
      humanTexts: contents.map((content) => textIn(content['parts'])).filter((text) => text !== ''),
      toolResults: objectsIn(responses).map((response) => ({
        id: String(response['id'] ?? response['name']),
        text: JSON.stringify(response['response']),
      })),
    };
  },
  stream,
  whole(request, reply) {
    const usage = figuresOf(reply);
    const parts = [...wireParts(request, reply, (part) => [textOf(part)])].map(({ part }) => part);
    const signature = lastSignature(reply);
    const content = { parts: signature === undefined ? parts : [...parts, lastPart(signature)], role: 'model' };
    const candidate = { content, finishReason: stopOf(reply), index: 0 };
    return { body: { candidates: [candidate], ...usageField(usage), ...named(request) }, usage: sayable(usage) };
  },
  refusal(status, message) {
    return { error: { code: status, message, status: statuses[status] ?? 'INTERNAL' } };
  },
  errorEvents(_request, { type = 'UNAVAILABLE', message }) {
    return sse({ error: { code: codeOf(type), message, status: type } });
  },
};

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function codeOf(status: string): number {
  return Number(Object.entries(statuses).find(([, name]) => name === status)?.[0] ?? 500);
}

function* stream(request: ModelRequest, reply: Reply): Iterable<WireChunk> {
  // Its chunks carry usage, all of them, with the output so far.
  const told = telling(reply, 'growing');
  const length = answerLength(reply);
  let sent = 0;
  let begun = false;
  for (const { part, text, size } of wireParts(request, reply, (part) => textPieces(part, reply))) {
    sent += size;
    const usage = begun ? told.amid(sent / length) : told.start;
    begun = true;
    const candidate = { content: { parts: [part], role: 'model' }, index: 0 };
    yield {
      kind: 'delta',
      data: sse({ candidates: [candidate], ...usageField(usage), ...named(request) }),
      usage: sayable(usage),
      ...(text === undefined ? {} : { text }),
    };
  }
  const usage = told.end ?? (begun ? null : told.start);
  const parts = begun ? [lastPart(lastSignature(reply))] : [];
  const candidate = { content: { parts, role: 'model' }, finishReason: stopOf(reply), index: 0 };
  yield {
    kind: 'closing',
    data: sse({ candidates: [candidate], ...usageField(usage), ...named(request) }),
    usage: sayable(usage),
  };
}

function named(request: ModelRequest): JsonObject {
  return { modelVersion: request.model, responseId: request.id };
}

type TextPart = Extract<Part, { text: string } | { hugeText: number }>;
type WirePart = { part: JsonObject; text?: string; size: number };

/**
 * The reply's parts on the wire. A thought's signature travels with the call that follows it; else with the last,
 * empty text. A call with broken input never comes: Gemini ends with MALFORMED_FUNCTION_CALL in its place.
 */
function* wireParts(
  request: ModelRequest,
  reply: Reply,
  cut: (part: TextPart) => Iterable<string>,
): Iterable<WirePart> {
  let signature: string | undefined;
  for (const [index, part] of (reply.parts ?? []).entries()) {
    if ('thinking' in part) {
      signature = part.signature ?? signature;
      for (const text of pieces(part.thinking, reply)) yield { part: { text, thought: true }, size: text.length };
    } else if ('toolCall' in part) {
      const args = inputOf(part.toolCall);
      if (!isObject(args)) continue;
      const functionCall = { id: part.toolCall.id ?? `${request.id}_${index}`, name: part.toolCall.name, args };
      yield { part: { functionCall, ...signatureField(signature) }, size: rawInputOf(part.toolCall).length };
      signature = undefined;
    } else if (!('redactedThinking' in part)) {
      for (const text of cut(part)) yield { part: { text }, text, size: text.length };
    }
  }
}

function lastPart(signature: string | undefined): JsonObject {
  return { text: '', ...signatureField(signature) };
}

function signatureField(signature: string | undefined): JsonObject {
  return signature === undefined ? {} : { thoughtSignature: signature };
}

/** The signature that no call took along. */
function lastSignature(reply: Reply): string | undefined {
  return (reply.parts ?? []).reduce<string | undefined>((kept, part) => {
    if ('toolCall' in part) return undefined;
    return 'thinking' in part ? (part.signature ?? kept) : kept;
  }, undefined);
}

function stopOf(reply: Reply): string {
  if (reply.stop === 'max_tokens') return 'MAX_TOKENS';
  if (reply.stop === 'refusal') return 'SAFETY';
  const broken = (reply.parts ?? []).some((part) => 'toolCall' in part && !isObject(inputOf(part.toolCall)));
  return broken ? 'MALFORMED_FUNCTION_CALL' : 'STOP';
}

/** The format knows no cache writes. */
function sayable(figures: TokenCounts | null): TokenCounts | null {
  return figures && { ...figures, cacheWriteTokens: null, cacheWrite1hTokens: null };
}

function usageField(figures: TokenCounts | null): JsonObject {
  if (figures === null) return {};
  const { inputTokens: input, outputTokens: output, reasoningTokens: thoughts } = figures;
  return {
    usageMetadata: known({
      promptTokenCount: input,
      candidatesTokenCount: without(output, thoughts),
      totalTokenCount: input === null || output === null ? null : input + output,
      cachedContentTokenCount: figures.cacheReadTokens,
      promptTokensDetails: input === null ? null : [{ modality: 'TEXT', tokenCount: input }],
      thoughtsTokenCount: thoughts,
    }),
  };
}
