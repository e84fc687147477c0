/** The events of each format in their order, without a socket. */
import { describe, expect, test } from 'vitest';
import { anthropic } from './anthropic.js';
import { chat } from './chat.js';
import { gemini } from './gemini.js';
import type { Reply } from './reply.js';
import { responses } from './responses.js';
import { isObject, type JsonObject, type ModelRequest, type WireFormat } from './wire-format.js';

const request = (format: WireFormat, body: JsonObject = {}): ModelRequest => ({
  ...{ conversation: 'alpha', index: 0, format: format.name, model: 'm', apiKey: null, streams: true, body },
  ...{ humanTexts: [], toolResults: [], id: 'x', at: 0 },
});

const reply: Reply = {
  parts: [
    { thinking: 'hm', signature: 's' },
    { text: 'ab' },
    { toolCall: { name: 'read', input: {} } },
    { toolCall: { name: 'list', input: {} } },
  ],
  chunkSize: 1,
  usage: { inputTokens: 10, outputTokens: 8, cacheReadTokens: 4, reasoningTokens: 2 },
};

/** The payloads of a stream's events; `[DONE]` is left out. */
function payloads(format: WireFormat, answered: Reply = reply, body: JsonObject = {}): JsonObject[] {
  const wire = [...format.stream(request(format, body), answered)].map((chunk) => chunk.data).join('');
  const lines = wire.split('\n').filter((line) => line.startsWith('data: {'));
  return lines.map((line) => JSON.parse(line.slice('data: '.length)) as JsonObject);
}

/** Runs of the same type count once. */
function order(events: JsonObject[]): string[] {
  return events.map((event) => String(event['type'])).filter((type, index, all) => type !== all[index - 1]);
}

describe('Anthropic Messages', () => {
  test('come in the order of the real stream', () => {
    expect(order(payloads(anthropic))).toEqual([
      'message_start',
      ...['content_block_start', 'ping', 'content_block_delta', 'content_block_stop'],
      ...['content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['message_delta', 'message_stop'],
    ]);
  });

  test('start with a placeholder for the output and end with the figure', () => {
    const told = payloads(anthropic).map((event) => event['usage'] ?? (event['message'] as JsonObject)?.['usage']);
    expect(told.filter(isObject)).toEqual([
      { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 1 },
      { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 8, output_tokens_details: { thinking_tokens: 2 } },
    ]);
  });

  test('tell nothing of usage when the script does not', () => {
    expect(JSON.stringify(payloads(anthropic, { usage: null }))).not.toContain('usage');
  });
});

describe('OpenAI Responses', () => {
  const item = (...inner: string[]) => ['response.output_item.added', ...inner, 'response.output_item.done'];
  const call = item('response.function_call_arguments.delta', 'response.function_call_arguments.done');
  const summary = 'response.reasoning_summary';

  test('come in the order of the real stream, numbered without a gap', () => {
    const events = payloads(responses);
    expect(order(events)).toEqual([
      ...['response.created', 'response.in_progress'],
      ...item(`${summary}_part.added`, `${summary}_text.delta`, `${summary}_text.done`, `${summary}_part.done`),
      ...item(
        ...['response.content_part.added', 'response.output_text.delta', 'response.output_text.done'],
        'response.content_part.done',
      ),
      ...[...call, ...call, 'response.completed'],
    ]);
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, index) => index));
  });

  test('call a free-form tool with text', () => {
    const body = { tools: [{ type: 'custom', name: 'patch' }] };
    const events = payloads(responses, { parts: [{ toolCall: { name: 'patch', rawInput: '*** x' } }] }, body);
    expect(events.at(-2)).toMatchObject({ item: { type: 'custom_tool_call', name: 'patch', input: '*** x' } });
  });

  test('fail with an error event and a failed response', () => {
    const events = responses.errorEvents(request(responses), { message: 'no' }, 7);
    expect(events).toMatch(/^event: error\n.*"sequence_number":7.*\n\nevent: response\.failed\n.*"sequence_number":8/);
  });
});

describe('Chat Completions', () => {
  const usages = (events: JsonObject[]) => events.map((event) => event['usage']).filter(isObject);

  test('tell usage only to whom asks for it, in a chunk of its own', () => {
    const asked = payloads(chat, reply, { stream_options: { include_usage: true } });
    expect(asked.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, total_tokens: 18 } });
    expect(asked[0]).toMatchObject({ usage: null });
    expect(usages(payloads(chat))).toEqual([]);
  });

  test('repeat a growing usage as some compatible servers do', () => {
    const told = usages(payloads(chat, { ...reply, usageAt: 'growing' })).map((usage) =>
      Number(usage['completion_tokens']),
    );
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect([told[0], told.at(-1)]).toEqual([1, 8]);
  });

  test('number parallel calls', () => {
    expect(JSON.stringify(payloads(chat))).toMatch(/"index":0,"id":"call_x_0".*"index":1,"id":"call_x_1"/);
  });
});

describe('Gemini', () => {
  test('repeats usage in every chunk, thoughts apart from the answer', () => {
    const told = payloads(gemini).map((event) => event['usageMetadata']);
    expect(told.every(isObject)).toBe(true);
    expect(told.at(-1)).toMatchObject({ candidatesTokenCount: 6, thoughtsTokenCount: 2, cachedContentTokenCount: 4 });
  });

  test("sends a thought's signature with the first call after it", () => {
    expect(
      JSON.stringify(payloads(gemini)).match(/"functionCall":\{"id":"x_2".*?\}\}?,"thoughtSignature":"s"/),
    ).not.toBeNull();
    expect(JSON.stringify(payloads(gemini)).match(/thoughtSignature/g)).toHaveLength(1);
  });
});

describe.each([anthropic, responses, chat, gemini])('$name', (format) => {
  test('does not part a surrogate pair', () => {
    const pieces = [...format.stream(request(format), { parts: [{ text: 'a👩b' }], chunkSize: 2 })];
    expect(pieces.flatMap((chunk) => chunk.text ?? [])).toEqual(['a👩', 'b']);
  });

  test('lets every id of an answer be told from those of another', () => {
    const ids = (id: string) =>
      [...format.stream({ ...request(format), id }, reply)]
        .flatMap((chunk) => [...chunk.data.matchAll(/"(?:id|call_id|responseId)":"([^"]+)"/g)])
        .map((found) => found[1]);
    expect(ids('x').filter((id) => ids('y').includes(id))).toEqual([]);
  });
});
