/** What hosted agents use: from the log that they write themselves, and each request once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toDo } from '@taffrail/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostBench } from './bench-for-tests.js';

let bench: HostBench;
beforeEach(() => {
  bench = new HostBench();
});
afterEach(() => bench.close());

const request = (id: string, input: number, output: number) => ({ request: { id, input, output, text: id } });

/** Everything that anybody counts. */
async function counted(): Promise<{ requests: number; input: number }> {
  const sessions = await bench.sessions();
  return {
    requests: sessions.reduce((sum, { requests }) => sum + requests, 0),
    input: sessions.reduce((sum, { input_tokens }) => sum + (input_tokens ?? 0), 0),
  };
}

describe('usage of a hosted agent', () => {
  it('A-beyond: comes from its own log, to the turn and step, before the turn ends', async () => {
    const sessionId = await bench.session('claude');
    const first = await bench.done(
      sessionId,
      toDo(
        { say: 'Look.' },
        request('msg_1', 100, 10),
        { call: { title: 'Run ls' } },
        { say: 'Done.' },
        { wait: 100 },
        request('msg_2', 120, 20),
      ),
    );
    expect(first.state.turns.get(first.turnId)?.throughput).toMatchObject({
      model: 'claude-sonnet-4-5',
      requests: 2,
      inputTokens: 220,
      outputTokens: 30,
    });
    expect([...first.state.requests.values()].map(({ turnId }) => turnId)).toEqual([first.turnId, first.turnId]);
    const second = await bench.done(sessionId, toDo({ say: 'More.' }, request('msg_3', 5, 1)));
    expect(second.state.turns.get(second.turnId)?.throughput).toMatchObject({ requests: 1, inputTokens: 5 });
    expect(second.state.totals).toMatchObject({ requests: 3, inputTokens: 225, outputTokens: 31 });
    const steps = (await bench.rows(sessionId)).flatMap((row) => (row.kind === 'usage.recorded' ? [row.step] : []));
    expect(steps).toEqual([0, 1, 0]);
  });

  it('A-beyond: is counted once, however often the log is imported, and the session is listed once', async () => {
    const sessionId = await bench.session('claude');
    await bench.done(sessionId, toDo({ say: 'Hi.' }, request('msg_1', 100, 10)));
    await bench.import();
    await bench.import();
    expect(await counted()).toEqual({ requests: 1, input: 100 });
    const sessions = await bench.sessions();
    expect(sessions.filter(({ requests, item_count }) => requests > 0 || item_count > 0)).toMatchObject([
      { id: sessionId, agent: 'claude', origin: 'live' },
    ]);
  });

  it('A-beyond: what is written late is taken up when it comes', async () => {
    const sessionId = await bench.session('claude');
    const { state, turnId } = await bench.done(sessionId, toDo({ say: 'Hi.' }));
    const nativeId = state.description.hosted?.sessionId ?? '';
    expect(state.requests.size).toBe(0);
    writeLog(nativeId, 'msg_late', Date.now());
    await bench.import();
    const after = await bench.state(sessionId);
    expect([...after.requests.values()]).toMatchObject([{ turnId, inputTokens: 7 }]);
  });

  it('A-beyond: work that goes on in the agent’s own terminal is a session of its own, which goes on from the hosted one', async () => {
    const sessionId = await bench.session('claude');
    const { state } = await bench.done(sessionId, toDo({ say: 'Hi.' }, request('msg_1', 100, 10)));
    const nativeId = state.description.hosted?.sessionId ?? '';
    writeLog(nativeId, 'msg_elsewhere', Date.now() + 3_600_000);
    await bench.import();
    expect(await counted()).toEqual({ requests: 2, input: 107 });
    const own = (await bench.sessions()).find(({ id }) => id === nativeId);
    expect(own).toMatchObject({ origin: 'imported', requests: 1, item_count: 1, forked_from: sessionId });
  });

  it('A-beyond: a sub-agent of a hosted turn counts its own, under the session that hosts it', async () => {
    const sessionId = await bench.session('claude');
    const { state } = await bench.done(sessionId, toDo({ say: 'Hi.' }, request('msg_1', 100, 10), { wait: 1_500 }));
    const nativeId = state.description.hosted?.sessionId ?? '';
    const at = Date.parse([...state.turns.values()][0]?.startedAt ?? '') + 500;
    writeLog(nativeId, 'msg_side', at, 'agent-a1b2c3d4');
    await bench.import();
    const child = (await bench.sessions()).find(({ parent_id }) => parent_id !== null);
    expect(child).toMatchObject({ parent_id: sessionId, requests: 1, input_tokens: 7 });
    expect(await counted()).toEqual({ requests: 2, input: 107 });
  });

  it('A-beyond: of an agent whose log nobody knows it is what the answer says, one record a prompt, or missing', async () => {
    const sessionId = await bench.session('plain');
    const usage = { totalTokens: 130, inputTokens: 100, outputTokens: 10, cachedReadTokens: 20 };
    const { state } = await bench.done(sessionId, toDo({ say: 'Hi.' }, { usage }));
    expect([...state.requests.values()]).toMatchObject([
      { inputTokens: 120, outputTokens: 10, cacheReadTokens: 20, cacheWriteTokens: null, reasoningTokens: null },
    ]);
    const { state: after } = await bench.done(sessionId, toDo({ say: 'Hi again.' }));
    expect([...after.requests.values()].at(-1)).toMatchObject({ inputTokens: null, outputTokens: null });
    expect(after.totals).toMatchObject({ requests: 1, inputTokens: 120 });
    const { state: last } = await bench.done(
      sessionId,
      toDo({ usage: { totalTokens: 3, inputTokens: 100, outputTokens: 10 } }),
    );
    expect([...last.requests.values()].at(-1)).toMatchObject({ inputTokens: null, outputTokens: null });
  });

  it('H6: a budget that is spent stops the next prompt', async () => {
    const sessionId = await bench.session('claude');
    bench.budgets = { ...bench.budgets, session: { tokens: 50 } } as typeof bench.budgets;
    const first = await bench.done(sessionId, toDo({ say: 'Hi.' }, request('msg_1', 100, 10)));
    expect(first.state.turns.get(first.turnId)?.outcome).toBe('complete');
    const second = await bench.done(sessionId, 'more');
    expect(second.state.turns.get(second.turnId)).toMatchObject({ outcome: 'failed' });
    expect(second.state.turns.get(second.turnId)?.reason).toContain('budget');
  });
});

/** A request of 7 and 1 tokens in the log of Claude Code; `side`: in that of a sub-agent. */
function writeLog(sessionId: string, id: string, at: number, side?: string): void {
  const folder = join(bench.home, '.claude', 'projects', '-fake-project');
  const base = { sessionId, cwd: bench.project, version: '2.1.0', isSidechain: side !== undefined };
  const usage = { input_tokens: 7, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
  const content = [{ type: 'text', text: id }];
  const message = { id, role: 'assistant', model: 'claude-sonnet-4-5', content, stop_reason: 'end_turn', usage };
  const place = {
    type: 'assistant',
    uuid: `${id}-line`,
    requestId: `req_${id}`,
    timestamp: new Date(at).toISOString(),
  };
  const agentId = side === undefined ? {} : { agentId: side.replace('agent-', '') };
  const path =
    side === undefined
      ? join(folder, `${sessionId}-more.jsonl`)
      : join(folder, sessionId, 'subagents', `${side}.jsonl`);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ ...base, ...agentId, ...place, message })}\n`);
}
