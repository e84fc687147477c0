/** An archive that somebody writes to while it is measured. */
import { join } from 'node:path';
import { openSqlite, type SessionAppend } from '@taffrail/store';

/** `use` gets what changes the log of the archive in `dataDir`. */
export async function changing<Result>(
  dataDir: string,
  use: (change: () => Promise<unknown>) => Promise<Result>,
): Promise<Result> {
  const store = openSqlite({ path: join(dataDir, 'taffrail.db'), now: Date.now });
  let requests = 0;
  try {
    return await use(() => {
      requests += 1;
      return store.commit({ appends: [oneRequest(`${Date.now()}-${requests}`)], index: 'now' });
    });
  } finally {
    await store.close();
  }
}

/** Another request of a session that no corpus has. */
function oneRequest(attemptId: string): SessionAppend {
  const usage = { inputTokens: 1_000, outputTokens: 100, cacheReadTokens: 500, cacheWriteTokens: 0 };
  const data = {
    attemptId,
    model: 'gpt-5.5',
    provider: 'openai',
    ...usage,
    cacheWrite1hTokens: null,
    reasoningTokens: null,
    final: true,
  };
  const identity = { key: attemptId, claim: 'own' } as const;
  const row = { kind: 'usage.recorded', key: `usage:${attemptId}`, at: Date.now(), identity, data } as const;
  return { sessionId: 'bench', agent: 'codex', origin: 'imported', mappingVersion: 1, rows: [row] };
}
