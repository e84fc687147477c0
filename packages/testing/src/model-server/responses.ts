/** OpenAI Responses: `POST …/responses`, for the AI SDK and for the Codex CLI. */
import type { TokenCounts } from '@taffrail/wire';
import { figuresOf, known, telling } from './figures.js';
import { openaiRefusal } from './openai-refusal.js';
import type { Reply } from './reply.js';
import { itemEvents, itemsOf } from './responses-items.js';
import {
  type JsonObject,
  type ModelRequest,
  objectsIn,
  sse,
  textIn,
  type WireChunk,
  type WireFormat,
} from './wire-format.js';

export const responses: WireFormat = {
  name: 'responses',
  overloadedStatus: 503,
  requestIdHeader: 'x-request-id',
  read(body) {
    const { input } = body;
    if (typeof input === 'string') return { humanTexts: [input], toolResults: [] };
    const items = objectsIn(input);
    const outputs = items.filter(({ type }) => type === 'function_call_output' || type === 'custom_tool_call_output');
    return {
      humanTexts: items.filter(({ role }) => role === 'user').map(({ content }) => textIn(content)),
      toolResults: outputs.map((output) => ({ id: String(output['call_id']), text: textIn(output['output']) })),
    };
  },
  stream,
  whole(request, reply) {
    const usage = figuresOf(reply);
    return { body: finished(request, reply, usage).response, usage: sayable(usage) };
  },
  refusal: openaiRefusal,
  errorEvents(request, { type = 'server_error', message }, sent) {
    const error = { type, code: type, message, param: null };
    const response = { ...envelope(request), status: 'failed', error: { code: type, message } };
    const events = [
      { type: 'error', sequence_number: sent, error },
      { type: 'response.failed', sequence_number: sent + 1, response },
    ];
    return events.map((event) => sse(event, event.type)).join('');
  },
};

function* stream(request: ModelRequest, reply: Reply): Iterable<WireChunk> {
  const told = telling(reply, 'end');
  let sequence = 0;
  const say = (kind: WireChunk['kind'], type: string, fields: JsonObject): WireChunk => ({
    kind,
    data: sse({ type, sequence_number: sequence++, ...fields }, type),
  });
  const amid = told.amid(0) && told.start;
  const opening = { ...envelope(request), status: 'in_progress' };
  yield {
    ...say('opening', 'response.created', { response: { ...opening, ...usageField(told.start) } }),
    usage: sayable(told.start),
  };
  yield {
    ...say('opening', 'response.in_progress', { response: { ...opening, ...usageField(amid) } }),
    usage: sayable(amid),
  };
  for (const [index, part] of (reply.parts ?? []).entries()) {
    for (const { type, fields, delta, text } of itemEvents(part, request, reply, index)) {
      yield { ...say(delta ? 'delta' : 'frame', type, fields), ...(text === undefined ? {} : { text }) };
    }
  }
  const { type, response } = finished(request, reply, told.end);
  yield { ...say('closing', type, { response }), usage: sayable(told.end) };
}

const incompleteReasons = { max_tokens: 'max_output_tokens', refusal: 'content_filter' } as const;

function finished(request: ModelRequest, reply: Reply, usage: TokenCounts | null) {
  const reason = reply.stop && incompleteReasons[reply.stop];
  const status = reason ? 'incomplete' : 'completed';
  const response = {
    ...envelope(request),
    status,
    incomplete_details: reason ? { reason } : null,
    output: itemsOf(request, reply),
    ...usageField(usage),
  };
  return { type: `response.${status}`, response };
}

/** A response object of which nothing is known yet; what was asked for is given back, as the real one does. */
function envelope(request: ModelRequest): JsonObject {
  const {
    tools = [],
    tool_choice = 'auto',
    parallel_tool_calls = true,
    reasoning = null,
    store = false,
  } = request.body;
  return {
    id: `resp_${request.id}`,
    object: 'response',
    created_at: Math.floor(request.at / 1000),
    status: 'queued',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: request.model,
    output: [],
    parallel_tool_calls,
    previous_response_id: null,
    reasoning,
    service_tier: 'default',
    store,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice,
    tools,
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: {},
  };
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
      input_tokens: input,
      input_tokens_details: Object.keys(inputDetails).length === 0 ? null : inputDetails,
      output_tokens: output,
      output_tokens_details: reasoning === null ? null : { reasoning_tokens: reasoning },
      total_tokens: input === null || output === null ? null : input + output,
    }),
  };
}
