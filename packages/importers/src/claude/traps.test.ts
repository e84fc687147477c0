/** Every trap that was met in Claude Code's logs, and in other readers of them, each as a log of its own. */
import { recount, recountByRoot } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import type { JsonObject } from '../json.js';
import { answer, type Files, ofKind, prompt, readFiles, readMain, timeAfter, usage } from './fixture-lines.js';

/** Input and output of everything, each request once. */
function totalOf(files: Files | JsonObject[]): number {
  const { drafts } = Array.isArray(files) ? readMain(...files) : readFiles(files);
  const { inputTokens, outputTokens } = recount(drafts);
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}

const text = (words: string): JsonObject => ({ type: 'text', text: words });
const thinking = (words: string): JsonObject => ({ type: 'thinking', thinking: words });
const call = (id: string, input: JsonObject = {}): JsonObject => ({ type: 'tool_use', id, name: 'Bash', input });
const result = (id: string, content: unknown, over: JsonObject = {}): JsonObject => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...over,
});
const usageIn = (drafts: RowDraft[]) => ofKind(drafts, 'usage.recorded').map((draft) => draft.data);

/** One response, spread over a line for each of its blocks. */
function spread(outputs: number[], over: JsonObject = {}): JsonObject[] {
  const blocks = [thinking('Hm.'), text('I look.'), call('toolu_1')];
  return outputs.map((output, index) =>
    answer(`a${index}`, 1, { content: [blocks[index] ?? text('x')], usage: usage({ output_tokens: output }) }, over),
  );
}

describe('F-beyond: each response counted once', () => {
  test('a single response', () => {
    expect(totalOf([prompt('u1', 0), answer('a1', 1)])).toBe(1110);
  });

  test.each([
    ['the same usage on each of its lines', [100, 100, 100], {}],
    ['growing output', [1, 40, 100], {}],
    ['no request id', [100, 100, 100], { requestId: undefined }],
    ['no request id, growing', [1, 40, 100], { requestId: undefined }],
    ['a null request id', [100, 100, 100], { requestId: null }],
  ])('a response on three lines: %s', (_why, outputs, over) => {
    expect(totalOf([prompt('u1', 0), ...spread(outputs, over)])).toBe(1110);
  });

  test('three tool calls in one response', () => {
    const lines = ['1', '2', '3'].map((id) =>
      answer(`a${id}`, 1, { content: [call(`toolu_${id}`)], stop: 'tool_use' }),
    );
    expect(totalOf([prompt('u1', 0), ...lines])).toBe(1110);
  });

  test("a sub-agent's response, shown to its parent as progress", () => {
    const sub = answer('s1', 2, { id: 'msg_2' }, { isSidechain: true, agentId: 'a1' });
    const progress = { type: 'progress', sessionId: 'main', data: { type: 'agent_progress', message: sub } };
    const files = { 'p/main.jsonl': [answer('a1', 1), progress], 'p/main/subagents/agent-a1.jsonl': [sub] };
    expect(totalOf(files)).toBe(2220);
  });

  test("a sub-agent's last usage, repeated in its tool result", () => {
    const toolUseResult = { status: 'completed', totalTokens: 26123, usage: usage(), content: [] };
    expect(totalOf([answer('a1', 1), prompt('u2', 2, [result('toolu_1', 'Done.')], { toolUseResult })])).toBe(1110);
  });

  test('history copied to a new file and session when it was resumed', () => {
    const [first, second] = [answer('a1', 1), answer('a2', 50, { id: 'msg_2' }, { sessionId: 'later' })];
    const files = { 'p/main.jsonl': [first], 'p/later.jsonl': [{ ...first, sessionId: 'later' }, second] };
    expect(totalOf(files)).toBe(2220);
    expect(recountByRoot(readFiles(files).drafts)).toMatchObject({ main: { requests: 1 }, later: { requests: 1 } });
  });

  test('a side question replays the conversation under another request id', () => {
    const replay = answer('s1', 1, {}, { isSidechain: true, requestId: 'req_other' });
    const aside = answer('s2', 9, { id: 'msg_2' }, { isSidechain: true, parentUuid: 's1' });
    const lines = [prompt('u1', 0), answer('a1', 1), replay, aside];
    expect(totalOf(lines)).toBe(2220);
    expect(totalOf([...lines].reverse())).toBe(2220);
  });

  test.each([0.5, 1, 5])('a replay stays with the conversation it repeats, stamped %d s after its prompt', (after) => {
    const replay = answer('s1', after, {}, { isSidechain: true, agentId: 'aside' });
    const aside = answer('s2', 9, { id: 'msg_2' }, { isSidechain: true, agentId: 'aside' });
    const files = {
      'p/main.jsonl': [prompt('u1', 0), answer('a1', 1)],
      'p/main/subagents/agent-aside.jsonl': [replay, aside],
    };
    const rows = ofKind(readFiles(files).drafts, 'usage.recorded');
    const claims = rows
      .filter((row) => row.identity.key === 'claude:msg_1')
      .map((row) => [row.sessionId, row.identity.claim]);
    expect(claims).toEqual([
      ['main', 'own'],
      ['main.aside', 'unknown'],
    ]);
  });

  test('the same message under another request id, on the main line (a retry)', () => {
    expect(totalOf([answer('a1', 1), answer('a2', 1, {}, { requestId: 'req_other' })])).toBe(1110);
  });

  test('1.0: after a 429 one line with both blocks; at resume the same message again, split', () => {
    const both = answer(
      'a1',
      1,
      { content: [text('Success.'), call('toolu_1')], stop: 'tool_use' },
      { requestId: undefined },
    );
    const split = [
      answer('a2', 9, { content: [text('Success.')], stop: 'tool_use' }),
      answer('a3', 9, { content: [call('toolu_1')], stop: 'tool_use' }),
    ];
    const { drafts } = readMain(prompt('u1', 0), both, prompt('u2', 2, [result('toolu_1', 'ok')]), ...split);
    expect(recount(drafts)).toMatchObject({ requests: 1, outputTokens: 100 });
    const items = ofKind(drafts, 'item.recorded').map((draft) => draft.key);
    expect(new Set(items).size).toBe(4);
  });

  test('a line without a message id is named by its request, else by itself', () => {
    const nameless = (uuid: string, over: JsonObject) => {
      const line = answer(uuid, 1, {}, over);
      return { ...line, message: { ...(line['message'] as JsonObject), id: undefined } };
    };
    expect(totalOf([nameless('a1', { requestId: 'req_1' }), nameless('a2', { requestId: 'req_1' })])).toBe(1110);
    expect(totalOf([nameless('a1', { requestId: undefined }), nameless('a2', { requestId: undefined })])).toBe(2220);
  });
});

describe('F-beyond: forks', () => {
  const copy = (line: JsonObject, over: JsonObject = {}) => ({ ...line, sessionId: 'fork', ...over });
  const own = answer('a2', 50, { id: 'msg_2' }, { sessionId: 'fork' });
  const original = [prompt('u1', 0), answer('a1', 1), prompt('u3', 80), answer('a3', 81, { id: 'msg_3' })];
  const roots = { main: { requests: 2 }, fork: { requests: 1 } };

  test('2.1.328 marks copies with the session that made the request; the fork knows its parent', () => {
    const copies = [copy(original[0] ?? {}), copy(original[1] ?? {}, { requestSessionId: 'main' })];
    const { drafts } = readFiles({ 'p/main.jsonl': original, 'p/fork.jsonl': [...copies, own] });
    expect(recountByRoot(drafts)).toMatchObject(roots);
    expect(ofKind(drafts, 'session.described').map((draft) => draft.data.forkedFrom)).toContain('main');
  });

  test('a fork of a fork comes from the one whose request it copied last', () => {
    const copies = [
      copy(answer('a1', 1), { requestSessionId: 'first' }),
      copy(answer('a2', 2, { id: 'msg_2' }), { requestSessionId: 'second' }),
    ];
    const said = ofKind(readFiles({ 'p/fork.jsonl': [...copies, own] }).drafts, 'session.described');
    expect(said.flatMap((draft) => draft.data.forkedFrom ?? []).at(-1)).toBe('second');
  });

  test('2.1.197 gives no mark, but what is older than the file was copied into it', () => {
    const start = { type: 'queue-operation', operation: 'enqueue', timestamp: timeAfter(49), sessionId: 'fork' };
    const copies = original.slice(0, 2).map((line) => copy(line));
    const { drafts } = readFiles({ 'p/fork.jsonl': [start, ...copies, own], 'p/main.jsonl': original });
    expect(recountByRoot(drafts)).toMatchObject(roots);
    expect(ofKind(drafts, 'usage.recorded').map((row) => row.identity.claim)).toEqual(['copy', 'own', 'own', 'own']);
  });

  test('a mark in the middle of a file says nothing about what stands before it', () => {
    const queued = { type: 'queue-operation', operation: 'enqueue', timestamp: timeAfter(60), sessionId: 'main' };
    const { drafts } = readMain(prompt('u1', 0), answer('a1', 1), queued, answer('a2', 2, { id: 'msg_2' }));
    expect(ofKind(drafts, 'usage.recorded').map((row) => row.identity.claim)).toEqual(['own', 'own']);
  });

  test('2.0 gives no mark and keeps the times: the fork went its own way first', () => {
    const copies = original.slice(0, 2).map((line) => copy(line));
    const { drafts } = readFiles({ 'p/fork.jsonl': [...copies, own], 'p/main.jsonl': original });
    expect(recountByRoot(drafts)).toMatchObject(roots);
  });

  test('1.0 stamps copies anew and drops their request ids: the original is older', () => {
    const copies = original.slice(0, 2).map((line) => copy(line, { timestamp: timeAfter(49), requestId: undefined }));
    const { drafts } = readFiles({ 'p/fork.jsonl': [...copies, own], 'p/main.jsonl': original });
    expect(recountByRoot(drafts)).toMatchObject(roots);
  });

  test('a copied history is part of the fork', () => {
    const { drafts } = readFiles({ 'p/fork.jsonl': [...original.slice(0, 2).map((line) => copy(line)), own] });
    expect(ofKind(drafts, 'item.recorded').filter((draft) => draft.sessionId === 'fork')).toHaveLength(3);
  });
});

describe('F2: what the figures mean', () => {
  const figuresOf = (over: JsonObject) => usageIn(readMain(answer('a1', 1, { usage: usage(over) })).drafts)[0];

  test('input includes what was read from the cache and written to it, for five minutes and for an hour', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 2203, ephemeral_1h_input_tokens: 307 };
    const over = {
      input_tokens: 13,
      cache_creation_input_tokens: 2510,
      cache_read_input_tokens: 15021,
      cache_creation,
    };
    expect(figuresOf(over)).toMatchObject({
      inputTokens: 17544,
      cacheReadTokens: 15021,
      cacheWriteTokens: 2510,
      cacheWrite1hTokens: 307,
    });
  });

  test('a split without its sum is summed', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 2203, ephemeral_1h_input_tokens: 307 };
    expect(figuresOf({ cache_creation_input_tokens: null, cache_creation })?.cacheWriteTokens).toBe(2510);
  });

  test('thinking is a part of output; absent, it is unknown; 0 is 0', () => {
    const counted = (thinking_tokens: number) => ({ output_tokens_details: { thinking_tokens } });
    expect(figuresOf(counted(51))).toMatchObject({ outputTokens: 100, reasoningTokens: 51 });
    expect(figuresOf({})?.reasoningTokens).toBeNull();
    expect(figuresOf({ output_tokens_details: null })?.reasoningTokens).toBeNull();
    expect(figuresOf(counted(0))?.reasoningTokens).toBe(0);
  });

  test('a cache that was not reported is unknown, not 0', () => {
    const bare = {
      cache_creation_input_tokens: undefined,
      cache_read_input_tokens: undefined,
      cache_creation: undefined,
    };
    expect(figuresOf(bare)).toMatchObject({
      inputTokens: 10,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      cacheWrite1hTokens: null,
    });
  });

  test('nulls beside the figures, and the speed, change no figure; the record is kept as it was', () => {
    const found = figuresOf({ service_tier: null, speed: 'fast' });
    expect(found).toMatchObject({ inputTokens: 1010, outputTokens: 100, raw: { speed: 'fast', service_tier: null } });
  });

  test('a response without usage yields no record', () => {
    expect(usageIn(readMain(answer('a1', 1, { usage: null })).drafts)).toEqual([]);
  });

  test.each([-5, 1.5, 1e12, 'many', [3], {}])(
    '%j is no token count: reported, and the others stand',
    (output_tokens) => {
      const { drafts, problems } = readMain(answer('a1', 1, { usage: usage({ output_tokens }) }));
      expect(usageIn(drafts)).toMatchObject([{ inputTokens: 1010, outputTokens: null }]);
      expect(problems).toMatchObject([{ kind: 'bad_number', line: 1 }]);
    },
  );

  test('a count written as text is a count', () => {
    expect(figuresOf({ output_tokens: '100' })?.outputTokens).toBe(100);
  });

  test('the model is the one that answered, also where another took over', () => {
    const lines = [answer('a1', 1), answer('a2', 2, { id: 'msg_2', model: 'claude-haiku-5-5' })];
    expect(usageIn(readMain(...lines).drafts).map((each) => each.model)).toEqual([
      'claude-sonnet-4-5',
      'claude-haiku-5-5',
    ]);
  });

  test('a running total is kept as a claim and never summed', () => {
    const models = {
      a: { inputTokens: 5, outputTokens: 7, thinkingTokens: 2, cacheReadInputTokens: 1, cacheCreationInputTokens: 1 },
    };
    const { drafts } = readMain(answer('a1', 1), { type: 'cost-state', sessionId: 'main', modelUsage: models });
    expect(recount(drafts)).toMatchObject({ requests: 1, outputTokens: 100 });
    expect(ofKind(drafts, 'usage.claimed')).toMatchObject([
      { sessionId: 'main', data: { source: 'cost-state', inputTokens: 7, outputTokens: 7, reasoningTokens: 2 } },
    ]);
  });
});

describe('F2: output figures that are only placeholders', () => {
  const stale = usage({ output_tokens: 3 });
  const outputs = (...lines: JsonObject[]) => recount(readMain(prompt('u1', 0), ...lines).drafts);
  const unfinished = (uuid: string, content: JsonObject, over: JsonObject = {}) =>
    answer(uuid, 1, { content: [content], stop: null, usage: stale }, over);

  test('an aborted message says so: its input counts, its output is unknown', () => {
    const lines = [unfinished('a1', thinking('Hm.')), unfinished('a2', text('I w'), { isAbortedMidStream: true })];
    expect(outputs(...lines)).toMatchObject({ requests: 1, inputTokens: 1010, outputTokens: null });
  });

  test.each([
    ['no message ends in its thinking', thinking('Hm.')],
    ['three tokens hold no tool call', call('toolu_1')],
    ['three tokens hold no such text', text('This is longer than three tokens can be.')],
  ])('1.0: a block written before the message ended: %s', (_why, block) => {
    expect(outputs(unfinished('a1', block))).toMatchObject({ requests: 1, inputTokens: 1010, outputTokens: null });
  });

  test('a figure that holds the text is none, whether or not the message says why it ended', () => {
    expect(outputs(unfinished('a1', text('Yes.')))).toMatchObject({ outputTokens: 3 });
    expect(outputs(answer('a1', 1, { stop: null }))).toMatchObject({ outputTokens: 100 });
  });

  test('a text that no such number of tokens could hold was not counted', () => {
    expect(outputs(answer('a1', 1, { content: [text('x'.repeat(5000))], stop: null }))).toMatchObject({
      outputTokens: null,
    });
  });

  test('the real figure on a later line, or an earlier one, wins', () => {
    const [early, late] = [unfinished('a1', call('toolu_1')), answer('a2', 2)];
    expect(outputs(early, late)).toMatchObject({ outputTokens: 100 });
    expect(outputs(late, early)).toMatchObject({ outputTokens: 100 });
  });
});

describe('F1: lines that are not what they seem', () => {
  test('a synthetic message is no request', () => {
    const zero = usage({ input_tokens: 0, output_tokens: 0 });
    const synthetic = answer('a1', 1, { model: '<synthetic>', usage: zero, content: [text('No response requested.')] });
    const { drafts } = readMain(prompt('u1', 0), synthetic);
    expect(usageIn(drafts)).toEqual([]);
    expect(ofKind(drafts, 'item.recorded').at(-1)?.data).toMatchObject({
      author: 'harness',
      text: 'No response requested.',
    });
  });

  test('usage quoted in the text of a tool is text', () => {
    const quoted = JSON.stringify({ type: 'assistant', message: { id: 'msg_9', usage: usage() } });
    expect(totalOf([answer('a1', 1), prompt('u2', 2, [result('toolu_1', quoted)])])).toBe(1110);
  });

  test('spaces after colons, blank lines, a torn last line', () => {
    const spaced = JSON.stringify(answer('a1', 1), null, 1).replaceAll('\n', '');
    const torn = JSON.stringify(answer('a2', 2, { id: 'msg_2' })).slice(0, 300);
    const { drafts, problems } = readFiles({ 'p/main.jsonl': `\n${spaced}\n\n  \n${torn}` });
    expect(recount(drafts)).toMatchObject({ requests: 1, inputTokens: 1010, outputTokens: 100 });
    expect(problems).toMatchObject([{ kind: 'not_json', line: 5 }]);
  });

  test('a cost of null, no version', () => {
    expect(totalOf([answer('a1', 1, {}, { costUSD: null, version: undefined })])).toBe(1110);
  });

  test('without a session id the file names the session', () => {
    const { drafts } = readFiles({ 'p/0b1c.jsonl': [answer('a1', 1, {}, { sessionId: undefined })] });
    expect(recountByRoot(drafts)).toMatchObject({ '0b1c': { requests: 1 } });
  });

  test('an empty file and a file of nothing but titles are no sessions', () => {
    const summary = { type: 'summary', summary: 'Demo session title', leafUuid: 'elsewhere' };
    expect(readFiles({ 'p/phantom.jsonl': '', 'p/titles.jsonl': [summary] })).toEqual({ drafts: [], problems: [] });
  });

  test.each(['api-request-blob', 'atis-latch', 'file-history-snapshot', 'mode', 'tools-used'])(
    '%s says nothing',
    (type) => {
      expect(readMain({ type, sessionId: 'main' })).toEqual({ drafts: [], problems: [] });
    },
  );

  test.each(['hologram', '__proto__', 'constructor', ''])(
    'a record of the unknown type %j is named and passed over',
    (type) => {
      const { drafts, problems } = readMain({ type, sessionId: 'main' }, answer('a1', 1));
      expect(problems).toMatchObject([{ kind: 'unknown_record', line: 1 }]);
      expect(usageIn(drafts)).toHaveLength(1);
    },
  );

  test.each(['__proto__', 'constructor', 'toString'])('a session called %j is one like any other', (sessionId) => {
    const { drafts } = readMain(prompt('u1', 0, 'Hi.', { sessionId }), answer('a1', 1, {}, { sessionId }));
    expect(recountByRoot(drafts)).toMatchObject({ [sessionId]: { requests: 1 } });
    expect(({} as JsonObject)['turnId']).toBeUndefined();
  });
});
