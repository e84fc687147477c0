/** What Qwen Code's figures mean, and every way in which its logs tell a request twice. */
import { recount } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { descriptionOf, type Read, readLog, usageIn } from '../inline-log.js';
import { qwen } from './index.js';
import {
  answer,
  callsTool,
  copied,
  type Figures,
  figures,
  fromAgent,
  ofAgent,
  read,
  readAgent,
  system,
  told,
  user,
} from './made-log.js';

const sums = (...found: Read[]) => recount(found.flatMap(({ drafts }) => drafts));
const one = { requests: 1, inputTokens: 1000, outputTokens: 100, cacheReadTokens: 400, reasoningTokens: 20 };
const two = { requests: 2, inputTokens: 2000, outputTokens: 200, cacheReadTokens: 800, reasoningTokens: 40 };

describe('F2: what each figure means', () => {
  test('input includes what was cached, output includes thoughts; cache writes are not told', () => {
    expect(usageIn(read(told(1, 't1')))[0]?.data).toMatchObject({
      inputTokens: 1000,
      outputTokens: 100,
      cacheReadTokens: 400,
      reasoningTokens: 20,
      cacheWriteTokens: null,
      cacheWrite1hTokens: null,
      model: 'qwen3-coder-plus',
    });
  });

  test('with a Google model thoughts are beside the output: the total tells', () => {
    expect(sums(read(told(1, 't1', { total_token_count: 1120 })))).toMatchObject({
      outputTokens: 120,
      reasoningTokens: 20,
    });
  });

  test('a response without usage is zeros in telemetry and nothing in the answer: unknown, and counted nowhere', () => {
    const found = read(told(1, 't1', {}, [0, 0, 0, 0]), answer(1, 'a1', 't1', { usageMetadata: undefined }));
    expect(usageIn(found)[0]?.data).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      cacheReadTokens: null,
      reasoningTokens: null,
    });
    expect(sums(found)).toMatchObject({ requests: 0, inputTokens: null });
  });

  test('an answer that does not tell thoughts leaves them unknown', () => {
    const found = read(
      answer(1, 'a1', 'u1', { usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 } }),
    );
    expect(sums(found)).toMatchObject({
      inputTokens: 10,
      outputTokens: 2,
      cacheReadTokens: null,
      reasoningTokens: null,
    });
  });

  test('a figure that is no count is unknown, and said so', () => {
    const found = read(told(1, 't1', { output_token_count: 1e12 }));
    expect(sums(found)).toMatchObject({ inputTokens: 1000, outputTokens: null });
    expect(found.problems).toEqual(['1 bad_number: output_token_count is not a token count: 1000000000000']);
  });
});

describe('F-beyond: telemetry and answer are one request', () => {
  const telemetry = told(1, 't1');
  const reply = answer(1, 'a1', 't1');
  const between = told(1, 't9', fromAgent, [50, 5, 0, 0]);

  test.each([
    ['telemetry first', [telemetry, reply]],
    ['the answer first', [reply, telemetry]],
    ['telemetry alone', [telemetry]],
    ['the answer alone, as when telemetry was not written', [reply]],
    ['either of them repeated', [telemetry, reply, reply, telemetry, reply]],
  ])('%s', (_name, lines) => {
    expect(sums(read(...lines))).toMatchObject(one);
  });

  test.each([
    ['after', [telemetry, between, answer(1, 'a1', 't9')]],
    ['before', [answer(1, 'a1', 't9'), between, telemetry]],
  ])('with a sub-agent’s line between them, the answer %s', (_name, lines) => {
    expect(sums(read(...lines))).toMatchObject({ requests: 2, inputTokens: 1050, outputTokens: 105 });
  });

  test('two requests with equal figures are two, with telemetry and without', () => {
    expect(sums(read(telemetry, reply, told(2, 't2'), answer(2, 'a2', 't2')))).toMatchObject(two);
    expect(sums(read(reply, answer(2, 'a2', 'r1')))).toMatchObject(two);
  });

  test('a hidden helper’s request is told by telemetry only, and belongs to the session', () => {
    const helper = {
      subagent_name: 'managed-auto-memory-extractor',
      subagent_id: 'managed-auto-memory-extractor-bba7b425',
    };
    const found = read(user(0, 'u1', 'Go'), telemetry, reply, told(2, 't2', helper, [50, 5, 0, 0]));
    expect(sums(found)).toMatchObject({ requests: 2, inputTokens: 1050 });
    expect(usageIn(found).map((usage) => [usage.sessionId, usage.step])).toEqual([
      ['s1', 0],
      ['s1', undefined],
    ]);
  });

  test('running totals are never summed', () => {
    const models = {
      'qwen3-coder-plus': { requests: 2, inputTokens: 2000, outputTokens: 200, cachedTokens: 800, thoughtsTokens: 40 },
    };
    const found = readLog(qwen, 'usage_record.jsonl', [
      { version: 1, sessionId: 's1', timestamp: 1767225600000, project: '/x', models },
    ]);
    expect(usageIn(found)).toEqual([]);
    expect(found.drafts).toMatchObject([
      {
        sessionId: 's1',
        kind: 'usage.claimed',
        data: { inputTokens: 2000, outputTokens: 200, cacheReadTokens: 800, includesInherited: true },
      },
    ]);
  });
});

describe('F-beyond: sub-agents', () => {
  const main = read(told(1, 't1', fromAgent), told(2, 't2', fromAgent, [1200, 60, 0, 0]));
  const own = readAgent([
    ofAgent(user(0, 'p1', 'Look.')),
    ofAgent(answer(1, 'a1', 'p1')),
    ofAgent(answer(2, 'a2', 'r1', {}, [1200, 60, 0, 0]), 2),
  ]);

  test.each([
    ['the main file and its own', [main, own]],
    ['its own file first', [own, main]],
    ['the main file alone', [main]],
    ['its own file alone', [own]],
  ])('%s tell each request once, in the sub-agent’s session', (_name, found) => {
    expect(sums(...found)).toMatchObject({ requests: 2, inputTokens: 2200, outputTokens: 160 });
    expect(new Set(found.flatMap(usageIn).map((usage) => usage.sessionId))).toEqual(new Set(['s1.general-call-1']));
  });

  test('both files name a request alike, so that a store keeps one', () => {
    const keysOf = (found: Read) => usageIn(found).map((usage) => [usage.key, usage.data.attemptId, usage.identity]);
    expect(keysOf(main)).toEqual(keysOf(own));
  });

  test('an empty reply that was asked for again, with equal figures, is two requests', () => {
    const retried: Figures = [1000, 1, 400, 0];
    const found = read(told(1, 't1', fromAgent, retried), told(2, 't2', fromAgent, retried));
    expect(sums(found, readAgent([ofAgent(answer(2, 'a1', 'p1', {}, retried))]))).toMatchObject({
      requests: 2,
      inputTokens: 2000,
    });
  });

  test('the session knows its parent, its task and its model, from either file', () => {
    expect(descriptionOf(main, 's1.general-call-1')).toMatchObject({
      parentId: 's1',
      title: 'Look',
      model: 'qwen3-coder-plus',
    });
    const readJson = (path: string) =>
      ({
        'projects/demo/subagents/s1/agent-general-call-1.meta.json': {
          agentId: 'general-call-1',
          model: 'qwen3-coder-plus',
          description: 'Look',
          parentAgentId: 'outer-call-0',
        },
      })[path] ?? null;
    const informed = readAgent([ofAgent(user(0, 'p1', 'Look around.')), ofAgent(answer(1, 'a1', 'p1'))], {
      readJson,
      list: () => [],
    });
    expect(descriptionOf(informed, 's1.general-call-1')).toMatchObject({
      parentId: 's1.outer-call-0',
      title: 'Look',
      model: 'qwen3-coder-plus',
    });
    expect(usageIn(informed)[0]?.data.model).toBe('qwen3-coder-plus');
  });
});

describe('F-beyond: forks', () => {
  const original = [user(0, 'u1', 'Go'), told(1, 't1'), answer(1, 'a1', 't1')];
  const first = original.map((line) => copied(line, 's1', 's2'));
  const second = [...first, told(9, 't2'), answer(9, 'a2', 't2')].map((line) => copied(line, 's2', 's3'));
  const claimsOf = (found: Read) => usageIn(found).map((usage) => usage.identity.claim);

  test('copied lines name the same requests, and say that they are copies; in forks of forks too', () => {
    const found = [read(...original), read(...first), read(...second)];
    expect(sums(...found)).toMatchObject({ requests: 2 });
    expect(found.map(claimsOf)).toEqual([['own'], ['copy'], ['copy', 'copy']]);
    expect(descriptionOf(found[2] as Read, 's3')['forkedFrom']).toBe('s2');
  });

  test('answers without telemetry are recognised as well', () => {
    const [, , reply] = original;
    expect(sums(read(reply as object), read(copied(reply as object, 's1', 's2')))).toMatchObject(one);
  });

  test('a fork holds its parent’s sub-agents’ requests, not the sub-agents', () => {
    const telemetry = told(1, 't1', fromAgent);
    const found = [read(telemetry), read(copied(telemetry, 's1', 's2'))];
    expect(sums(...found)).toMatchObject(one);
    expect(found.flatMap(usageIn).map((usage) => usage.sessionId)).toEqual(['s1.general-call-1', 's2']);
  });
});

test('F1: the documents of early versions are read, with thoughts inside the output', () => {
  const drafts: RowDraft[] = [];
  const tokens = { input: 1000, output: 100, cached: 400, thoughts: 20, tool: 0, total: 1100 };
  const messages = [
    { id: 'm1', timestamp: '2025-11-01T10:00:00Z', type: 'qwen', content: 'Hello.', tokens, model: 'qwen3-coder-plus' },
  ];
  const sink = { row: (draft: RowDraft) => void drafts.push(draft), problem: () => {} };
  const source = { root: '/logs', path: 'tmp/0f3a/chats/session-1.json' };
  qwen.document?.read(
    source,
    { sessionId: 'd1', projectHash: '0f3a', startTime: '2025-11-01T09:59:00Z', messages },
    { readJson: () => null, list: () => [] },
    sink,
  );
  expect(recount(drafts)).toMatchObject(one);
  expect(usageIn({ drafts })[0]).toMatchObject({ sessionId: 'd1', identity: { key: 'qwen:m1', claim: 'own' } });
});

test('F1: a record nobody has seen is counted, and costs nothing', () => {
  const found = read(
    system(1, 'x', 'hologram', {}),
    { type: 'dream', uuid: 'y' },
    told(1, 't1', {}, figures),
    answer(2, 'a1', 't1', callsTool()),
  );
  expect(found.problems).toEqual(['1 unknown_record: system line hologram', '2 unknown_record: record type dream']);
  expect(sums(found)).toMatchObject(one);
});
