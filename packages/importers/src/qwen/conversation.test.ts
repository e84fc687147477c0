/** The conversation in Qwen Code's logs: prompts, tools, turns and their ends, compressions. */
import { describe, expect, test } from 'vitest';
import { descriptionOf, itemsIn, outcomesIn, usageIn } from '../inline-log.js';
import {
  answer,
  callsTool,
  event,
  fromAgent,
  ofAgent,
  read,
  readAgent,
  result,
  system,
  told,
  user,
} from './made-log.js';

const prompt = user(0, 'u1', 'Go');

describe('F1: who says what', () => {
  test('reminders and expanded files are the program’s words, the rest is the person’s', () => {
    const sent = {
      message: {
        parts: [{ text: '<system-reminder>\nBe brief.\n</system-reminder>' }, { text: 'Read @a.txt\n--- Content ---' }],
      },
      systemPayload: { displayText: 'Read @a.txt' },
    };
    const found = read(user(0, 'u1', '', sent));
    expect(itemsIn(found).map((item) => item.type === 'message' && [item.author, item.text])).toEqual([
      ['harness', '<system-reminder>\nBe brief.\n</system-reminder>'],
      ['human', 'Read @a.txt'],
      ['harness', 'Read @a.txt\n--- Content ---'],
    ]);
    expect(descriptionOf(found, 's1')['title']).toBe('Read @a.txt');
  });

  test('a notification begins a turn when nothing runs; a word thrown in does not', () => {
    const news = (uuid: string) =>
      user(3, uuid, '<task-notification/>', { subtype: 'notification', provenance: 'system' });
    expect(Object.keys(outcomesIn(read(prompt, answer(1, 'a1', 'u1'), news('n1'))))).toEqual(['u1', 'n1']);
    expect(
      Object.keys(
        outcomesIn(read(prompt, news('n1'), user(4, 'w1', 'Also this', { subtype: 'mid_turn_user_message' }))),
      ),
    ).toEqual(['u1']);
  });

  test('what a sub-agent is told was typed by nobody', () => {
    expect(itemsIn(readAgent([ofAgent(user(0, 'p1', 'Look.'))]))).toMatchObject([{ author: 'harness', text: 'Look.' }]);
  });

  test('thoughts, text and calls of one answer', () => {
    const parts = [
      { text: 'Hm.', thought: true },
      { text: 'Look' },
      { text: 'ing.' },
      { functionCall: { id: 'call-1', name: 'read_file', args: { path: '/x' } } },
    ];
    expect(itemsIn(read(answer(1, 'a1', 'u1', { message: { parts } })))).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'message', role: 'assistant', author: 'model', text: 'Looking.' },
      { type: 'tool_call', callId: 'call-1', name: 'read_file', text: '{"path":"/x"}' },
    ]);
  });

  test('a command to the program is the person’s, and no turn', () => {
    const found = read(
      system(1, 'c1', 'slash_command', { phase: 'invocation', rawCommand: '/about' }),
      system(1, 'c2', 'slash_command', { phase: 'result', rawCommand: '/about' }),
    );
    expect(itemsIn(found)).toMatchObject([{ author: 'human', text: '/about' }]);
    expect(outcomesIn(found)).toEqual({});
  });

  test('titles: the program’s own before the first prompt’s', () => {
    expect(
      descriptionOf(read(prompt, system(2, 'x', 'custom_title', { customTitle: 'Gate repair' })), 's1')['title'],
    ).toBe('Gate repair');
    expect(
      descriptionOf(read(system(2, 'x', 'custom_title', { customTitle: 'Gate repair' }), prompt), 's1')['title'],
    ).toBe('Gate repair');
  });

  test('surroundings are stated when they change', () => {
    const moved = { ...answer(2, 'a1', 'u1'), gitBranch: 'fix' };
    const found = read(prompt, moved, system(3, 'p', 'parent_session', { parentSessionId: 's0' }));
    expect(found.drafts.filter((draft) => draft.key.startsWith('place:'))).toHaveLength(3);
    expect(descriptionOf(found, 's1')).toMatchObject({
      branch: 'main',
      cwd: '/home/dev/code',
      agentVersion: '0.24.4',
      parentId: 's0',
    });
  });
});

describe('F1: tools', () => {
  const calling = answer(1, 'a1', 'u1', callsTool());

  test('how long a tool took comes from telemetry, or from the result itself', () => {
    const timed = event(2, 't2', 'tool_call', { call_id: 'call-1', duration_ms: 173 });
    expect(itemsIn(read(prompt, calling, timed, result(2, 'r1', 'text'))).at(-1)).toMatchObject({
      type: 'tool_result',
      durationMs: 173,
      status: 'ok',
    });
    expect(itemsIn(read(result(2, 'r1', 'text', { durationMs: 7 })))[0]).toMatchObject({ durationMs: 7 });
  });

  test.each([
    ['success', 'ok'],
    ['error', 'error'],
    ['cancelled', 'interrupted'],
  ])('status %s is %s', (status, expected) => {
    expect(itemsIn(read(result(2, 'r1', 'text', { status })))).toMatchObject([{ status: expected }]);
  });

  test('a failed result without a status is an error', () => {
    const failed = {
      ...result(2, 'r1', ''),
      message: { parts: [{ functionResponse: { id: 'call-1', response: { error: 'no such file' } } }] },
    };
    expect(itemsIn(read(failed))).toMatchObject([{ status: 'error', text: 'no such file' }]);
  });

  test('a call that started a sub-agent names its session', () => {
    expect(itemsIn(read(result(2, 'r1', 'task_id: general-call-1 (internal)')))).toMatchObject([
      { childSessionId: 's1.general-call-1' },
    ]);
    expect(itemsIn(read(told(1, 't1', fromAgent), result(2, 'r1', 'Three lines.'))).at(-1)).toMatchObject({
      childSessionId: 's1.general-call-1',
    });
  });

  test('in a sub-agent’s file the calls of an answer belong to its step', () => {
    const found = readAgent([
      ofAgent(user(0, 'p1', 'Look.')),
      ofAgent(answer(1, 'a1', 'p1', { message: { parts: [] } })),
      ofAgent({ ...calling, usageMetadata: undefined }),
      ofAgent(result(2, 'r1', 'text')),
      ofAgent(answer(3, 'a2', 'r1', {}, [9, 9, 0, 0])),
    ]);
    const steps = found.drafts
      .filter((draft) => draft.step !== undefined)
      .map((draft) => [draft.key.split(':')[0], draft.step]);
    expect(steps).toEqual([
      ['usage', 0],
      ['call', 0],
      ['result', 0],
      ['usage', 1],
      ['message', 1],
    ]);
    expect(usageIn(found)).toHaveLength(2);
  });
});

describe('F1: errors, compressions and how turns end', () => {
  const refused = event(1, 'e1', 'api_error', {
    error_message: 'Rate limit',
    status_code: 429,
    prompt_id: 's1########0',
  });

  test('a refused request is an error, and fails the turn unless the agent gets through', () => {
    expect(itemsIn(read(prompt, refused)).at(-1)).toEqual({ type: 'error', text: 'Rate limit', code: '429' });
    expect(outcomesIn(read(prompt, refused))).toEqual({ u1: 'failed' });
    expect(outcomesIn(read(prompt, refused, answer(2, 'a1', 'e1')))).toEqual({ u1: 'complete' });
    expect(usageIn(read(prompt, refused))).toEqual([]);
  });

  test.each([
    ['is complete with an answer that calls nothing', [answer(1, 'a1', 'u1')], 'complete'],
    ['runs while tools run', [answer(1, 'a1', 'u1', callsTool())], null],
    [
      'was interrupted when the next one begins',
      [answer(1, 'a1', 'u1', callsTool()), user(5, 'u2', 'On')],
      'interrupted',
    ],
    [
      'was cancelled, as its result says',
      [system(2, 'x', 'turn_result', { promptId: 'p', state: 'cancelled' })],
      'cancelled',
    ],
    [
      'failed, as its result says',
      [system(2, 'x', 'turn_result', { promptId: 'p', state: 'error', error: { message: 'no' } })],
      'failed',
    ],
  ])('a turn %s', (_name, lines, outcome) => {
    expect(outcomesIn(read(prompt, ...lines))['u1']).toBe(outcome);
  });

  test.each([
    ['manual', 'manual'],
    ['token_limit', 'auto'],
    [undefined, 'unknown'],
  ])('a compression triggered by %s is %s', (triggerReason, trigger) => {
    const payload = {
      info: { originalTokenCount: 5000, newTokenCount: 700, triggerReason },
      compressedHistory: [
        { role: 'user', parts: [{ text: 'environment' }] },
        { role: 'user', parts: [{ text: '<state_snapshot>So far.</state_snapshot>' }] },
      ],
    };
    expect(itemsIn(read(system(1, 'k1', 'chat_compression', payload)))).toEqual([
      {
        type: 'compaction',
        text: '<state_snapshot>So far.</state_snapshot>',
        trigger,
        tokensBefore: 5000,
        tokensAfter: 700,
      },
    ]);
  });
});
