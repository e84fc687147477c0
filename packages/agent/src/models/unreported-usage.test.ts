/** Over real HTTP: what a server does not tell of its tokens is filled in for the AI SDK, and taken out again. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { asReported, fetchWithUsage } from './unreported-usage.js';

let server: Server | null = null;
afterEach(() => server?.close());

/** What comes of this body, sent in pieces of a few bytes. */
async function through(body: string, type = 'text/event-stream'): Promise<string> {
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': type });
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
    response.end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return (await fetchWithUsage(`http://127.0.0.1:${port}/`)).text();
}

const dataIn = (text: string): unknown[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json));

describe('F2: a stream that does not tell tokens', () => {
  it('is given figures that nobody can have reported', async () => {
    const start = { type: 'message_start', message: { id: 'm', usage: { cache_read_input_tokens: 4 } } };
    const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn' } };
    const text = await through(`data: ${JSON.stringify(start)}\n\ndata:${JSON.stringify(delta)}\n\n`);
    expect(dataIn(text)).toEqual([
      { ...start, message: { id: 'm', usage: { cache_read_input_tokens: 4, input_tokens: -1 } } },
      { ...delta, usage: { output_tokens: -1 } },
    ]);
  });

  it.each([
    ['what reports them', 'data: {"type":"message_delta","usage":{"output_tokens":0}}\n\n'],
    ['words that quote them', 'data: {"type":"content_block_delta","delta":{"text":"\\"message_start\\" größer"}}\n\n'],
    ['what cannot be read', 'event: x\ndata: {"type":"message_start",\n\n: ping\n\ndata: "message_delta"'],
  ])('leaves %s as it is', async (_, body) => {
    expect(await through(body)).toBe(body);
  });

  it('leaves answers alone that are no stream', async () => {
    const body = '{"type":"message_start","message":{}}';
    expect(await through(body, 'application/json')).toBe(body);
  });

  it('tells only what was reported', () => {
    expect(asReported({ input_tokens: -1, output_tokens: 0 })).toEqual({ output_tokens: 0 });
    expect(asReported({ input_tokens: -1 })).toBeUndefined();
    expect(asReported({ input_tokens: 0 })).toEqual({ input_tokens: 0 });
    expect(asReported(undefined)).toBeUndefined();
  });
});
