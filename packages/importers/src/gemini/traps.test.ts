/** What Gemini CLI's figures mean, and every way in which its logs tell a request twice. */
import { recount } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import { descriptionOf, itemsIn, outcomesIn, readLog, usageIn } from '../inline-log.js';
import { gemini } from './index.js';
import { answer, at, call, document, header, path, read, set, tokens, user } from './made-log.js';

describe('F2: what each figure means', () => {
  test('input includes what was cached; thoughts are counted beside the output', () => {
    expect(usageIn(read(header(), answer(1, 'm1')))[0]?.data).toMatchObject({
      inputTokens: 1000,
      cacheReadTokens: 400,
      outputTokens: 120,
      reasoningTokens: 20,
      cacheWriteTokens: null,
      cacheWrite1hTokens: null,
    });
  });

  test('a tool’s prompt tokens are beside the input, in the raw record only', () => {
    const served = { input: 16034, output: 103, cached: 15021, thoughts: 37, tool: 41, total: 16215 };
    const [usage] = usageIn(read(header(), answer(1, 'm1', { tokens: served })));
    expect(usage?.data).toMatchObject({ inputTokens: 16034, outputTokens: 140, raw: served });
  });

  test('zeros in every figure are a response that reported nothing, and counted nowhere', () => {
    const zeros = { input: 0, output: 0, cached: 0, thoughts: 0, tool: 0, total: 0 };
    const found = read(header(), answer(1, 'm1', { tokens: zeros }));
    expect(usageIn(found)[0]?.data).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      cacheReadTokens: null,
      reasoningTokens: null,
    });
    expect(recount(found.drafts).requests).toBe(0);
  });

  test('a single 0 is a reported 0', () => {
    const found = read(header(), answer(1, 'm1', { tokens: { ...tokens, cached: 0, thoughts: 0 } }));
    expect(recount(found.drafts)).toMatchObject({ cacheReadTokens: 0, reasoningTokens: 0, outputTokens: 100 });
  });

  test('a message without tokens is no usage', () => {
    expect(usageIn(read(header(), answer(1, 'm1', { tokens: null }), answer(2, 'm2', { tokens: undefined })))).toEqual(
      [],
    );
  });

  test('a figure that is no count is unknown, and said so', () => {
    const found = read(header(), answer(1, 'm1', { tokens: { ...tokens, output: -5, cached: '400' } }));
    expect(usageIn(found)[0]?.data).toMatchObject({ outputTokens: null, cacheReadTokens: 400, inputTokens: 1000 });
    expect(found.problems).toEqual(['2 bad_number: output is not a token count: -5']);
  });

  test('each request has the model that answered it', () => {
    const found = read(header(), answer(1, 'm1'), answer(2, 'm2', { model: 'gemini-3-pro' }));
    expect(usageIn(found).map((usage) => usage.data.model)).toEqual(['gemini-2.5-flash', 'gemini-3-pro']);
    expect(descriptionOf(found, 's1')['model']).toBe('gemini-3-pro');
  });
});

describe('F-beyond: no double count', () => {
  test('a message written twice, without and with its tools, is one request and one message', () => {
    const found = read(header(), user(0, 'u1', 'Go'), answer(1, 'm1'), answer(1, 'm1', { toolCalls: [call()] }));
    expect(recount(found.drafts)).toMatchObject({ requests: 1, outputTokens: 120 });
    expect(itemsIn(found).map((item) => item.type)).toEqual(['message', 'message', 'tool_call', 'tool_result']);
  });

  test('a resume repeats the header and the history, without tokens: nothing is lost, nothing told twice', () => {
    const history = [
      user(60, 'u1', 'Go'),
      { id: 'm1', timestamp: at(60), type: 'gemini', content: [{ text: 'Hello.' }] },
    ];
    const found = read(
      header(),
      user(0, 'u1', 'Go'),
      answer(1, 'm1'),
      header(60),
      set(history),
      user(61, 'u2', 'On'),
      answer(62, 'm2'),
    );
    expect(recount(found.drafts)).toMatchObject({ requests: 2, outputTokens: 240 });
    expect(itemsIn(found)).toHaveLength(4);
  });

  test('a history’s user message may carry the id of the model’s', () => {
    const results = {
      id: 'm1',
      timestamp: at(60),
      type: 'user',
      content: [{ functionResponse: { id: 'call-1', response: { output: 'text' } } }],
    };
    const found = read(header(), answer(1, 'm1'), set([results]));
    expect(recount(found.drafts)).toMatchObject({ requests: 1, outputTokens: 120 });
  });

  test('usage that only the history still holds is counted', () => {
    const found = read(header(), '{"id":"m1","type":"gem', answer(2, 'm2'), set([answer(1, 'm1'), answer(2, 'm2')]));
    expect(recount(found.drafts)).toMatchObject({ requests: 2, outputTokens: 240 });
    expect(usageIn(found)).toHaveLength(2);
  });

  test('--session-file copies lines with their tokens: the copy says so, and the original owns them', () => {
    const original = readLog(gemini, path, [header(), user(0, 'u1', 'Go'), answer(1, 'm1')]);
    const imported = { id: 'import-1', type: 'info', content: 'Imported session from /x', timestamp: at(100) };
    const copy = readLog(gemini, 'demo/chats/session-1767225700000-bbbbbbbb.jsonl', [
      header(100, { sessionId: 's2' }),
      imported,
      user(0, 'u1', 'Go'),
      answer(1, 'm1'),
      set([answer(1, 'm1')]),
      answer(101, 'm2'),
    ]);
    expect(usageIn(original).map((usage) => usage.identity)).toEqual([{ key: 'gemini:m1', claim: 'own' }]);
    expect(usageIn(copy).map((usage) => usage.identity)).toEqual([
      { key: 'gemini:m1', claim: 'copy' },
      { key: 'gemini:m2', claim: 'own' },
    ]);
    expect(itemsIn(copy).some((item) => item.text === 'Go')).toBe(true);
  });

  test('the stub that a resume in another minute leaves belongs to the same session and adds nothing', () => {
    const context = user(
      60,
      'c1',
      '<session_context>\n- **Workspace Directories:**\n  - /home/dev/code\n</session_context>',
    );
    const stub = readLog(gemini, 'demo/chats/session-2026-01-01T00-01-aaaaaaaa.jsonl', [header(60), set([context])]);
    expect(new Set(stub.drafts.map((draft) => draft.sessionId))).toEqual(new Set(['s1']));
    expect(itemsIn(stub)).toMatchObject([{ type: 'message', author: 'harness' }]);
  });

  test('a document that was continued as JSON Lines is one session with it', () => {
    const before = document([user(0, 'u1', 'Go'), answer(1, 'm1')]);
    const after = read(header(), user(0, 'u1', 'Go'), answer(1, 'm1'), user(5, 'u2', 'On'), answer(6, 'm2'));
    expect(recount([...before.drafts, ...after.drafts])).toMatchObject({ requests: 2, outputTokens: 240 });
    const keys = new Set(after.drafts.map((draft) => draft.key));
    expect(before.drafts.every((draft) => keys.has(draft.key))).toBe(true);
  });

  test('a sub-agent’s file is a session of its own, below the one whose folder it lies in', () => {
    const found = readLog(gemini, 'demo/chats/parent-1/s1.jsonl', [
      header(0, { kind: 'subagent', directories: ['/home/dev/code'] }),
      user(0, 'u1', 'Look.'),
      answer(1, 'm1', { toolCalls: [call('success', { name: 'complete_task' })] }),
      { $set: { summary: '{"response":"Three lines."}' } },
    ]);
    expect(descriptionOf(found, 's1')).toEqual({
      parentId: 'parent-1',
      cwd: '/home/dev/code',
      title: 'Look.',
      model: 'gemini-2.5-flash',
    });
    expect(outcomesIn(found)).toEqual({ u1: 'complete' });
  });
});
