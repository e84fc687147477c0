/** Claude Code's conversations: turns, what people and programs say, tools and their results, compactions, errors. */
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import type { JsonObject } from '../json.js';
import { answer, begun, itemsIn, ofKind, prompt, readFiles, readMain, timeAfter } from './fixture-lines.js';

const text = (words: string): JsonObject => ({ type: 'text', text: words });
const call = (id: string): JsonObject => ({ type: 'tool_use', id, name: 'Bash', input: { command: 'ls' } });
const endings = (drafts: RowDraft[]) =>
  ofKind(drafts, 'turn.completed').map(({ turnId, data }) => [turnId, data.outcome]);
const turns = (drafts: RowDraft[]) => ofKind(drafts, 'turn.started').map((draft) => draft.turnId);
const titleOf = (drafts: RowDraft[]) =>
  ofKind(drafts, 'session.described')
    .flatMap(({ data }) => data.title ?? [])
    .at(-1);

describe('F1: turns', () => {
  test('a prompt begins a turn, its last answer ends it, and each response in between is a step', () => {
    const { drafts } = readMain(
      prompt('u1', 0),
      answer('a1', 1, { content: [call('toolu_1')], stop: 'tool_use' }),
      prompt('u2', 2, [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.txt' }]),
      answer('a2', 3, { id: 'msg_2' }),
    );
    expect(turns(drafts)).toEqual(['u1']);
    expect(endings(drafts)).toEqual([['u1', 'complete']]);
    expect(ofKind(drafts, 'usage.recorded').map((draft) => draft.step)).toEqual([0, 1]);
  });

  test('an interruption ends it, and is not taken for a prompt', () => {
    const { drafts } = readMain(prompt('u1', 0), prompt('u2', 1, [text('[Request interrupted by user for tool use]')]));
    expect(turns(drafts)).toEqual(['u1']);
    expect(endings(drafts)).toEqual([['u1', 'interrupted']]);
    expect(itemsIn(drafts).at(-1)).toMatchObject({ author: 'harness' });
  });

  test('an API error that was given up on ends it', () => {
    const error = answer(
      'a1',
      1,
      { model: '<synthetic>', content: [text('API Error: 529')] },
      { isApiErrorMessage: true },
    );
    const { drafts } = readMain(prompt('u1', 0), error);
    expect(itemsIn(drafts).at(-1)).toEqual({ type: 'error', text: 'API Error: 529' });
    expect(endings(drafts)).toEqual([['u1', 'failed']]);
  });

  test('1.0: one that left no mark of its end ended before the next prompt', () => {
    const { drafts } = readMain(prompt('u1', 0), answer('a1', 1, { stop: null }), prompt('u2', 60));
    expect(endings(drafts)).toEqual([['u1', 'complete']]);
    expect(ofKind(drafts, 'turn.completed')[0]?.at).toBe(begun + 1000);
  });

  test('one that was killed while it waited for a tool was interrupted', () => {
    const killed = answer('a1', 1, { content: [call('toolu_1')], stop: 'tool_use' });
    expect(endings(readMain(prompt('u1', 0), killed, prompt('u2', 60)).drafts)).toEqual([['u1', 'interrupted']]);
  });

  test.each([
    [
      'a slash command',
      '<command-message>fix</command-message>\n<command-name>/fix</command-name>\n<command-args>the bug</command-args>',
      '/fix the bug',
    ],
    ['a notice of a finished task', '<task-notification>\n<status>completed</status>\n</task-notification>', undefined],
  ])('%s begins one when the model answers it', (_what, said, title) => {
    const { drafts } = readMain(prompt('u1', 0, said), prompt('u2', 0, 'Expanded.', { isMeta: true }), answer('a1', 1));
    expect(turns(drafts)).toEqual(['u1']);
    expect(ofKind(drafts, 'turn.started')[0]?.at).toBe(begun);
    expect(titleOf(drafts)).toBe(title);
    expect(itemsIn(drafts).slice(0, 2)).toMatchObject([{ author: 'harness' }, { author: 'harness' }]);
  });

  test('a command that the model never sees begins none', () => {
    const local = '<local-command-stdout>Set model to haiku</local-command-stdout>';
    const { drafts } = readMain(prompt('u1', 0, '<command-name>/model</command-name>'), prompt('u2', 0, local));
    expect(turns(drafts)).toEqual([]);
  });

  test('what the program adds to a running turn belongs to it', () => {
    const reminder = prompt('u2', 1, '<system-reminder>Mind the time.</system-reminder>', { isMeta: true });
    const { drafts } = readMain(prompt('u1', 0), reminder, answer('a1', 2));
    expect(turns(drafts)).toEqual(['u1']);
    expect(ofKind(drafts, 'item.recorded').map((draft) => draft.turnId)).toEqual(['u1', 'u1', 'u1']);
  });

  test('a prompt that was queued while the agent worked is a person’s', () => {
    const attachment = { type: 'queued_command', prompt: 'Also the tests.', commandMode: 'prompt' };
    const queued = { type: 'attachment', uuid: 'q1', timestamp: timeAfter(2), sessionId: 'main', attachment };
    const { drafts } = readMain(prompt('u1', 0), queued);
    expect(itemsIn(drafts).at(-1)).toEqual({ type: 'message', role: 'user', author: 'human', text: 'Also the tests.' });
  });
});

describe('F1: tools', () => {
  const resultOf = (block: JsonObject, toolUseResult?: unknown) => {
    const blocks = [{ type: 'tool_result', tool_use_id: 'toolu_1', ...block }];
    return ofKind(readMain(prompt('u1', 0, blocks, { toolUseResult })).drafts, 'item.recorded')[0];
  };

  test('a call keeps its arguments; calls and results are known by the call’s id', () => {
    const { drafts } = readMain(answer('a1', 1, { content: [call('toolu_1')] }));
    const draft = ofKind(drafts, 'item.recorded')[0];
    expect(draft).toMatchObject({ key: 'call:toolu_1', data: { name: 'Bash', text: '{"command":"ls"}' } });
    expect(resultOf({ content: 'x' })?.key).toBe('result:toolu_1');
  });

  test.each([
    ['text', 'a.txt', 'a.txt'],
    ['blocks of text', [text('one'), text('two')], 'one\ntwo'],
    ['nothing', undefined, ''],
    ['an empty text', '', ''],
    [
      'a record of a provider’s tool',
      { type: 'web_search_result', url: 'u' },
      '{"type":"web_search_result","url":"u"}',
    ],
  ])('a result that is %s', (_what, content, expected) => {
    expect(resultOf({ content })?.data).toMatchObject({ type: 'tool_result', text: expected, status: 'ok' });
  });

  test.each([
    ['text', 'Error: File does not exist.'],
    ['a list', [{ type: 'text', text: 'x' }]],
    ['null', null],
    ['a record of another tool', { filePath: '/a', structuredPatch: [], userModified: false }],
  ])('the program’s note about it may be %s', (_what, note) => {
    expect(resultOf({ content: 'x', is_error: true }, note)?.data).toMatchObject({ text: 'x', status: 'error' });
  });

  test('it was interrupted where the note says so, and took as long as it says', () => {
    expect(resultOf({ content: 'x' }, { interrupted: true })?.data).toMatchObject({ status: 'interrupted' });
    expect(resultOf({ content: 'x' }, { durationMs: 42 })?.data).toMatchObject({ durationMs: 42 });
    expect(resultOf({ content: 'x' }, { durationMs: -1 })?.data).not.toHaveProperty('durationMs');
  });

  test('of two results on one line the note tells nothing', () => {
    const blocks = ['toolu_1', 'toolu_2'].map((tool_use_id) => ({ type: 'tool_result', tool_use_id, content: 'x' }));
    const { drafts } = readMain(prompt('u1', 0, blocks, { toolUseResult: { interrupted: true } }));
    expect(itemsIn(drafts)).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
  });

  test('pictures and documents are kept aside', () => {
    const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
    const pdf = { type: 'document', title: 'a.pdf', source: { ...source, media_type: 'application/pdf' } };
    const png = { mediaType: 'image/png', base64: 'iVBORw0KGgo=' };
    expect(resultOf({ content: [{ type: 'image', source }] })?.files).toEqual([png]);
    const { drafts } = readMain(prompt('u1', 0, [{ type: 'image', source }, pdf]));
    const [said] = ofKind(drafts, 'item.recorded');
    expect(said?.files).toEqual([png, { ...png, mediaType: 'application/pdf', name: 'a.pdf' }]);
    expect(said?.data).toMatchObject({ author: 'human', text: '' });
  });

  test('the provider’s own tools answer within the message', () => {
    const content = [
      { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'x' } },
      { type: 'web_search_tool_result', tool_use_id: 'srv_1', content: [] },
    ];
    const { drafts, problems } = readMain(answer('a1', 1, { content }));
    expect(itemsIn(drafts)).toMatchObject([
      { type: 'tool_call', callId: 'srv_1' },
      { type: 'tool_result', callId: 'srv_1' },
    ]);
    expect(problems).toEqual([]);
  });
});

describe('F1: what else a log tells', () => {
  test('text that grows is one item; a second text is another', () => {
    const lines = ['Hel', 'Hello.', 'Bye.'].map((words, index) =>
      answer(`a${index}`, 1, { content: [text(words)], stop: null }),
    );
    const drafts = ofKind(readMain(...lines).drafts, 'item.recorded');
    expect(drafts.map((draft) => draft.key === drafts[0]?.key)).toEqual([true, true, false]);
  });

  test('thinking has its time; where its text is hidden, only that it was', () => {
    const seen = answer('a1', 1, { content: [{ type: 'thinking', thinking: 'Hm.' }] }, { thinkingDurationMs: 2123 });
    const hidden = answer('a2', 2, { id: 'msg_2', content: [{ type: 'redacted_thinking', data: 'opaque' }] });
    expect(itemsIn(readMain(seen, hidden).drafts)).toEqual([
      { type: 'reasoning', text: 'Hm.', durationMs: 2123 },
      { type: 'reasoning', text: '', hidden: true },
    ]);
  });

  test('a compaction and the summary that follows it are one item', () => {
    const compactMetadata = { trigger: 'auto', preTokens: 25803, postTokens: 995 };
    const mark = { type: 'system', subtype: 'compact_boundary', uuid: 'c1', sessionId: 'main', compactMetadata };
    const summary = prompt('u2', 3, 'What was done.', { isCompactSummary: true });
    const drafts = ofKind(readMain(prompt('u1', 0), mark, summary).drafts, 'item.recorded').slice(1);
    expect(new Set(drafts.map((draft) => draft.key))).toEqual(new Set(['compaction:c1']));
    const item = { type: 'compaction', text: 'What was done.', trigger: 'auto', tokensBefore: 25803, tokensAfter: 995 };
    expect(drafts.at(-1)?.data).toEqual(item);
  });

  test('an error that is tried again', () => {
    const error = { message: '429 {"type":"error"}', formatted: '429 rate limited', status: 429 };
    const line = { type: 'system', subtype: 'api_error', uuid: 'e1', sessionId: 'main', error, retryInMs: 1124 };
    expect(itemsIn(readMain(line).drafts)).toEqual([
      { type: 'error', text: '429 rate limited', code: '429', retried: true },
    ]);
  });

  test('the first prompt is the title until one is given', () => {
    const lines = [
      prompt('u1', 0, '  Fix the bug\nin the parser.'),
      { type: 'ai-title', aiTitle: 'Parser fix', sessionId: 'main' },
    ];
    expect(titleOf(readMain(lines[0] ?? {}).drafts)).toBe('Fix the bug');
    expect(titleOf(readMain(...lines).drafts)).toBe('Parser fix');
  });

  test('1.0: a title written at the head of a file is that of the conversation whose line follows', () => {
    const summaries = [
      { type: 'summary', summary: 'Another one', leafUuid: 'elsewhere' },
      { type: 'summary', summary: 'This one', leafUuid: 'a1' },
    ];
    expect(titleOf(readMain(...summaries, prompt('u1', 0), answer('a1', 1)).drafts)).toBe('This one');
  });

  test('folder, branch, version and effort are stated when they change, and only then', () => {
    const lines = [
      prompt('u1', 0),
      answer('a1', 1, {}, { effort: 'high' }),
      prompt('u2', 2),
      prompt('u3', 3, 'On.', { gitBranch: 'topic' }),
      prompt('u4', 4, 'On.', { gitBranch: 'HEAD' }),
    ];
    const said = ofKind(readMain(...lines).drafts, 'session.described').filter((draft) =>
      draft.key.startsWith('place:'),
    );
    expect(said.map(({ data }) => [data.branch, data.effort])).toEqual([
      ['main', undefined],
      ['main', 'high'],
      ['topic', undefined],
    ]);
  });

  test('a line without a usable time keeps its place', () => {
    const { drafts } = readFiles({ 'p/main.jsonl': [answer('a1', 1, {}, { timestamp: 'yesterday' })] });
    expect(ofKind(drafts, 'usage.recorded')).toMatchObject([{ at: null, sessionId: 'main' }]);
  });
});
