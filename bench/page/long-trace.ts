/** Sessions that ran here and left five thousand spans, written into an archive that may hold them already. */
import { join } from 'node:path';
import { type NewRow, openSqlite, type Store } from '@taffrail/store';

interface Traced {
  id: string;
  turns: number;
  /** A request and its call, in each turn. */
  steps: number;
}

export const manyTurns: Traced = { id: 'bench-turns', turns: 200, steps: 12 };
/** A trace is told once it stands, and this turn's own span, the first of it, stands with the last row. */
export const oneTurn: Traced = { id: 'bench-turn', turns: 1, steps: 2_500 };

export const spansOf = ({ turns, steps }: Traced): number => turns * (1 + 2 * steps);
export const firstTurnOf = ({ id }: Traced): string => `${id}-0`;

/** Told again it changes nothing. */
export async function fillTraces(dataDir: string): Promise<void> {
  const store = openSqlite({ path: join(dataDir, 'taffrail.db'), now: Date.now });
  try {
    for (const traced of [manyTurns, oneTurn]) await fill(store, traced);
  } finally {
    await store.close();
  }
}

const startedAt = Date.UTC(2026, 0, 1);
const stepMs = 4_000;

async function fill(store: Store, { id, turns, steps }: Traced): Promise<void> {
  const append = { sessionId: id, agent: 'taffrail', origin: 'live', mappingVersion: 0 } as const;
  for (let turn = 0; turn < turns; turn += 1) {
    const rows = turnRows(`${id}-${turn}`, startedAt + turn * (steps + 5) * stepMs, steps);
    await store.commit({ appends: [{ ...append, rows }], index: 'later' });
  }
}

function turnRows(turnId: string, at: number, steps: number): NewRow[] {
  const asked = { type: 'message', role: 'user', author: 'human', text: `Go through all of ${turnId}` } as const;
  const endedAt = at + steps * stepMs;
  return [
    { key: `turn:${turnId}`, at, turnId, kind: 'turn.started', data: { runGen: 1 } },
    { key: `asked:${turnId}`, at, turnId, kind: 'item.recorded', data: asked },
    ...Array.from({ length: steps }, (_, step) => stepRows(turnId, step, at + step * stepMs)).flat(),
    { key: `turn:${turnId}:end`, at: endedAt, turnId, kind: 'turn.completed', data: { outcome: 'complete' } },
  ];
}

/** A request that calls a tool, and the call. */
function stepRows(turnId: string, step: number, at: number): NewRow[] {
  const [attemptId, callId] = [`${turnId}-request-${step}`, `${turnId}-call-${step}`];
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
