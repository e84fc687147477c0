/** What pi's figures mean, every way in which its logs tell a request twice, and the conversation around them. */
import { recount } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import { descriptionOf, itemsIn, outcomesIn, type Read, usageIn } from '../inline-log.js';
import { answer, at, call, entry, header, read, unreported, usage, user } from './made-log.js';

const sums = (...found: Read[]) => recount(found.flatMap(({ drafts }) => drafts));
const one = { requests: 1, inputTokens: 930, outputTokens: 50, cacheReadTokens: 800, cacheWriteTokens: 30 };

describe('F2: what each figure means', () => {
  test('input is uncached, cached and written together; thinking and an hour’s writes are not told', () => {
    expect(usageIn(read(header(), answer(1, 'a1')))[0]?.data).toMatchObject({
      inputTokens: 930,
      outputTokens: 50,
      cacheReadTokens: 800,
      cacheWriteTokens: 30,
      cacheWrite1hTokens: null,
      reasoningTokens: null,
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      final: true,
      raw: usage,
    });
  });

  test.each(['error', 'aborted'])(
    'of a stream that ended as %s the input counts, the output is a placeholder',
    (stopReason) => {
      const found = read(header(), answer(1, 'a1', { usage: { ...usage, output: 3 }, stopReason }));
      expect(usageIn(found)[0]?.data).toMatchObject({
        inputTokens: 930,
        outputTokens: null,
        outputPlaceholder: 3,
        final: false,
      });
      expect(sums(found)).toMatchObject({ requests: 1, inputTokens: 930, outputTokens: null });
    },
  );

  test('an answer of which nothing was reported is a request without figures', () => {
    const found = read(header(), answer(1, 'a1', { usage: unreported }));
    expect(usageIn(found)[0]?.data).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      cacheReadTokens: null,
      cacheWriteTokens: null,
    });
    expect(sums(found).requests).toBe(0);
  });

  test('a refused request without an answer is no usage', () => {
    expect(
      usageIn(
        read(header(), answer(1, 'a1', { content: [], usage: unreported, stopReason: 'error', errorMessage: '429' })),
      ),
    ).toEqual([]);
  });

  test('a 0 of cache writes was reported by those interfaces that know of them', () => {
    const none = { usage: { ...usage, cacheWrite: 0 } };
    expect(usageIn(read(header(), answer(1, 'a1', none)))[0]?.data.cacheWriteTokens).toBe(0);
    expect(usageIn(read(header(), answer(1, 'a1', { ...none, api: 'openai-completions' })))[0]?.data).toMatchObject({
      cacheWriteTokens: null,
      inputTokens: 900,
    });
  });

  test('the model is the one that answered', () => {
    const routed = answer(1, 'a1', { model: 'openrouter/auto', responseModel: 'moonshot/kimi-k2' });
    expect(usageIn(read(header(), routed))[0]?.data.model).toBe('moonshot/kimi-k2');
  });

  test('a figure that is no count is unknown, and said so', () => {
    const found = read(header(), answer(1, 'a1', { usage: { ...usage, output: 'many' } }));
    expect(sums(found)).toMatchObject({ inputTokens: 930, outputTokens: null });
    expect(found.problems).toEqual(['2 bad_number: output is not a token count: many']);
  });
});

describe('F-beyond: no double count', () => {
  const parent = '/home/dev/.pi/agent/sessions/--x--/2026-01-01T00-00-00-000Z_s1.jsonl';
  const fork = (more: object = { parentSession: parent }) => header(100, { id: 's2', ...more });

  test('a fork’s copies are older than its header, and say so; the parent’s own are its own', () => {
    const found = [read(header(), answer(1, 'a1')), read(fork(), answer(1, 'a1'), answer(101, 'a2'))];
    expect(sums(...found)).toMatchObject({ requests: 2 });
    expect(found.map((each) => usageIn(each).map((row) => row.identity.claim))).toEqual([['own'], ['copy', 'own']]);
    expect(descriptionOf(found[1] as Read, 's2')['forkedFrom']).toBe('s1');
  });

  test('before version 2 a fork stamped its copies anew: the message’s own time tells', () => {
    const { id: _id, parentId: _parent, ...old } = answer(1, 'a1');
    const found = read(fork({ branchedFrom: parent }), { ...old, timestamp: at(100) });
    expect(usageIn(found)[0]?.identity.claim).toBe('copy');
  });

  test('messages older than the header of a session that copied nothing are not called copies', () => {
    expect(usageIn(read(header(100), answer(1, 'a1')))[0]?.identity.claim).toBe('unknown');
  });

  test('without a response id a message is known by its content, also after pi gave its entry an id', () => {
    const made = answer(1, 'a1', { responseId: undefined });
    const { id: _id, parentId: _parent, ...old } = made;
    expect(sums(read(header(), old), read(header(), made))).toMatchObject(one);
    expect(sums(read(header(), made, answer(2, 'a2', { responseId: undefined })))).toMatchObject({ requests: 2 });
  });

  test('a local server’s short response ids, given out again, are other requests at other times', () => {
    const short = { responseId: 'chatcmpl-123' };
    expect(sums(read(header(), answer(1, 'a1', short), answer(2, 'a2', short)))).toMatchObject({ requests: 2 });
    expect(sums(read(header(), answer(1, 'a1', short)), read(fork(), answer(1, 'a1', short)))).toMatchObject(one);
  });

  test('repeated lines are one request', () => {
    expect(sums(read(header(), answer(1, 'a1'), answer(1, 'a1'), header(), answer(1, 'a1')))).toMatchObject(one);
  });
});

describe('F1: the conversation', () => {
  test('text, thinking and calls of one answer, and pictures of a result', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'thinking', thinking: '', thinkingSignature: 'x' },
      { type: 'text', text: 'Look.' },
      ...call.content,
    ];
    const picture = { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' };
    const result = entry(2, 'r1', {
      role: 'toolResult',
      toolCallId: 'call-1',
      content: [{ type: 'text', text: 'a.txt' }, picture],
      isError: true,
    });
    const found = read(header(), answer(1, 'a1', { content, stopReason: 'toolUse' }), result);
    expect(itemsIn(found)).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning', text: '', hidden: true },
      { type: 'message', role: 'assistant', author: 'model', text: 'Look.' },
      { type: 'tool_call', callId: 'call-1', name: 'bash', text: '{"command":"ls"}' },
      { type: 'tool_result', callId: 'call-1', text: 'a.txt', status: 'error' },
    ]);
    expect(found.drafts.at(-1)).toMatchObject({ files: [{ mediaType: 'image/png' }] });
  });

  test('summaries of compactions and of branches that were left', () => {
    const compaction = {
      type: 'compaction',
      id: 'k1',
      timestamp: at(5),
      summary: 'So far.',
      firstKeptEntryId: 'a1',
      tokensBefore: 50000,
    };
    const branch = { type: 'branch_summary', id: 'b1', timestamp: at(6), fromId: 'a1', summary: 'The other way.' };
    expect(itemsIn(read(header(), compaction, branch))).toEqual([
      { type: 'compaction', text: 'So far.', trigger: 'unknown', tokensBefore: 50000 },
      { type: 'message', role: 'system', author: 'harness', text: 'The other way.' },
    ]);
  });

  test('a command that a person ran, and what extensions say', () => {
    const command = entry(1, 'b1', {
      role: 'bashExecution',
      command: 'ls',
      output: 'a.txt',
      exitCode: 2,
      cancelled: false,
    });
    const extension = {
      type: 'custom_message',
      id: 'c1',
      timestamp: at(2),
      customType: 'x',
      content: 'Mind the gap.',
      display: true,
    };
    const hook = entry(3, 'h1', { role: 'hookMessage', content: 'Old hook.' });
    expect(
      itemsIn(read(header(), command, extension, hook)).map(
        (item) => item.type === 'message' && [item.author, item.text],
      ),
    ).toEqual([
      ['human', '!ls'],
      ['harness', 'a.txt\n(exit code 2)'],
      ['harness', 'Mind the gap.'],
      ['harness', 'Old hook.'],
    ]);
  });

  test('model, effort and name are stated where they change', () => {
    const changes = [
      { type: 'model_change', id: 'm1', timestamp: at(1), provider: 'openai', modelId: 'gpt-5' },
      { type: 'thinking_level_change', id: 't1', timestamp: at(1), thinkingLevel: 'high' },
      { type: 'session_info', id: 'i1', timestamp: at(2), name: 'Gate repair' },
    ];
    expect(descriptionOf(read(header(), ...changes, user(3, 'u1', 'Go')), 's1')).toEqual({
      cwd: '/home/dev/code',
      model: 'gpt-5',
      effort: 'high',
      title: 'Gate repair',
    });
  });

  test('the first version’s header names model and effort itself', () => {
    const { version: _version, ...first } = header(0, { model: 'anthropic/claude-sonnet-4-5', thinkingLevel: 'low' });
    expect(descriptionOf(read(first), 's1')).toMatchObject({ model: 'claude-sonnet-4-5', effort: 'low' });
  });

  test('bookmarks and notes are silent, an unknown entry is counted', () => {
    const found = read(
      header(),
      { type: 'label', id: 'l1' },
      { type: 'custom', id: 'c1' },
      { type: 'dream', id: 'd1' },
      entry(1, 'x', { role: 'ghost' }),
    );
    expect(found.problems).toEqual(['4 unknown_record: entry type dream', '5 unknown_record: message of ghost']);
  });

  test('U+2028 inside a line does not end it', () => {
    expect(itemsIn(read(header(), user(1, 'u1', 'one\u2028two')))).toMatchObject([{ text: 'one\u2028two' }]);
  });
});

describe('F1: how turns end', () => {
  const failed = answer(2, 'a1', { stopReason: 'error', errorMessage: 'overloaded' });

  test.each([
    ['is complete with an answer', [answer(1, 'a1')], 'complete'],
    ['is complete when the answer reached its length', [answer(1, 'a1', { stopReason: 'length' })], 'complete'],
    ['runs while tools run', [answer(1, 'a1', call)], null],
    ['was cancelled by the person', [answer(1, 'a1', { stopReason: 'aborted' })], 'cancelled'],
    ['failed with an error', [failed], 'failed'],
    ['is complete when the retry got through', [failed, answer(3, 'a2')], 'complete'],
    [
      'was interrupted when the retry called tools and nothing followed',
      [failed, answer(3, 'a2', call)],
      'interrupted',
    ],
    ['was interrupted when the next one begins', [answer(1, 'a1', call), user(5, 'u2', 'On')], 'interrupted'],
  ])('a turn %s', (_name, lines, outcome) => {
    expect(outcomesIn(read(header(), user(0, 'u1', 'Go'), ...lines))['u1']).toBe(outcome);
  });

  test('an error is an item of its own', () => {
    expect(itemsIn(read(header(), failed)).at(-1)).toEqual({ type: 'error', text: 'overloaded' });
  });
});
