/** Whatever stands in Claude Code's logs: never a throw, nothing valid lost, every problem counted. */
import { recount } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { expectStorable, patienceMs, seed, settings, spoiled } from '../hostile-log.js';
import type { JsonObject } from '../json.js';
import { answer, type Found, ofKind, prompt, readFiles, usage } from './fixture-lines.js';

/** A conversation of every kind of line that counts. */
const conversation: JsonObject[] = [
  { type: 'queue-operation', operation: 'enqueue', timestamp: '2026-11-20T08:59:59.000Z', sessionId: 'main' },
  prompt('u1', 0),
  answer('a1', 1, { content: [{ type: 'thinking', thinking: 'Hm.' }], stop: 'tool_use' }),
  answer('a2', 1, {
    content: [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } }],
    stop: 'tool_use',
  }),
  prompt('u2', 2, [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a' }], { toolUseResult: { stdout: 'a' } }),
  answer('a3', 3, { id: 'msg_2', usage: usage({ output_tokens: 40 }) }),
  answer('s1', 3, { id: 'msg_3' }, { isSidechain: true, agentId: 'af1' }),
  { type: 'system', subtype: 'compact_boundary', uuid: 'c1', sessionId: 'main', compactMetadata: { preTokens: 5 } },
  prompt('u3', 4, 'What was done.', { isCompactSummary: true }),
  { type: 'system', subtype: 'api_error', uuid: 'e1', sessionId: 'main', error: { status: 529, message: 'x' } },
  { type: 'cost-state', sessionId: 'main', modelUsage: { m: { inputTokens: 1, outputTokens: 2 } } },
  { type: 'custom-title', customTitle: 'Demo', sessionId: 'main' },
];
const whole = answer('w1', 9, { id: 'msg_whole' });
const wholeText = JSON.stringify(whole);

/** What was found must be fit to be stored, and each problem has its words and line. */
function expectSound({ drafts, problems }: Found): void {
  expectStorable(drafts);
  expect(problems.every((problem) => problem.message !== '' && problem.line > 0)).toBe(true);
}

const attemptsIn = (drafts: RowDraft[]) => ofKind(drafts, 'usage.recorded').map((draft) => draft.data.attemptId);

const spoiledLine = fc.oneof(...conversation.map((line) => spoiled(JSON.stringify(line))));

test(
  `wrong types anywhere, at any depth (seed ${seed})`,
  () => {
    fc.assert(
      fc.property(fc.array(spoiledLine, { maxLength: 8 }), (lines) => {
        const found = readFiles({ 'p/main.jsonl': [...lines, wholeText, ''].join('\n') });
        expectSound(found);
        expect(attemptsIn(found.drafts)).toContain('msg_whole');
      }),
      { ...settings, numRuns: 150 },
    );
  },
  patienceMs,
);

test(
  `cut anywhere, with another line behind the cut (seed ${seed})`,
  () => {
    const text = conversation.map((line) => JSON.stringify(line)).join('\n');
    const lines = text.split('\n');
    fc.assert(
      fc.property(fc.nat(text.length), fc.constantFrom('', '\n', '\0\0\0', '\r\n'), (cut, between) => {
        const torn = text.slice(0, cut);
        const found = readFiles({ 'p/main.jsonl': `${torn}${between}${wholeText}\n` });
        expectSound(found);
        const kept = lines.slice(0, torn.split('\n').length - 1).join('\n');
        const expected = recount(readFiles({ 'p/main.jsonl': `${kept}\n${wholeText}\n` }).drafts);
        const { requests } = recount(found.drafts);
        // The line that was cut may have been whole already.
        expect([expected.requests, expected.requests + 1]).toContain(requests);
        expect(attemptsIn(found.drafts)).toContain('msg_whole');
      }),
      { ...settings, numRuns: 300 },
    );
  },
  patienceMs,
);

test(
  `bytes that are no text, between whole lines (seed ${seed})`,
  () => {
    const rubbish = fc
      .uint8Array({ maxLength: 200 })
      .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x22)));
    fc.assert(
      fc.property(fc.array(rubbish, { maxLength: 6 }), (parts) => {
        const text = parts.map((part) => part.toString('utf8').replaceAll('\n', ' ')).join(`\n${wholeText}\n`);
        const found = readFiles({ 'p/main.jsonl': `${text}\n${wholeText}\n` });
        expectSound(found);
        expect(recount(found.drafts)).toMatchObject({ requests: 1, inputTokens: 1010, outputTokens: 100 });
      }),
      settings,
    );
  },
  patienceMs,
);

test(
  `lines of several sessions interleaved, repeated and reordered (seed ${seed})`,
  () => {
    const lines = ['main', 'other', '__proto__'].flatMap((sessionId) =>
      conversation.map((line) => ({
        ...line,
        sessionId,
        ...('message' in line ? { message: renamed(line['message'] as JsonObject, sessionId) } : {}),
      })),
    );
    const expected = recount(readFiles({ 'p/main.jsonl': lines }).drafts);
    const order = fc.shuffledSubarray([...lines, ...lines], { minLength: lines.length * 2 });
    fc.assert(
      fc.property(order, (shuffled) => {
        const found = readFiles({ 'p/main.jsonl': shuffled });
        expectSound(found);
        expect(recount(found.drafts)).toEqual(expected);
        expect(found.problems).toEqual([]);
      }),
      { ...settings, numRuns: 50 },
    );
  },
  patienceMs,
);

function renamed(message: JsonObject, sessionId: string): JsonObject {
  return 'id' in message ? { ...message, id: `${String(message['id'])}_${sessionId}` } : message;
}
