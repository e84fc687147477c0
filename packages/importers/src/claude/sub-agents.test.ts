/** Sub-agents of Claude Code: where each version keeps them, and whose they are. */
import { recountByRoot } from '@taffrail/testing';
import { describe, expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import type { JsonObject } from '../json.js';
import { answer, ofKind, prompt, readFiles, readMain } from './fixture-lines.js';

const parentsIn = (drafts: RowDraft[]) =>
  Object.fromEntries(
    ofKind(drafts, 'session.described').flatMap((draft) =>
      draft.data.parentId ? [[draft.sessionId, draft.data.parentId]] : [],
    ),
  );
const sessionsIn = (drafts: RowDraft[]) =>
  Object.fromEntries(ofKind(drafts, 'usage.recorded').map((draft) => [draft.identity.key, draft.sessionId]));
const side = (over: JsonObject = {}): JsonObject => ({ isSidechain: true, ...over });

describe('F-beyond: sub-agents are sessions of their own', () => {
  test('2.1: a file of its own below the session’s folder', () => {
    const sub = answer('s1', 2, { id: 'msg_2', model: 'claude-haiku-5-5' }, side({ agentId: 'af1' }));
    const files = { 'p/main.jsonl': [answer('a1', 1)], 'p/main/subagents/agent-af1.jsonl': [sub] };
    const { drafts } = readFiles(files);
    expect(sessionsIn(drafts)).toEqual({ 'claude:msg_1': 'main', 'claude:msg_2': 'main.af1' });
    expect(parentsIn(drafts)).toEqual({ 'main.af1': 'main' });
    expect(recountByRoot(drafts)).toMatchObject({ main: { requests: 2 } });
  });

  test('2.1: lines without a session id belong to the folder’s session', () => {
    const sub = answer('s1', 2, { id: 'msg_2' }, side({ sessionId: undefined }));
    expect(sessionsIn(readFiles({ 'p/main/subagents/flow/agent-af1.jsonl': [sub] }).drafts)).toEqual({
      'claude:msg_2': 'main.af1',
    });
  });

  test('2.0: a file beside the session’s own', () => {
    const sub = answer('s1', 2, { id: 'msg_2' }, side({ agentId: '0a1b2c3d' }));
    const { drafts } = readFiles({ 'p/agent-0a1b2c3d.jsonl': [sub], 'p/main.jsonl': [answer('a1', 1)] });
    expect(parentsIn(drafts)).toEqual({ 'main.0a1b2c3d': 'main' });
    expect(recountByRoot(drafts)).toMatchObject({ main: { requests: 2 } });
  });

  test('2.0: warm-up requests count, in a session that has no other lines', () => {
    const warmup = [
      prompt('u1', 0, 'Warmup', side({ sessionId: 'phantom', agentId: '0a1b2c3d' })),
      answer('s1', 1, { id: 'msg_2' }, side({ sessionId: 'phantom', agentId: '0a1b2c3d' })),
    ];
    const { drafts } = readFiles({ 'p/agent-0a1b2c3d.jsonl': warmup, 'p/phantom.jsonl': '' });
    expect(recountByRoot(drafts)).toMatchObject({ phantom: { requests: 1 } });
  });

  test('1.0: inside the session’s own file, two at once, each its own chain of lines', () => {
    const chain = (name: string, after: number) => [
      prompt(`${name}1`, after, `Look at ${name}.`, side({ parentUuid: null })),
      answer(`${name}2`, after + 1, { id: `msg_${name}1` }, side({ parentUuid: `${name}1` })),
      answer(`${name}3`, after + 2, { id: `msg_${name}2` }, side({ parentUuid: `${name}2` })),
    ];
    const [one, two] = [chain('x', 2), chain('y', 2)];
    const lines = [answer('a1', 1), one[0], two[0], two[1], one[1], one[2], two[2]].filter(
      (line) => line !== undefined,
    );
    const { drafts } = readMain(...lines);
    expect(sessionsIn(drafts)).toEqual({
      'claude:msg_1': 'main',
      'claude:msg_x1': 'main.x1',
      'claude:msg_x2': 'main.x1',
      'claude:msg_y1': 'main.y1',
      'claude:msg_y2': 'main.y1',
    });
    expect(parentsIn(drafts)).toEqual({ 'main.x1': 'main', 'main.y1': 'main' });
  });

  test('the tool result names the session that did the work', () => {
    const block = { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'Three lines.' }] };
    const toolUseResult = { status: 'completed', agentId: 'af1', totalDurationMs: 1382 };
    const { drafts } = readMain(prompt('u2', 2, [block], { toolUseResult }));
    expect(ofKind(drafts, 'item.recorded')[0]?.data).toMatchObject({
      childSessionId: 'main.af1',
      durationMs: 1382,
      text: 'Three lines.',
    });
  });

  test('a sub-agent’s prompt begins its own turn and titles its own session', () => {
    const { drafts } = readMain(prompt('u1', 0, 'Delegate.'), prompt('s1', 1, 'Look.', side({ parentUuid: null })));
    const titles = ofKind(drafts, 'session.described').flatMap(({ sessionId, data }) =>
      data.title ? [[sessionId, data.title]] : [],
    );
    expect(titles).toEqual([
      ['main', 'Delegate.'],
      ['main.s1', 'Look.'],
    ]);
    expect(ofKind(drafts, 'turn.started').map((draft) => draft.turnId)).toEqual(['u1', 's1']);
  });
});
