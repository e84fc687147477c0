/** What Codex's records say of the conversation, its turns and its session. */
import type { Item } from '@taffrail/wire';
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import type { Line } from '../inline-log.js';
import {
  answer,
  context,
  event,
  item,
  line,
  madeAt,
  meta,
  prompt,
  readRollout,
  tokenCount,
  usageRecord,
} from './inline-log.js';

const id = madeAt(0);
const read = (...lines: Line[]) => readRollout(id, [meta(0, id), context(1), ...lines]);
const rowsOf = <Kind extends RowDraft['kind']>(kind: Kind, drafts: RowDraft[]) =>
  drafts.filter((draft): draft is Extract<RowDraft, { kind: Kind }> => draft.kind === kind);
const itemsIn = (...lines: Line[]): Item[] => rowsOf('item.recorded', read(...lines).drafts).map((draft) => draft.data);

describe('F6: messages', () => {
  test('events that repeat what response items say are not doubled', () => {
    const lines = [
      prompt(2),
      event(2, 'user_message', { message: 'Say hello.' }),
      event(3, 'agent_message', { message: 'Hello.' }),
      answer(3),
    ];
    expect(itemsIn(...lines)).toEqual([
      { type: 'message', role: 'user', author: 'human', text: 'Say hello.' },
      { type: 'message', role: 'assistant', author: 'model', text: 'Hello.' },
    ]);
  });

  test.each([
    '<environment_context>\n  <cwd>/home/dev</cwd>\n</environment_context>',
    '<user_instructions>\nBe brief.\n</user_instructions>',
    '# AGENTS.md instructions for /home/dev\n\n<INSTRUCTIONS>\nBe brief.\n</INSTRUCTIONS>',
    '<turn_aborted>\nThe user stopped it.\n</turn_aborted>',
    'Warning: apply_patch was requested via exec_command. Use the apply_patch tool instead of exec_command.',
  ])('what the program says in a person’s name is the program’s: %s', (text) => {
    const { drafts } = read(prompt(2, text));
    expect(rowsOf('item.recorded', drafts)).toMatchObject([{ data: { role: 'user', author: 'harness', text } }]);
    expect(rowsOf('turn.started', drafts)).toEqual([]);
  });

  test.each(['<question>Why?</question>', '<skill> is a tag, is it not?', 'Warning: it is late'])(
    'a person’s own tags stay theirs: %s',
    (text) => {
      expect(itemsIn(prompt(2, text))).toMatchObject([{ author: 'human', text }]);
    },
  );

  test('one message may hold both, and says so', () => {
    const content = [
      { type: 'input_text', text: 'Notes.' },
      { type: 'input_text', text: 'Do it.' },
    ];
    const internal_chat_message_metadata_passthrough = {
      content_item_kinds: ['host_skills.instructions', 'user.text'],
    };
    expect(
      itemsIn(item(2, 'message', { id: 'm', role: 'user', content, internal_chat_message_metadata_passthrough })),
    ).toMatchObject([
      { author: 'harness', text: 'Notes.' },
      { author: 'human', text: 'Do it.' },
    ]);
  });

  test('an embedded picture is kept as a file', () => {
    const content = [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }];
    const { drafts } = read(item(2, 'message', { role: 'user', content }));
    expect(rowsOf('item.recorded', drafts)).toMatchObject([{ files: [{ mediaType: 'image/png', base64: 'AAAA' }] }]);
  });

  test('reasoning is its summary, or hidden', () => {
    const summary = [{ type: 'summary_text', text: 'Think.' }];
    expect(
      itemsIn(
        item(2, 'reasoning', { id: 'r1', summary, encrypted_content: 'x' }),
        item(3, 'reasoning', { id: 'r2', summary: [] }),
      ),
    ).toEqual([
      { type: 'reasoning', text: 'Think.' },
      { type: 'reasoning', text: '', hidden: true },
    ]);
  });
});

describe('D1: tools', () => {
  const call = (data: object = {}) =>
    item(2, 'function_call', { call_id: 'c', name: 'exec_command', arguments: '{"cmd":"ls"}', ...data });
  const output = (text: unknown, type = 'function_call_output') => item(4, type, { call_id: 'c', output: text });

  test('a call and its result, timed by the event between them', () => {
    const ran = event(3, 'item_completed', {
      item: { type: 'CommandExecution', id: 'c', exit_code: 1, duration: { secs: 1, nanos: 500_000_000 } },
    });
    expect(itemsIn(call(), ran, output('no'))).toEqual([
      { type: 'tool_call', callId: 'c', name: 'exec_command', text: '{"cmd":"ls"}' },
      { type: 'tool_result', callId: 'c', text: 'no', status: 'error', durationMs: 1500 },
    ]);
  });

  test.each([
    ['0.169', 'Chunk ID: 1\nWall time: 0.2500 seconds\nProcess exited with code 1\nOutput:\nx', 'error', 250],
    ['0.95', 'Exit code: 0\nWall time: 2 seconds\nOutput:\nExit code: 1', 'ok', 2000],
    ['2025', '{"output":"x","metadata":{"exit_code":2,"duration_seconds":0.5}}', 'error', 500],
    ['an interruption', 'aborted by user after 1.2s', 'interrupted', undefined],
  ])('the words of %s tell how it ran', (_version, text, status, durationMs) => {
    expect(itemsIn(output(text))).toEqual([
      { type: 'tool_result', callId: 'c', text, status, ...(durationMs === undefined ? {} : { durationMs }) },
    ]);
  });

  test('results in parts, and results that say whether they succeeded', () => {
    expect(
      itemsIn(
        output([
          { type: 'input_text', text: 'a' },
          { type: 'input_text', text: 'b' },
        ]),
      ),
    ).toMatchObject([{ text: 'a\nb', status: 'ok' }]);
    expect(itemsIn(output({ content: 'denied', success: false }))).toMatchObject([{ text: 'denied', status: 'error' }]);
  });

  test('every kind of call', () => {
    const calls = itemsIn(
      call({ namespace: 'collaboration', name: 'spawn_agent' }),
      item(2, 'custom_tool_call', { call_id: 'p', name: 'apply_patch', input: '*** Begin Patch' }),
      item(2, 'local_shell_call', { call_id: 's', action: { type: 'exec', command: ['ls'] } }),
      item(2, 'web_search_call', { id: 'w', status: 'completed', action: { type: 'search', query: 'q' } }),
    ).filter((each) => each.type === 'tool_call');
    expect(calls.map(({ name, text }) => [name, text])).toEqual([
      ['collaboration.spawn_agent', '{"cmd":"ls"}'],
      ['apply_patch', '*** Begin Patch'],
      ['local_shell', '{"type":"exec","command":["ls"]}'],
      ['web_search', '{"type":"search","query":"q"}'],
    ]);
  });

  test.each([
    ['its activity', { type: 'SubAgentActivity', id: 'c', kind: 'started', agent_thread_id: madeAt(3) }],
    ['the older tools', { type: 'CollabAgentToolCall', id: 'c', tool: 'spawn', receiver_thread_ids: [madeAt(3)] }],
  ])('the result of starting a sub-agent names its session, by %s', (_how, started) => {
    const lines = [call(), event(3, 'item_completed', { item: started }), output('{}')];
    expect(itemsIn(...lines)).toMatchObject([{}, { childSessionId: madeAt(3) }]);
  });
});

describe('turns and steps', () => {
  const outcomes = (...lines: Line[]) =>
    rowsOf('turn.completed', read(...lines).drafts).map(({ turnId, data }) => [turnId, data.outcome]);
  const started = event(2, 'task_started', { turn_id: 't1', started_at: 1 });

  test('are marked by the log', () => {
    expect(outcomes(started, prompt(3), answer(4), event(5, 'task_complete', { turn_id: 't1' }))).toEqual([
      ['t1', 'complete'],
    ]);
    expect(outcomes(started, event(5, 'turn_aborted', { turn_id: 't1', reason: 'interrupted' }))).toEqual([
      ['t1', 'interrupted'],
    ]);
  });

  test('fail with what went wrong', () => {
    const { drafts } = read(
      started,
      event(5, 'task_complete', { turn_id: 't1', error: { message: 'boom', codex_error_info: 'other' } }),
    );
    expect(rowsOf('item.recorded', drafts)).toMatchObject([{ data: { type: 'error', text: 'boom', code: 'other' } }]);
    expect(rowsOf('turn.completed', drafts)).toMatchObject([{ data: { outcome: 'failed', reason: 'boom' } }]);
  });

  test('a prompt within a marked turn steers it', () => {
    expect(rowsOf('turn.started', read(started, prompt(3), prompt(4, 'And quickly.')).drafts)).toHaveLength(1);
  });

  test('in old logs begin with a prompt and end with an answer that asks for nothing more', () => {
    const call = item(3, 'function_call', { call_id: 'c', name: 'n', arguments: '{}' });
    const result = item(5, 'function_call_output', { call_id: 'c', output: '' });
    const { drafts } = read(prompt(2), call, tokenCount(4, 1), result, answer(6), tokenCount(7, 2));
    expect(rowsOf('turn.started', drafts)).toHaveLength(1);
    expect(rowsOf('turn.completed', drafts)).toMatchObject([
      { at: Date.UTC(2026, 0, 1, 0, 0, 7), data: { outcome: 'complete' } },
    ]);
    expect(rowsOf('usage.recorded', drafts).map((usage) => usage.step)).toEqual([0, 1]);
    expect(rowsOf('item.recorded', drafts).map((row) => row.step)).toEqual([0, 0, 0, 1]);
  });

  test('a step is over when its usage or a result is logged', () => {
    const lines = [started, answer(3, 'One.'), usageRecord(4, id, 'r1'), answer(5, 'Two.'), usageRecord(6, id, 'r2')];
    expect(rowsOf('usage.recorded', read(...lines).drafts).map((usage) => [usage.turnId, usage.step])).toEqual([
      ['t1', 0],
      ['t1', 1],
    ]);
  });
});

describe('compactions', () => {
  test('take the place of the model’s own wording of the summary', () => {
    const { drafts } = read(
      prompt(2),
      answer(3, 'The summary.'),
      usageRecord(3, id, 'r1'),
      line(4, 'compacted', { message: 'Here it is:\nThe summary.' }),
    );
    const rows = rowsOf('item.recorded', drafts);
    expect(rows.at(-1)).toMatchObject({
      key: rows.at(-2)?.key,
      data: { type: 'compaction', text: 'The summary.', trigger: 'auto' },
    });
  });

  test('stand alone where it is not logged', () => {
    expect(itemsIn(prompt(2), answer(3), line(4, 'compacted', { message: 'A summary.' })).at(-1)).toMatchObject({
      type: 'compaction',
      text: 'A summary.',
    });
  });
});

describe('what a session is', () => {
  const described = (...lines: Line[]) =>
    Object.assign(
      {},
      ...rowsOf('session.described', readRollout(id, lines).drafts).map((draft) => draft.data),
    ) as object;

  test('place, program, model, effort and title', () => {
    const birth = meta(0, id, { cli_version: '0.169.0', git: { branch: 'main' } });
    expect(described(birth, context(1, 'gpt-5.5'), prompt(2, 'First line\nsecond'))).toEqual({
      cwd: '/home/dev/code',
      branch: 'main',
      agentVersion: '0.169.0',
      model: 'gpt-5.5',
      effort: 'medium',
      title: 'First line',
    });
  });

  test('the model of each request is the one then set', () => {
    const { drafts } = read(usageRecord(2, id, 'r1'), context(3, 'gpt-6'), usageRecord(4, id, 'r2'));
    expect(rowsOf('usage.recorded', drafts).map((usage) => [usage.data.model, usage.data.provider])).toEqual([
      ['gpt-5.1-codex', 'openai'],
      ['gpt-6', 'openai'],
    ]);
  });

  test('a sub-agent names its parent and itself', () => {
    const source = { subagent: { thread_spawn: { parent_thread_id: madeAt(-5), agent_path: '/root/look_a' } } };
    expect(described(meta(0, id, { source }))).toMatchObject({ parentId: madeAt(-5), title: 'look_a' });
  });

  test('a fork names what it goes on from', () => {
    expect(described(meta(0, id, { forked_from_id: madeAt(-5) }))).toMatchObject({ forkedFrom: madeAt(-5) });
  });

  test('the parent’s first line in a replay does not describe the child', () => {
    expect(described(meta(0, id), meta(0, madeAt(-5), { cwd: '/elsewhere' }))).toMatchObject({ cwd: '/home/dev/code' });
  });

  test('a name given later replaces the first prompt', () => {
    expect(described(meta(0, id), prompt(1), event(2, 'thread_name_updated', { thread_name: 'Alpha' }))).toMatchObject({
      title: 'Alpha',
    });
  });
});

describe('F1: logs of 2025, without envelopes', () => {
  const bare: Line[] = [
    { id, timestamp: '2025-08-01T10:00:00.000Z', instructions: null, git: { branch: 'main' } },
    { record_type: 'state' },
    { type: 'message', id: null, role: 'user', content: [{ type: 'input_text', text: 'List it.' }] },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'ls' }] },
    { type: 'function_call', id: 'fc_1', name: 'shell', arguments: '{"command":["ls"]}', call_id: 'c' },
    {
      type: 'function_call_output',
      call_id: 'c',
      output: '{"output":"a\\n","metadata":{"exit_code":0,"duration_seconds":0.1}}',
    },
    { type: 'message', id: 'm2', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
  ];

  test('are read as far as they tell, and have no usage', () => {
    const { drafts, problems } = readRollout(id, bare);
    expect(problems).toEqual([]);
    expect(rowsOf('item.recorded', drafts).map((draft) => draft.data.type)).toEqual([
      'message',
      'reasoning',
      'tool_call',
      'tool_result',
      'message',
    ]);
    expect(rowsOf('turn.started', drafts)).toHaveLength(1);
    expect(rowsOf('usage.recorded', drafts)).toEqual([]);
    expect(rowsOf('session.described', drafts)).toMatchObject([
      { data: { branch: 'main' } },
      { data: { title: 'List it.' } },
    ]);
  });
});

test('unknown records are told, not fatal', () => {
  const { problems, drafts } = read(
    line(2, 'future_thing', {}),
    event(3, 'new_event'),
    item(4, 'new_item', {}),
    prompt(5),
  );
  expect(problems.map((problem) => problem.replace(/^\d+ /, ''))).toEqual([
    'unknown_record: record type future_thing',
    'unknown_record: event new_event',
    'unknown_record: response item new_item',
  ]);
  expect(rowsOf('turn.started', drafts)).toHaveLength(1);
});

test('a torn line does not leave its inside behind as an item of its own', () => {
  const whole = JSON.stringify(answer(3));
  expect(itemsIn(prompt(2), whole.slice(0, -1), whole)).toHaveLength(2);
});

test('NULs that a crash left before a line do not hide it', () => {
  expect(itemsIn(`\u0000\u0000${JSON.stringify(prompt(2))}`)).toMatchObject([{ author: 'human' }]);
});
