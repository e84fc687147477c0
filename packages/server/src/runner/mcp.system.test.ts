/** Tools of MCP servers in sessions: real processes and sockets, a real store, a model over real HTTP. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeMcpConfig, serveFakeMcp } from '@taffrail/testing';
import type { Item } from '@taffrail/wire';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { usualPatience } from '../mcp/patience.js';
import { Bench, calls, itemsOf, lines, outcomeOf, says, secrets } from './runner-for-tests.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const allowing = `
[[agents]]
name = "mcp"
models = ["anthropic/model-a"]
permissions = { "mcp__*" = "allow" }
[[agents]]
name = "other"
models = ["anthropic/model-a"]
mcp = ["second"]
[[agents]]
name = "looker"
models = ["anthropic/model-a"]
tools = []
`;

function withServers(...configs: string[]): void {
  bench.more = `${allowing}\n${configs.join('\n')}`;
  bench.newRunner();
}

const results = (items: readonly Item[]) => items.filter((item) => item.type === 'tool_result');
const notes = (items: readonly Item[]) => items.flatMap((item) => (item.type === 'error' ? [[item.code, item.text]] : []));
/** The names of the tools that the model was told of, request by request. */
const toldTools = (prompt: string): string[][] =>
  bench.models.served.filter((served) => JSON.stringify(served.request).includes(prompt)).map((served) => toolNames(served.request));

function toolNames(request: unknown): string[] {
  const { body } = request as { body: { tools?: { name: string }[] } };
  return (body.tools ?? []).map(({ name }) => name);
}

describe('E-beyond: a tool of an MCP server', () => {
  test('is told to the model, asked about, run, and answered from', async () => {
    withServers(fakeMcpConfig('fake'));
    const prompt = v7();
    bench.models.script(prompt, [calls('mcp__fake__echo', { text: 'hello' }), says('It said hello.')]);
    const sessionId = await bench.session('anthropic');
    const turnId = await bench.ask(sessionId, prompt);
    const asking = await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
    const [question] = [...asking.permissions.values()];
    expect(question).toMatchObject({ tool: 'mcp__fake__echo', subject: '{"text":"hello"}', pattern: '*' });
    await bench.runner.answer(sessionId, question?.permissionId ?? '', 'allow');
    const state = await bench.ended(sessionId, turnId);
    expect(lines(state).slice(1)).toEqual([
      'tool_call: {"text":"hello"}',
      'tool_result: hello',
      'message: It said hello.',
    ]);
    expect(notes(itemsOf(state))).toEqual([]);
  });
});
