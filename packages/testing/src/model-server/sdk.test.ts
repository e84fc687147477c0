/** The wire is right if the AI SDK's own parsers, over real HTTP, report what the script says. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, jsonSchema, type LanguageModel, streamText, type TextStreamPart, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ModelServer, type Reply, startModelServer } from './index.js';

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const apiKey = 'key-1';
/** Each provider package at the base its users give it. */
const providers: Record<string, () => LanguageModel> = {
  anthropic: () => createAnthropic({ apiKey, baseURL: `${server.url}/v1` })('claude-sonnet-4-5'),
  responses: () => createOpenAI({ apiKey, baseURL: `${server.url}/v1` })('gpt-5.2'),
  chat: () => createOpenAI({ apiKey, baseURL: `${server.url}/v1` }).chat('gpt-5.2'),
  compatible: () =>
    createOpenAICompatible({ name: 'c', apiKey, baseURL: `${server.url}/compatible/v1`, includeUsage: true })('qwen3'),
  gemini: () => createGoogleGenerativeAI({ apiKey, baseURL: `${server.url}/v1beta` })('gemini-3-pro'),
};
const names = Object.keys(providers);
const modelOf = (name: string) => providers[name]?.() as LanguageModel;

const anything = jsonSchema<Record<string, unknown>>({ type: 'object', additionalProperties: true });
const tools = {
  read: tool({ description: 'Reads', inputSchema: anything }),
  list: tool({ description: 'Lists', inputSchema: anything }),
};

let conversations = 0;
/** Scripts a conversation of its own; returns what its requests are made of. */
function scripted(replies: Parameters<ModelServer['script']>[1], provider: string) {
  const prompt = `conversation ${conversations++} with ${provider}.`;
  server.script(prompt, replies);
  return { model: modelOf(provider), prompt, tools, maxRetries: 0 };
}

/** Streams to the end, whatever comes: the events, and the texts of errors among them. */
async function streamed(request: ReturnType<typeof scripted>) {
  const result = streamText({ ...request, onError: () => undefined });
  const events: TextStreamPart<typeof tools>[] = [];
  const thrown: unknown[] = [];
  try {
    for await (const event of result.fullStream) events.push(event);
  } catch (error) {
    // A cut socket is thrown, where an error that the provider tells is an event.
    thrown.push(error);
  }
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  const reasoning = events.map((event) => (event.type === 'reasoning-delta' ? event.text : '')).join('');
  const finish = events.find((event) => event.type === 'finish');
  const calls = events.flatMap((event) => (event.type === 'tool-call' ? [[event.toolName, event.input]] : []));
  const errors = events.flatMap((event) => (event.type === 'error' ? [event.error] : []));
  return { text, reasoning, finish, calls, errors, events, thrown };
}

const text = 'Grüße 👩‍👩‍👧 from the other side of the wire. ';
const full: Reply = {
  parts: [
    { thinking: 'First I look, then I leap.', signature: 'c2lnbmF0dXJl' },
    { text },
    { toolCall: { name: 'read', input: { path: 'a/b.ts', lines: [1, 2] } } },
    { toolCall: { name: 'list', input: {} } },
  ],
  usage: { inputTokens: 1000, outputTokens: 80, cacheReadTokens: 600, reasoningTokens: 30 },
};
const bothCalls = [
  ['read', { path: 'a/b.ts', lines: [1, 2] }],
  ['list', {}],
];
const speaksReasoning = names.filter((name) => name !== 'chat');

describe.each(names)('%s', (name) => {
  test('streams text, parallel tool calls and usage as the SDK reads them', async () => {
    const { text: read, calls, finish, errors } = await streamed(scripted([full], name));
    expect(errors).toEqual([]);
    expect(read).toBe(text);
    expect(calls).toEqual(bothCalls);
    expect(finish).toMatchObject({
      finishReason: 'tool-calls',
      totalUsage: {
        inputTokens: 1000,
        inputTokenDetails: { cacheReadTokens: 600, noCacheTokens: 400 },
        outputTokens: 80,
        outputTokenDetails: { reasoningTokens: 30 },
      },
    });
    expect(server.served.at(-1)).toMatchObject({
      outcome: 'finished',
      status: 200,
      apiKey,
      textServed: text,
      usageServed: { inputTokens: 1000, outputTokens: 80, cacheReadTokens: 600, reasoningTokens: 30 },
    });
  });

  test('answers whole as it streams', async () => {
    const result = await generateText(scripted([full], name));
    expect(result.text).toBe(text);
    expect(result.toolCalls.map((call) => [call.toolName, call.input])).toEqual(bothCalls);
    expect(result.usage).toMatchObject({ inputTokens: 1000, outputTokens: 80, reasoningTokens: 30 });
    expect(result.usage.inputTokenDetails.cacheReadTokens).toBe(600);
  });

  test('ends as scripted: too long, refused, or empty', async () => {
    const parts = [{ text: 'so far' }];
    const request = scripted([{ parts, stop: 'max_tokens' }, { parts, stop: 'refusal' }, {}], name);
    const reasons = [];
    for (let index = 0; index < 3; index++) reasons.push((await streamed(request)).finish?.finishReason);
    expect(reasons).toEqual(['length', 'content-filter', 'stop']);
  });

  test('gives a tool result to the script, which answers by it', async () => {
    const request = scripted(
      [
        { parts: [{ thinking: 'hm', signature: 'c2ln' }, { toolCall: { name: 'read', input: { path: 'x' } } }] },
        ({ toolResults }) => ({ parts: [{ text: `it says ${toolResults.map((result) => result.text)}` }] }),
      ],
      name,
    );
    const withTool = { ...tools, read: tool({ inputSchema: anything, execute: async () => 'forty-two' }) };
    const { response } = await generateText({ ...request, tools: withTool });
    const messages = [{ role: 'user' as const, content: request.prompt }, ...response.messages];
    const answer = await generateText({ model: request.model, tools: withTool, messages, maxRetries: 0 });
    expect(answer.text).toMatch(/it says .*forty-two/);
  });

  test('refuses with the status, headers and words of the provider', async () => {
    const fail = { status: 429, headers: { 'retry-after': '7', 'retry-after-ms': '6500' } };
    const { errors } = await streamed(scripted([{ fail }], name));
    expect(errors).toMatchObject([
      { statusCode: 429, isRetryable: true, responseHeaders: { 'retry-after': '7', 'retry-after-ms': '6500' } },
    ]);
    expect(String(errors[0])).toContain('refused with 429 by script');
    expect(server.served.at(-1)).toMatchObject({ outcome: 'failed', status: 429 });
  });

  test('tells of an error amid the stream, after the text before it', async () => {
    const parts = [{ text: 'half of an answer that never ends' }];
    const { errors, text: read } = await streamed(
      scripted(
        [{ parts, chunkSize: 5, errorAfter: 2, error: { type: 'server_error', message: 'out of breath' } }],
        name,
      ),
    );
    expect(read).toBe('half of an');
    expect(JSON.stringify(errors)).toContain('out of breath');
    expect(server.served.at(-1)).toMatchObject({ outcome: 'failed', textServed: 'half of an' });
  });

  test('cuts the socket amid the stream', async () => {
    const { thrown, text: read } = await streamed(
      scripted([{ parts: [{ text: 'half of an answer' }], chunkSize: 5, breakAfter: 1 }], name),
    );
    expect(read).toBe('half ');
    expect(thrown).toHaveLength(1);
    expect(server.served.at(-1)).toMatchObject({ outcome: 'broken', textServed: 'half ' });
  });

  test('sends garbage, then the rest', async () => {
    const { errors, events } = await streamed(scripted([{ parts: [{ text: 'good' }], garbageAfter: 'end' }], name));
    expect(errors.length).toBeGreaterThan(0);
    expect(events.at(-1)?.type).toBe('finish');
  });

  test('never tells figures that the script leaves out', async () => {
    const usage = { inputTokens: 10, outputTokens: 2 };
    const told = scripted([{ parts: [{ text: 'a' }], usage }], name);
    expect(JSON.stringify((await generateText(told)).usage.raw)).not.toMatch(/cache|reason|thought/i);
    const { cacheReadTokens, reasoningTokens } = server.served.at(-1)?.usageServed ?? {};
    expect([cacheReadTokens, reasoningTokens]).toEqual([null, null]);
  });

  test('tells the same figures in the end, wherever it tells them', async () => {
    const usage = { inputTokens: 10, outputTokens: 9, cacheReadTokens: 3 };
    const places = ['end', 'both', 'placeholder', 'repeated', 'growing'] as const;
    const parts = [{ text: 'word '.repeat(9) }];
    const request = scripted(
      places.map((usageAt) => ({ parts, usage, usageAt, chunkSize: 5 })),
      name,
    );
    for (const place of places) {
      const { finish } = await streamed(request);
      expect(finish, place).toMatchObject({ totalUsage: { inputTokens: 10, outputTokens: 9 } });
    }
  });
});

describe.each(speaksReasoning)('%s', (name) => {
  test('streams reasoning, and its signature comes back', async () => {
    const { reasoning, events } = await streamed(scripted([full], name));
    expect(reasoning).toBe('First I look, then I leap.');
    const signed = JSON.stringify(events.filter((event) => 'providerMetadata' in event)).includes('c2lnbmF0dXJl');
    expect(signed).toBe(name !== 'compatible');
  });
});

describe('anthropic', () => {
  test('tells cache writes for five minutes and for an hour apart', async () => {
    const usage = {
      inputTokens: 1000,
      outputTokens: 5,
      cacheReadTokens: 100,
      cacheWriteTokens: 700,
      cacheWrite1hTokens: 200,
    };
    const { finish } = await streamed(scripted([{ parts: [{ text: 'a' }], usage }], 'anthropic'));
    expect(finish?.totalUsage).toMatchObject({
      inputTokens: 1000,
      inputTokenDetails: { cacheReadTokens: 100, cacheWriteTokens: 700, noCacheTokens: 200 },
      raw: { cache_creation: { ephemeral_5m_input_tokens: 500, ephemeral_1h_input_tokens: 200 } },
    });
    expect(server.served.at(-1)?.usageServed).toEqual({ ...usage, reasoningTokens: null });
  });

  test('keeps redacted thinking whole', async () => {
    const reply = { parts: [{ redactedThinking: 'ZW5jcnlwdGVk' }, { text: 'a' }] };
    const { events } = await streamed(scripted([reply], 'anthropic'));
    expect(JSON.stringify(events)).toContain('"redactedData":"ZW5jcnlwdGVk"');
  });

  test('is overloaded before anything else comes, which the SDK calls 529', async () => {
    const { errors } = await streamed(scripted([{ errorAfter: 0 }], 'anthropic'));
    expect(errors).toMatchObject([{ statusCode: 529, isRetryable: true }]);
  });
});

describe('a tool call with broken JSON', () => {
  const reply = { parts: [{ toolCall: { name: 'read', rawInput: '{"path": "a' } }] };

  test.each(names.filter((name) => name !== 'gemini'))('reaches the client of %s as it is', async (name) => {
    const { events } = await streamed(scripted([reply], name));
    expect(events.find((event) => event.type === 'tool-call')).toMatchObject({ invalid: true, input: '{"path": "a' });
  });

  test('ends a gemini answer as malformed', async () => {
    const { finish } = await streamed(scripted([reply], 'gemini'));
    expect(finish).toMatchObject({ finishReason: 'error', rawFinishReason: 'MALFORMED_FUNCTION_CALL' });
  });
});
