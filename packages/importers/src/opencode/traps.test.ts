/** Every trap that was met in opencode's logs, each as a log of its own. */
import { recount, recountByRoot } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.js';
import {
  answerRow,
  begun,
  conversation,
  itemsIn,
  ofKind,
  partRow,
  promptRow,
  readRows,
  sessionRow,
  tokens,
  usageIn,
} from './fixture-records.js';

describe('F2: what the figures mean', () => {
  const outputOf = (figures: JsonObject, over: JsonObject = {}) =>
    usageIn(readRows(conversation({ tokens: figures, ...over })).drafts).map((usage) => usage.outputTokens);

  test('1.18: output leaves reasoning out, and the total says so', () => {
    expect(outputOf(tokens(1336, 210, { reasoning: 62, total: 1608 }))).toEqual([272]);
  });

  test('in between: output includes reasoning, and the total says so', () => {
    expect(outputOf(tokens(1336, 272, { reasoning: 62, total: 1608 }))).toEqual([272]);
  });

  test('1.0: no total, output includes reasoning', () => {
    expect(outputOf(tokens(1229, 333, { reasoning: 73, total: undefined }))).toEqual([333]);
  });

  test('a part is never larger than the whole: more reasoning than output means that output leaves it out', () => {
    expect(outputOf(tokens(10, 5, { reasoning: 50, total: undefined }))).toEqual([55]);
  });

  test('a total that fits neither meaning is read as the newest version means it', () => {
    expect(outputOf(tokens(10, 20, { reasoning: 5, total: 99 }))).toEqual([25]);
  });

  test('input includes what was read from the cache and written to it', () => {
    const cache = { read: 20902, write: 2510 };
    const [usage] = usageIn(readRows(conversation({ tokens: tokens(13, 101, { cache, total: 23526 }) })).drafts);
    expect(usage).toMatchObject({ inputTokens: 23425, cacheReadTokens: 20902, cacheWriteTokens: 2510 });
    expect(usage).toMatchObject({ cacheWrite1hTokens: null, outputTokens: 101 });
  });

  test.each([
    ['the provider is Anthropic', { providerID: 'anthropic' }, {}],
    ['the model is one of theirs', { modelID: 'claude-sonnet-4-5' }, {}],
    ['it wrote to a cache', {}, { cache: { read: 0, write: 10 } }],
  ])('reasoning is unknown, not 0, where nobody counts it: %s', (_why, names, figures) => {
    const [usage] = usageIn(readRows(conversation({ ...names, tokens: tokens(100, 20, figures) })).drafts);
    expect(usage?.reasoningTokens).toBeNull();
  });

  test('reasoning is unknown, not 0, where the answer shows thinking', () => {
    const thinking = partRow('prt_2', 'msg_2', { type: 'reasoning', text: 'Hm.' });
    expect(usageIn(readRows(conversation({}, thinking)).drafts)[0]?.reasoningTokens).toBeNull();
  });

  test('reasoning reported as 0 is 0', () => {
    expect(usageIn(readRows(conversation({})).drafts)[0]?.reasoningTokens).toBe(0);
  });

  test('a figure that is none is reported, and the others stand', () => {
    const { drafts, problems } = readRows(conversation({ tokens: tokens(100, 20, { input: -7 }) }));
    expect(usageIn(drafts)).toMatchObject([{ inputTokens: null, outputTokens: 20 }]);
    expect(problems).toEqual([{ kind: 'bad_number', message: 'input is not a token count: -7' }]);
  });
});

describe('F2: zeros that mean nothing was reported', () => {
  const zeros = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };

  test('a finished answer without a total reported nothing', () => {
    expect(usageIn(readRows(conversation({ tokens: zeros, finish: 'tool-calls' })).drafts)).toEqual([]);
  });

  test('an interrupted answer reported nothing, and its turn says so', () => {
    const error = { name: 'MessageAbortedError', data: { message: 'The operation was aborted.' } };
    const { drafts } = readRows(conversation({ tokens: zeros, finish: undefined, error }));
    expect(usageIn(drafts)).toEqual([]);
    expect(ofKind(drafts, 'turn.completed').map((draft) => draft.data)).toEqual([{ outcome: 'interrupted' }]);
  });

  test('zeros with a total, in a finished answer, were reported', () => {
    expect(usageIn(readRows(conversation({ tokens: { ...zeros, total: 0 } })).drafts)).toMatchObject([
      { inputTokens: 0, outputTokens: 0 },
    ]);
  });

  test('an answer without any figures reported nothing', () => {
    expect(usageIn(readRows(conversation({ tokens: undefined })).drafts)).toEqual([]);
  });
});

describe('F-beyond: each request counted once', () => {
  const figures = { tokens: tokens(100, 20) };
  const step = (over: JsonObject) => partRow('prt_9', 'msg_2', { type: 'step-finish', ...over });

  test('the step-finish part repeats what the message says', () => {
    expect(recount(readRows(conversation(figures, step(figures))).drafts)).toMatchObject({
      requests: 1,
      outputTokens: 20,
    });
  });

  test('a message without its step-finish part counts', () => {
    expect(recount(readRows(conversation(figures)).drafts)).toMatchObject({ requests: 1, outputTokens: 20 });
  });

  test('a step-finish part counts while the message has no figures yet', () => {
    const { drafts } = readRows(conversation({ tokens: undefined }, step(figures)));
    expect(recount(drafts)).toMatchObject({ requests: 1, outputTokens: 20 });
  });

  test('before 1.0 one message went through several requests and shows the last alone: its steps count', () => {
    const steps = [
      partRow('prt_3', 'msg_2', { type: 'step-finish', tokens: tokens(100, 20) }),
      partRow('prt_4', 'msg_2', { type: 'step-finish', tokens: tokens(200, 30) }),
    ];
    const { drafts } = readRows(conversation({ tokens: tokens(200, 30) }, ...steps));
    expect(recount(drafts)).toMatchObject({ requests: 2, inputTokens: 300, outputTokens: 50 });
    expect(usageIn(drafts).map((usage) => usage.attemptId)).toEqual(['msg_2', 'msg_2:1']);
  });

  test('event rows repeat messages and are never counted', () => {
    const info = { id: 'msg_2', role: 'assistant', tokens: tokens(100, 20) };
    const event = { id: 'evt_1', aggregate_id: 'ses_a', seq: 1, type: 'message.updated.1', data: { info } };
    expect(recount(readRows({ ...conversation(figures), event: [event] }).drafts)).toMatchObject({ requests: 1 });
  });

  test('running totals of a session are kept as a claim', () => {
    const totals = { tokens_input: 1336, tokens_output: 210, tokens_reasoning: 62, tokens_cache_read: 20946 };
    const { drafts } = readRows({ ...conversation(figures), session: [sessionRow('ses_a', totals)] });
    expect(recount(drafts)).toMatchObject({ requests: 1, inputTokens: 100 });
    expect(ofKind(drafts, 'usage.claimed')).toMatchObject([
      {
        data: {
          inputTokens: 22282,
          outputTokens: 272,
          includesInherited: false,
          includesSubAgents: false,
          source: 'session.tokens',
        },
      },
    ]);
  });

  test('totals of nothing but zeros claim nothing: older versions did not keep them', () => {
    expect(ofKind(readRows(conversation(figures)).drafts, 'usage.claimed')).toEqual([]);
  });
});

describe('F-beyond: forks', () => {
  /** `ses_b` is forked from `ses_a` a minute after it began: its copies keep their times and get new ids. */
  const forked = (over: JsonObject = {}) => ({
    session: [
      sessionRow('ses_a'),
      sessionRow('ses_b', { title: 'Demo (fork #1)', time_created: begun + 60_000, tokens_input: 300 }),
    ],
    message: [
      promptRow('msg_1', 'ses_a', 10),
      answerRow('msg_2', 'ses_a', 20),
      promptRow('msg_3', 'ses_b', 10),
      answerRow('msg_4', 'ses_b', 20, { parentID: 'msg_3', ...over }),
      promptRow('msg_5', 'ses_b', 70_000),
      answerRow('msg_6', 'ses_b', 70_010, { parentID: 'msg_5', tokens: tokens(200, 30) }),
    ],
    part: [partRow('prt_3', 'msg_3', { type: 'text', text: 'Please.' }, 'ses_b')],
  });
  const linkOf = (rows: Parameters<typeof readRows>[0], session: string) =>
    ofKind(readRows(rows).drafts, 'session.described').find((draft) => draft.sessionId === session)?.data.forkedFrom;

  test('copies are known by what a fork leaves unchanged, and stay with the original', () => {
    const { drafts } = readRows(forked());
    expect(recount(drafts)).toMatchObject({ requests: 2, inputTokens: 300 });
    expect(recountByRoot(drafts)).toMatchObject({ ses_a: { inputTokens: 100 }, ses_b: { inputTokens: 200 } });
    expect(ofKind(drafts, 'usage.recorded').map((draft) => draft.identity.claim)).toEqual(['own', 'copy', 'own']);
  });

  test('copied history is part of the fork', () => {
    expect(itemsIn(readRows(forked()).drafts)).toMatchObject([{ type: 'message', text: 'Please.' }]);
  });

  test('the parent is the one session that holds the copied answer as its own', () => {
    expect(linkOf(forked(), 'ses_b')).toBe('ses_a');
    expect(linkOf(forked(), 'ses_a')).toBeUndefined();
  });

  test('a fork of a fork comes from the fork whose own answer it copied last', () => {
    const rows = forked();
    rows.session.push(sessionRow('ses_c', { time_created: begun + 120_000 }));
    rows.message.push(
      answerRow('msg_7', 'ses_c', 20),
      answerRow('msg_8', 'ses_c', 70_010, { tokens: tokens(200, 30) }),
    );
    expect(linkOf(rows, 'ses_c')).toBe('ses_b');
    expect(recount(readRows(rows).drafts)).toMatchObject({ requests: 2, inputTokens: 300 });
  });

  test('a parent that is gone, or cannot be told from another, is left out', () => {
    expect(linkOf(forked({ tokens: tokens(7, 7) }), 'ses_b')).toBeUndefined();
    const twins = forked();
    twins.session.push(sessionRow('ses_z'));
    twins.message.push(answerRow('msg_z', 'ses_z', 20));
    expect(linkOf(twins, 'ses_b')).toBeUndefined();
  });

  test('totals of a fork go on from the copied history', () => {
    expect(ofKind(readRows(forked()).drafts, 'usage.claimed')).toMatchObject([
      { sessionId: 'ses_b', data: { inputTokens: 300, includesInherited: true, includesSubAgents: false } },
    ]);
  });

  test('two requests of the same size at different moments are two', () => {
    const rows = conversation({});
    rows['message']?.push(answerRow('msg_3', 'ses_a', 900));
    expect(recount(readRows(rows).drafts)).toMatchObject({ requests: 2, inputTokens: 200 });
  });
});

describe('F1: sessions', () => {
  const describedAs = (over: JsonObject) => {
    const { drafts } = readRows({ ...conversation({}), session: [sessionRow('ses_a', over)] });
    return ofKind(drafts, 'session.described').find((draft) => draft.key === 'session')?.data;
  };

  test('a sub-agent is a session of its own, with its parent', () => {
    expect(describedAs({ parent_id: 'ses_p' })).toMatchObject({ parentId: 'ses_p' });
  });

  test("the parent's tool result names the session that did the work", () => {
    const state = { status: 'completed', input: {}, output: 'Done.', metadata: { sessionId: 'ses_b' } };
    const { drafts } = readRows(conversation({}, partRow('prt_2', 'msg_2', { type: 'tool', tool: 'task', state })));
    expect(itemsIn(drafts)).toContainEqual(expect.objectContaining({ type: 'tool_result', childSessionId: 'ses_b' }));
  });

  test("opencode's placeholder is no title: the prompt is", () => {
    expect(describedAs({ title: 'New session - 2026-11-20T09:00:00.000Z' })).toMatchObject({ title: 'Please.' });
  });

  test('the newest message says which model and effort the session runs on', () => {
    const { drafts } = readRows(conversation({ modelID: 'mock-two', variant: 'high' }));
    expect(ofKind(drafts, 'session.described').filter((draft) => draft.key === 'model:msg_2')).toMatchObject([
      { data: { model: 'mock-two', effort: 'high' } },
    ]);
  });

  test('the model of a request is the one that answered', () => {
    const rows = conversation({});
    rows['message']?.push(answerRow('msg_3', 'ses_a', 900, { modelID: 'mock-two' }));
    expect(usageIn(readRows(rows).drafts).map((usage) => usage.model)).toEqual(['mock-one', 'mock-two']);
  });

  test('a compaction is a request and an item', () => {
    const rows = conversation({ summary: true, tokens: tokens(500, 50) });
    rows['part']?.push(
      partRow('prt_2', 'msg_1', { type: 'compaction', auto: true }),
      partRow('prt_3', 'msg_2', { type: 'text', text: 'What was done.', time: { start: begun } }),
    );
    const { drafts } = readRows(rows);
    expect(itemsIn(drafts)).toContainEqual({ type: 'compaction', text: 'What was done.', trigger: 'auto' });
    expect(recount(drafts)).toMatchObject({ requests: 1, inputTokens: 500 });
  });
});

describe('F1: turns and steps', () => {
  test('answers to one prompt are the steps of its turn; the last one ends it', () => {
    const rows = conversation({ finish: 'tool-calls' });
    rows['message']?.push(answerRow('msg_3', 'ses_a', 900));
    const { drafts } = readRows(rows);
    expect(ofKind(drafts, 'usage.recorded').map(({ turnId, step }) => [turnId, step])).toEqual([
      ['msg_1', 0],
      ['msg_1', 1],
    ]);
    expect(ofKind(drafts, 'turn.completed')).toMatchObject([{ at: begun + 1400, data: { outcome: 'complete' } }]);
  });

  test('a turn that failed says why, as an error of the conversation too', () => {
    const error = { name: 'APIError', data: { message: 'Overloaded', statusCode: 529, isRetryable: true } };
    const { drafts } = readRows(conversation({ error, finish: undefined, tokens: undefined }));
    expect(itemsIn(drafts)).toContainEqual({ type: 'error', text: 'Overloaded', code: '529' });
    expect(ofKind(drafts, 'turn.completed')[0]?.data).toEqual({ outcome: 'failed', reason: 'Overloaded' });
  });

  test('an answer still being written ends nothing', () => {
    const { drafts } = readRows(conversation({ finish: undefined, time: { created: begun }, tokens: undefined }));
    expect(ofKind(drafts, 'turn.completed')).toEqual([]);
  });
});

describe('F1: parts', () => {
  const itemsOf = (data: JsonObject, message = 'msg_2') =>
    itemsIn(readRows(conversation({}, partRow('prt_2', message, { ...data }))).drafts).filter(
      (item) => !('text' in item && item.text === 'Please.'),
    );
  const time = { start: begun + 100, end: begun + 350 };

  test('a finished tool call has its arguments, its result and its time', () => {
    const state = { status: 'completed', input: { command: 'ls' }, output: 'a.txt\n', time };
    expect(itemsOf({ type: 'tool', tool: 'bash', callID: 'call_1', state })).toEqual([
      { type: 'tool_call', callId: 'prt_2', name: 'bash', text: '{"command":"ls"}' },
      { type: 'tool_result', callId: 'prt_2', text: 'a.txt\n', status: 'ok', durationMs: 250 },
    ]);
  });

  test('a failed tool call has its error', () => {
    const state = { status: 'error', input: {}, error: 'No such file', time };
    expect(itemsOf({ type: 'tool', tool: 'read', state })[1]).toMatchObject({ status: 'error', text: 'No such file' });
  });

  test.each([
    [{ error: 'Tool execution aborted' }, 'Tool execution aborted'],
    [{ error: 'aborted', metadata: { interrupted: true, output: 'so far' } }, 'so far'],
  ])('an aborted tool call was interrupted: %j', (more, text) => {
    const state = { status: 'error', input: {}, time, ...more };
    expect(itemsOf({ type: 'tool', tool: 'bash', state })[1]).toMatchObject({ status: 'interrupted', text });
  });

  test('a running tool call has no result yet', () => {
    expect(itemsOf({ type: 'tool', tool: 'bash', state: { status: 'running', input: {} } })).toHaveLength(1);
  });

  test('a call whose arguments still stream in shows them as they are', () => {
    const state = { status: 'pending', input: {}, raw: '{"comm' };
    expect(itemsOf({ type: 'tool', tool: 'bash', state })).toMatchObject([{ text: '{"comm' }]);
  });

  test('calls that a model numbers anew in every answer stay apart', () => {
    const state = { status: 'completed', input: {}, output: '' };
    const rows = conversation({}, partRow('prt_2', 'msg_2', { type: 'tool', tool: 'a', callID: '0', state }));
    rows['part']?.push(partRow('prt_3', 'msg_2', { type: 'tool', tool: 'b', callID: '0', state }));
    const calls = ofKind(readRows(rows).drafts, 'item.recorded').filter((draft) => draft.data.type === 'tool_call');
    expect(new Set(calls.map((draft) => draft.key))).toEqual(new Set(['call:prt_2', 'call:prt_3']));
  });

  test('pictures are kept aside, from prompts and from tools', () => {
    const url = 'data:image/png;base64,iVBORw0KGgo=';
    const rows = conversation(
      {},
      partRow('prt_2', 'msg_1', { type: 'file', mime: 'image/png', filename: 'a.png', url }),
    );
    const state = { status: 'completed', input: {}, output: 'shot', attachments: [{ mime: 'image/png', url }] };
    rows['part']?.push(partRow('prt_3', 'msg_2', { type: 'tool', tool: 'look', state }));
    const files = ofKind(readRows(rows).drafts, 'item.recorded').flatMap((draft) => draft.files ?? []);
    expect(files).toEqual([
      { mediaType: 'image/png', name: 'a.png', base64: 'iVBORw0KGgo=' },
      { mediaType: 'image/png', base64: 'iVBORw0KGgo=' },
    ]);
  });

  test('a file that is only pointed at is named', () => {
    expect(itemsOf({ type: 'file', mime: 'text/plain', filename: 'a.txt', url: 'file:///a.txt' }, 'msg_1')).toEqual([
      {
        type: 'message',
        role: 'user',
        author: 'human',
        text: '',
        attachments: [{ mediaType: 'text/plain', name: 'a.txt' }],
      },
    ]);
  });

  test('text that opencode wrote itself is not taken for a person’s', () => {
    expect(itemsOf({ type: 'text', text: 'Called the Read tool', synthetic: true }, 'msg_1')).toMatchObject([
      { role: 'user', author: 'harness' },
    ]);
  });

  test('a retry is an error that was tried again', () => {
    const error = { name: 'APIError', data: { message: 'Rate limited', statusCode: 429 } };
    expect(itemsOf({ type: 'retry', attempt: 1, error, time: { created: begun } })).toEqual([
      { type: 'error', text: 'Rate limited', code: '429', retried: true },
    ]);
  });

  test.each(['snapshot', 'patch', 'step-start', 'step-finish', 'agent', 'compaction'])('%s says nothing', (type) => {
    expect(itemsOf({ type })).toEqual([]);
  });

  test('a part of an unknown type is named and passed over', () => {
    const { problems } = readRows(conversation({}, partRow('prt_2', 'msg_2', { type: 'hologram' })));
    expect(problems).toEqual([{ kind: 'unknown_record', message: 'part type hologram' }]);
  });
});
