/** The conversation in Gemini CLI's logs: messages, tools, turns and their ends, the folder. */
import { createHash } from 'node:crypto';
import { collect, recount } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import type { Siblings } from '../contract.js';
import { descriptionOf, itemsIn, outcomesIn, usageIn } from '../inline-log.js';
import { gemini } from './index.js';
import { answer, at, call, document, header, read, set, user } from './made-log.js';

describe('F1: the conversation', () => {
  test('U+2028 and U+2029 inside a line do not end it', () => {
    const found = read(header(), answer(1, 'm1', { content: 'one\u2028two\u2029three' }));
    expect(found.problems).toEqual([]);
    expect(itemsIn(found)).toMatchObject([{ text: 'one\u2028two\u2029three' }]);
  });

  test('tools: status, the error’s text, the pictures they gave', () => {
    const picture = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } };
    const failed = call('error', {
      id: 'call-2',
      result: [{ functionResponse: { id: 'call-2', response: { error: 'no such file' } } }],
    });
    const stopped = call('cancelled', { id: 'call-3', result: null, resultDisplay: 'cancelled by the person' });
    const first = call();
    const found = read(
      header(),
      answer(1, 'm1', {
        toolCalls: [
          { ...first, result: [...first.result, picture] },
          failed,
          stopped,
          call('executing', { id: 'call-4' }),
        ],
      }),
    );
    expect(itemsIn(found).filter((item) => item.type === 'tool_result')).toEqual([
      { type: 'tool_result', callId: 'call-1', text: 'text', status: 'ok' },
      { type: 'tool_result', callId: 'call-2', text: 'no such file', status: 'error' },
      { type: 'tool_result', callId: 'call-3', text: 'cancelled by the person', status: 'interrupted' },
    ]);
    expect(found.drafts.find((draft) => draft.key === 'result:call-1')).toMatchObject({
      files: [{ mediaType: 'image/png' }],
    });
  });

  test('a result that only went back to the model is a result', () => {
    const results = {
      id: 'r1',
      timestamp: at(2),
      type: 'user',
      content: [{ functionResponse: { id: 'call-9', response: { error: 'refused' } } }],
    };
    expect(itemsIn(read(header(), results))).toEqual([
      { type: 'tool_result', callId: 'call-9', text: 'refused', status: 'error' },
    ]);
  });

  test('what a person typed is apart from the files that were put into it', () => {
    const sent = { ...user(0, 'u1', 'Read @a.txt\n--- Content ---'), displayContent: [{ text: 'Read @a.txt' }] };
    expect(itemsIn(read(header(), sent))).toMatchObject([
      { author: 'human', text: 'Read @a.txt' },
      { author: 'harness', text: 'Read @a.txt\n--- Content ---' },
    ]);
  });

  test('thoughts with titles are paragraphs', () => {
    const thoughts = [
      { subject: 'Plan', description: 'First.' },
      { subject: 'Check', description: 'Then.' },
    ];
    expect(itemsIn(read(header(), answer(1, 'm1', { thoughts })))[0]).toEqual({
      type: 'reasoning',
      text: '**Plan**\nFirst.\n\n**Check**\nThen.',
    });
  });

  test('a compression is told once, with its summary, and its kept messages are no second transcript', () => {
    const history = [
      user(50, 'c1', 'The story so far.'),
      { id: 'c2', type: 'gemini', content: [{ text: 'Got it. Thanks for the additional context!' }] },
      user(50, 'k1', 'Go'),
    ];
    const found = read(
      header(),
      user(0, 'u1', 'Go'),
      answer(1, 'm1'),
      header(50),
      set(history),
      header(90),
      set(history),
      user(91, 'u2', 'On'),
    );
    expect(itemsIn(found).map((item) => [item.type, item.text])).toEqual([
      ['message', 'Go'],
      ['message', 'Hello.'],
      ['compaction', 'The story so far.'],
      ['message', 'On'],
    ]);
  });

  test('the title is what the program calls the session, else the first prompt', () => {
    const lines = [header(), user(0, 'u1', 'Fix the gate\nplease')];
    expect(descriptionOf(read(...lines), 's1')['title']).toBe('Fix the gate');
    expect(descriptionOf(read(...lines, { $set: { summary: 'Gate repair' } }), 's1')['title']).toBe('Gate repair');
  });

  test('a rewind is silent, an unknown record is counted', () => {
    expect(read(header(), { $rewindTo: 'u1' }, { id: 'x', type: 'hologram' }, { odd: 1 }).problems).toEqual([
      '3 unknown_record: message type hologram',
      '4 unknown_record: neither a header, a message nor a change',
    ]);
  });
});

describe('F1: how turns end', () => {
  const prompt = user(0, 'u1', 'Go');

  test('a text was not the answer when tools ran after it', () => {
    const withTools = answer(1, 'm1', { toolCalls: [call()] });
    expect(outcomesIn(read(header(), prompt, answer(1, 'm1')))).toEqual({ u1: 'complete' });
    expect(outcomesIn(read(header(), prompt, answer(1, 'm1'), withTools))).toEqual({ u1: 'interrupted' });
    expect(outcomesIn(read(header(), prompt, answer(1, 'm1'), withTools, answer(3, 'm2')))).toEqual({ u1: 'complete' });
  });

  test.each([
    ['runs while nothing is answered', [], null],
    ['was taken back when the history lacks its prompt', [set([user(9, 'c0', 'Before')])], 'interrupted'],
    ['goes on when the history has its prompt', [set([prompt])], null],
    ['was interrupted when the program starts anew', [header(60)], 'interrupted'],
    [
      'was cancelled by the person',
      [{ id: 'i1', timestamp: at(2), type: 'info', content: 'Request cancelled.' }],
      'cancelled',
    ],
    ['failed with an error', [{ id: 'e1', timestamp: at(2), type: 'error', content: '[API Error: quota]' }], 'failed'],
    ['was interrupted when the next one begins', [user(5, 'u2', 'On')], 'interrupted'],
  ])('a turn %s', (_name, lines, outcome) => {
    expect(outcomesIn(read(header(), prompt, ...lines))['u1']).toBe(outcome);
  });

  test('steps count requests, not lines', () => {
    const found = read(
      header(),
      prompt,
      answer(1, 'm1', { content: '' }),
      answer(1, 'm1', { content: '', toolCalls: [call()] }),
      answer(2, 'm2'),
    );
    expect(usageIn(found).map((usage) => [usage.identity.key, usage.step])).toEqual([
      ['gemini:m1', 0],
      ['gemini:m1', 0],
      ['gemini:m2', 1],
    ]);
  });
});

describe('F1: the folder', () => {
  const folder = '/home/dev/code/demo';
  const hash = createHash('sha256').update(folder).digest('hex');

  test('is named in the environment text', () => {
    const context = user(
      0,
      'c1',
      "This is the Gemini CLI. We are setting up the context for our chat.\nI'm currently working in the directory: /home/dev/code\nHere is the folder structure",
    );
    expect(descriptionOf(read(header(), set([context])), 's1')['cwd']).toBe('/home/dev/code');
  });

  test('is found by its hash among the paths that tools were given', () => {
    const found = read(
      header(0, { projectHash: hash }),
      answer(1, 'm1', { toolCalls: [call('success', { args: { path: `${folder}/src/a.ts` } })] }),
    );
    expect(descriptionOf(found, 's1')['cwd']).toBe(folder);
  });

  test.each([
    ['its short name', 'demo'],
    ['its hash', hash],
  ])('stands in the registry of projects under %s', (_name, slug) => {
    const registry: Siblings = {
      readJson: (file) => (file === '../projects.json' ? { projects: { '/other': 'other', [folder]: 'demo' } } : null),
      list: () => [],
    };
    const found = document([user(0, 'u1', 'Go')], {}, registry, `${slug}/chats/session-1.json`);
    expect(descriptionOf(found, 's1')['cwd']).toBe(folder);
  });

  test('is not guessed', () => {
    expect(descriptionOf(read(header(), answer(1, 'm1', { toolCalls: [call()] })), 's1')['cwd']).toBeUndefined();
  });
});

describe('F1: whole documents', () => {
  test('one message that cannot be read does not cost the others', () => {
    const found = document([
      { id: 'x', type: 'hologram' },
      user(0, 'u1', 'Go'),
      { type: 'user', content: 7 },
      answer(1, 'm1'),
    ]);
    expect(found.problems).toEqual(['unknown_record']);
    expect(recount(found.drafts).requests).toBe(1);
  });

  test('a folder without logs yields nothing', () => {
    expect(collect(gemini, '/nowhere')).toEqual({ drafts: [], problems: [] });
  });
});
