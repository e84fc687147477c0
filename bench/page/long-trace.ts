/** A session of one turn that ran here and left five thousand spans, written into an archive that may hold it already. */
import { join } from 'node:path';
import { type NewRow, openSqlite } from '@taffrail/store';

export const tracedSession = 'bench-long-turn';
const steps = 2_500;
/** The turn, and of each step the request and its call. */
export const tracedSpans = 1 + 2 * steps;
export const tracedTurn = 'long-turn';

const startedAt = Date.UTC(2026, 0, 1);
const stepMs = 4_000;
const turnId = tracedTurn;
const batchSteps = 100;

/** Told again it changes nothing. */
export async function fillTrace(dataDir: string): Promise<void> {
  const store = openSqlite({ path: join(dataDir, 'taffrail.db'), now: Date.now });
  const append = { sessionId: tracedSession, agent: 'taffrail', origin: 'live', mappingVersion: 0 } as const;
  const say = (rows: NewRow[]) => store.commit({ appends: [{ ...append, rows }], index: 'later' });
  const asked = { type: 'message', role: 'user', author: 'human', text: 'Go through all of it' } as const;
  const endedAt = startedAt + steps * stepMs;
  try {
    await say([
      { key: 'turn', at: startedAt, turnId, kind: 'turn.started', data: { runGen: 1 } },
      { key: 'asked', at: startedAt, turnId, kind: 'item.recorded', data: asked },
    ]);
    for (let step = 0; step < steps; step += batchSteps)
      await say(Array.from({ length: batchSteps }, (_, index) => stepRows(step + index)).flat());
    await say([{ key: 'end', at: endedAt, turnId, kind: 'turn.completed', data: { outcome: 'complete' } }]);
  } finally {
    await store.close();
  }
}

/** A request that calls a tool, and the call. */
function stepRows(step: number): NewRow[] {
  const at = startedAt + step * stepMs;
  const [attemptId, callId] = [`request-${step}`, `call-${step}`];
  const name = ['read', 'grep', 'run_command'][step % 3] ?? 'read';
  const row = (key: string, afterMs: number) => ({ key, at: at + afterMs, turnId, step });
  const output = `line of ${callId}\n`.repeat(40);
  const tokens = { inputTokens: 20_000, outputTokens: 200, cacheReadTokens: 18_000, cacheWriteTokens: 1_000 };
  const request = { attemptId, model: 'claude-sonnet-4-5', provider: 'anthropic', final: true, ...tokens };
  const call = { type: 'tool_call', callId, name, text: `{"path":"src/file-${step}.ts"}` } as const;
  const result = { type: 'tool_result', callId, status: 'ok', text: output, durationMs: 1_400 } as const;
  const model = { spanId: attemptId, parentId: turnId, kind: 'model', name: request.model, keyId: 'main' } as const;
  const sizes = { inputBytes: call.text.length, outputBytes: output.length };
  return [
    { ...row(`span:${attemptId}`, 0), kind: 'span.started', data: model },
    { ...row(`call:${callId}`, 2_000), kind: 'item.recorded', data: call },
    {
      ...row(`usage:${attemptId}`, 2_100),
      kind: 'usage.recorded',
      identity: { key: attemptId, claim: 'own' },
      data: { ...request, cacheWrite1hTokens: null, reasoningTokens: null },
    },
    {
      ...row(`span:${attemptId}:end`, 2_100),
      kind: 'span.finished',
      data: { spanId: attemptId, status: 'ok', firstContentMs: 700 },
    },
    {
      ...row(`span:${callId}`, 2_200),
      kind: 'span.started',
      data: { spanId: callId, parentId: turnId, kind: 'tool', name, callId },
    },
    { ...row(`result:${callId}`, 3_600), kind: 'item.recorded', data: result },
    { ...row(`span:${callId}:end`, 3_600), kind: 'span.finished', data: { spanId: callId, status: 'ok', ...sizes } },
  ];
}
