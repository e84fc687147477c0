/** Copilot CLI: totals of real runs, traps, the conversation, places. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collect, recount, recountByRoot } from '@taffrail/testing';
import type { Item } from '@taffrail/wire';
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import type { Line } from '../inline-log.js';
import { copilot } from './index.js';
import { answer, begin, event, figures, prompt, readEvents, session, usage } from './inline-log.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const names = readdirSync(fixtures);

interface Truth {
  all: Record<string, number | null>;
  roots: Record<string, Record<string, number | null>>;
}

const truthOf = (name: string) => JSON.parse(readFileSync(`${fixtures}${name}/truth.json`, 'utf8')) as Truth;
const read = (name: string) => collect(copilot, '/nowhere', { env: { COPILOT_HOME: fixtures + name } });
const rowsOf = <Kind extends RowDraft['kind']>(kind: Kind, drafts: readonly RowDraft[]) =>
  drafts.filter((draft): draft is Extract<RowDraft, { kind: Kind }> => draft.kind === kind);
const itemsIn = (...lines: Line[]): Item[] =>
  rowsOf('item.recorded', readEvents([begin(), ...lines]).drafts).map((draft) => draft.data);
const counted = (...lines: Line[]) => recount(readEvents([begin(), ...lines]).drafts);
const describedIn = (drafts: readonly RowDraft[], sessionId: string) =>
  Object.assign(
    {},
    ...rowsOf('session.described', drafts)
      .filter((draft) => draft.sessionId === sessionId)
      .map((draft) => draft.data),
  ) as object;

describe('F1: what the logs of real runs add up to', () => {
  test.each(names)('%s: every figure as it was served', (name) => {
    const { drafts, problems } = read(name);
    expect(problems).toEqual([]);
    expect(recount(drafts)).toEqual(truthOf(name).all);
    expect(recountByRoot(drafts)).toEqual(truthOf(name).roots);
  });

  test.each(names)('%s: line by line, the state written down after each, is the same as at once', (name) => {
    const folder = readdirSync(`${fixtures}${name}/session-state`)[0] ?? '';
    const lines = readFileSync(`${fixtures}${name}/session-state/${folder}/events.jsonl`, 'utf8').trimEnd().split('\n');
    expect(readEvents(lines, folder).drafts).toEqual(read(name).drafts);
  });

  test('the rows of the smallest log, word for word', () => {
    const golden: unknown = JSON.parse(readFileSync(`${fixtures}1.0.102-plain/drafts.json`, 'utf8'));
    expect(read('1.0.102-plain').drafts).toEqual(golden);
  });

  test('sub-agents in the same file are sessions of their own, which their parents’ results name', () => {
    const { drafts } = read('1.0.102-subagent');
    const [main, ...children] = [...new Set(drafts.map((draft) => draft.sessionId))];
    expect(children.map((child) => describedIn(drafts, child))).toMatchObject([
      { parentId: main, title: 'Look at a' },
      { parentId: main, title: 'Look at b' },
    ]);
    const named = rowsOf('item.recorded', drafts).map((draft) =>
      draft.data.type === 'tool_result' ? draft.data.childSessionId : undefined,
    );
    expect(new Set(named.filter((id) => id !== undefined))).toEqual(new Set(children));
  });
});

describe('F-beyond: traps', () => {
  test('a record written twice is one request', () => {
    expect(counted(usage(1, 'a'), usage(1, 'a'), usage(2, 'b'))).toMatchObject({ requests: 2, inputTokens: 2000 });
  });

  test('F2: a response without usage reports nothing, a reported 0 is 0', () => {
    const bare = event(1, 'session.usage_record', { usage: { model: 'gpt-4.1', accounting: { usageId: 'a' } } });
    expect(counted(bare, usage(2, 'b', { reasoningTokens: 0 }))).toMatchObject({
      requests: 1,
      reasoningTokens: 0,
      cacheWrite1hTokens: null,
    });
  });

  test('totals at the end are claims, each conversation’s own, never sums', () => {
    const metrics = (inputTokens: number) => ({ modelMetrics: { 'gpt-4.1': { usage: { ...figures, inputTokens } } } });
    const end = (seconds: number, main: number) =>
      event(seconds, 'session.shutdown', {
        ...metrics(main + 7),
        agentMetrics: { main: metrics(main), helper: metrics(7) },
      });
    const { drafts } = readEvents([begin(), usage(1, 'a'), end(2, 1000), usage(3, 'b'), end(4, 2000)]);
    expect(recount(drafts)).toMatchObject({ requests: 2, inputTokens: 2000 });
    expect(
      rowsOf('usage.claimed', drafts).map(({ sessionId, data }) => [sessionId, data.source, data.inputTokens]),
    ).toEqual([
      [session, 'shutdown', 1000],
      [`${session}.helper`, 'shutdown', 7],
      [session, 'shutdown', 2000],
      [`${session}.helper`, 'shutdown', 7],
    ]);
  });

  test('what a sub-agent’s end repeats is not counted', () => {
    expect(
      counted(usage(1, 'a'), event(2, 'subagent.completed', { totalTokens: 44463 }, { agentId: 'x' })),
    ).toMatchObject({ requests: 1 });
  });

  test('requests accounted under another session were copied from it', () => {
    const { drafts } = readEvents([
      begin(),
      usage(1, 'a', { accounting: { sourceSessionId: 'other', usageId: 'a' } }),
      usage(2, 'b'),
    ]);
    expect(rowsOf('usage.recorded', drafts).map((draft) => draft.identity)).toEqual([
      { key: 'copilot:a', claim: 'copy' },
      { key: 'copilot:b', claim: 'own' },
    ]);
  });

  test('versions without records tell a message’s output and a compaction’s figures', () => {
    const compaction = event(3, 'session.compaction_complete', {
      success: true,
      compactionTokensUsed: { input: 50, output: 5, cachedInput: 10 },
    });
    expect(counted(answer(2, 'Hi.', { outputTokens: 9 }), compaction)).toMatchObject({
      requests: 2,
      inputTokens: 50,
      outputTokens: 14,
      cacheReadTokens: 10,
    });
    expect(counted(usage(1, 'a'), answer(2, 'Hi.', { outputTokens: 100 }), compaction)).toMatchObject({
      requests: 1,
      outputTokens: 100,
    });
  });
});

describe('the conversation', () => {
  const request = { toolCallId: 'c', name: 'bash', arguments: { command: 'ls' } };

  test('prompts, answers, reasoning, calls and results, with their times', () => {
    expect(
      itemsIn(
        prompt(1),
        answer(2, 'Looking.', { reasoningText: 'ls', toolRequests: [request] }),
        event(3, 'tool.execution_start', {
          toolCallId: 'c',
          toolName: 'bash',
          arguments: { command: 'ls', sync: true },
        }),
        event(5, 'tool.execution_complete', {
          toolCallId: 'c',
          success: true,
          shellExecution: { exitCode: 1 },
          result: { content: 'no' },
        }),
      ),
    ).toEqual([
      { type: 'message', role: 'user', author: 'human', text: 'Say hello.' },
      { type: 'reasoning', text: 'ls' },
      { type: 'message', role: 'assistant', author: 'model', text: 'Looking.' },
      { type: 'tool_call', callId: 'c', name: 'bash', text: '{"command":"ls"}' },
      { type: 'tool_result', callId: 'c', text: 'no', status: 'error', durationMs: 2000 },
    ]);
  });

  test('a failed call says why', () => {
    const failed = event(5, 'tool.execution_complete', {
      toolCallId: 'c',
      success: false,
      error: { message: 'denied' },
    });
    expect(itemsIn(failed)).toMatchObject([{ type: 'tool_result', text: 'denied', status: 'error' }]);
  });

  test('what the program says in a person’s name is the program’s', () => {
    const notice = prompt(2, '<system_notification>done</system_notification>');
    expect(itemsIn(prompt(1, 'Go on.', { source: 'skill' }), notice)).toMatchObject([
      { author: 'harness' },
      { author: 'harness' },
    ]);
  });

  test('a turn lasts over its round trips and ends with an answer that asks for nothing more', () => {
    const step = (seconds: number, turnId: string) =>
      event(seconds, 'assistant.turn_start', { turnId, interactionId: 'turn-1' });
    const over = (seconds: number) => event(seconds, 'assistant.turn_end', {});
    const first = [step(2, '0'), usage(3, 'a'), answer(3, '', { toolRequests: [request] }), over(4)];
    const { drafts } = readEvents([begin(), prompt(1), ...first, step(5, '1'), usage(6, 'b'), answer(6), over(7)]);
    expect(rowsOf('turn.completed', drafts)).toMatchObject([{ turnId: 'turn-1', data: { outcome: 'complete' } }]);
    expect(rowsOf('usage.recorded', drafts).map((draft) => [draft.turnId, draft.step])).toEqual([
      ['turn-1', 0],
      ['turn-1', 1],
    ]);
  });

  test('a turn can be stopped, or fail', () => {
    const outcome = (...lines: Line[]) =>
      rowsOf('turn.completed', readEvents([begin(), prompt(1), ...lines]).drafts).map((draft) => draft.data);
    expect(outcome(event(2, 'abort', { reason: 'user initiated' }))).toEqual([
      { outcome: 'interrupted', reason: 'user initiated' },
    ]);
    expect(outcome(event(2, 'session.error', { message: 'boom', statusCode: 500 }))).toEqual([
      { outcome: 'failed', reason: 'boom' },
    ]);
    expect(itemsIn(event(2, 'session.error', { message: 'boom', statusCode: 500 }))).toEqual([
      { type: 'error', text: 'boom', code: '500' },
    ]);
  });

  test('a compaction keeps its summary and what it saved', () => {
    const data = {
      success: true,
      summaryContent: 'So far.',
      preCompactionTokens: 9000,
      postCompactionTokens: 700,
      trigger: 'threshold',
    };
    expect(itemsIn(event(2, 'session.compaction_complete', data))).toEqual([
      { type: 'compaction', text: 'So far.', trigger: 'auto', tokensBefore: 9000, tokensAfter: 700 },
    ]);
  });

  test('a session is described by its start, its first prompt and later changes', () => {
    const { drafts } = readEvents([
      begin(),
      prompt(1, 'First line\nsecond'),
      event(2, 'session.model_change', { newModel: 'gpt-5', reasoningEffort: 'high' }),
    ]);
    expect(describedIn(drafts, session)).toEqual({
      cwd: '/home/dev/code',
      branch: 'main',
      agentVersion: '1.0.102',
      model: 'gpt-5',
      effort: 'high',
      title: 'First line',
    });
  });

  test('an unknown event is told, not fatal', () => {
    const { problems, drafts } = readEvents([begin(), event(1, 'future.thing'), prompt(2)]);
    expect(problems).toEqual(['2 unknown_record: event type future.thing']);
    expect(rowsOf('turn.started', drafts)).toHaveLength(1);
  });
});

describe('F1: where the logs are', () => {
  test('below COPILOT_HOME, else below ~/.copilot', () => {
    expect(copilot.roots({ home: '/home/dev', env: {} })).toEqual(['/home/dev/.copilot/session-state']);
    expect(copilot.roots({ home: '/home/dev', env: { COPILOT_HOME: '/data' } })).toEqual(['/data/session-state']);
  });

  test.each([
    [`${session}/events.jsonl`, 'lines'],
    [`${session}.jsonl`, 'lines'],
    [`${session}/workspace.yaml`, null],
    [`${session}/checkpoints/index.md`, null],
    [`${session}/rewind-file-snapshots/tracking.json`, null],
    [`${session}/files/data.jsonl`, null],
  ])('%s is read as %s', (path, format) => {
    expect(copilot.classify(path)).toBe(format);
  });

  test('F8: a file handed in alone is recognised, and takes its session from its start', () => {
    expect(copilot.recognises([begin()] as never)).toBe(true);
    expect(copilot.recognises([prompt(1)] as never)).toBe(true);
    expect(copilot.recognises([{ type: 'session_meta', payload: {} }])).toBe(false);
    const state = copilot.lines?.start({ root: '/', path: 'events.jsonl' });
    const sessions: string[] = [];
    const info = { number: 1, hash: () => '' };
    copilot.lines?.read(state, begin() as never, info, {
      row: (draft) => void sessions.push(draft.sessionId),
      problem: () => undefined,
    });
    expect(new Set(sessions)).toEqual(new Set([session]));
  });
});
