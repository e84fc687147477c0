/** Sessions that ran here, written straight into an archive: so many tabs, one of them very long. */
import { join } from 'node:path';
import { type NewRow, openSqlite, type Store } from '@taffrail/store';
import type { Item } from '@taffrail/wire';

const itemsPerTurn = 10;
const shortItems = 40;
const startedAt = Date.UTC(2026, 0, 1);

export const longSession = 'tab-0';
/** What the last item of the long session says. */
export const lastWords = 'These are the last words of the long session.';

/** `tabs` open sessions, the first of them with `items` items. */
export async function fillArchive(dataDir: string, { tabs, items }: { tabs: number; items: number }): Promise<void> {
  const store = openSqlite({ path: join(dataDir, 'taffrail.db'), now: Date.now });
  for (let tab = 0; tab < tabs; tab += 1) await fill(store, tab, tab === 0 ? items : shortItems);
  await store.close();
}

async function fill(store: Store, tab: number, items: number): Promise<void> {
  const sessionId = `tab-${tab}`;
  const described: NewRow = {
    key: 'described',
    at: startedAt,
    kind: 'session.described',
    data: { title: `Session ${tab}`, cwd: '/tmp', model: 'main/claude-sonnet-4-5' },
  };
  for (let from = 0; from < items; from += 100 * itemsPerTurn) {
    const turns = Array.from(
      { length: Math.min(100, (items - from) / itemsPerTurn) },
      (_, at) => from / itemsPerTurn + at,
    );
    const rows = turns.flatMap((turn) => rowsOf(turn, (turn + 1) * itemsPerTurn >= items));
    const append = { sessionId, agent: 'taffrail', origin: 'live', mappingVersion: 0 } as const;
    await store.commit({ appends: [{ ...append, rows: from === 0 ? [described, ...rows] : rows }], index: 'later' });
  }
  await store.arrange(sessionId, { open: true, position: tab + 1 });
}

/** A turn as agents make them: a question, some thinking, calls with their results, an answer. */
function rowsOf(turn: number, isLast: boolean): NewRow[] {
  const turnId = `turn-${turn}`;
  const at = startedAt + turn * 60_000;
  const row = (key: string, data: Item, step: number): NewRow => ({
    key: `${turnId}:${key}`,
    at: at + step * 1_000,
    turnId,
    step,
    kind: 'item.recorded',
    data,
  });
  const calls = [0, 1, 2].flatMap((call) => [
    row(
      `call-${call}`,
      { type: 'tool_call', callId: `${turnId}-${call}`, name: 'read', text: `{"path":"src/file-${call}.ts"}` },
      call,
    ),
    row(
      `result-${call}`,
      { type: 'tool_result', callId: `${turnId}-${call}`, status: 'ok', text: `${line(turn)}\n`.repeat(12) },
      call,
    ),
  ]);
  const said = (text: string, author: 'human' | 'model'): Item => ({
    type: 'message',
    role: author === 'human' ? 'user' : 'assistant',
    author,
    text,
  });
  return [
    { key: `turn:${turnId}`, at, turnId, kind: 'turn.started', data: { runGen: 1 } },
    row('asked', said(`Question ${turn}: ${line(turn)}`, 'human'), 0),
    row('thought', { type: 'reasoning', text: line(turn).repeat(4) }, 0),
    ...calls,
    row('answer', said(answer(turn), 'model'), 3),
    row('end', said(isLast ? lastWords : `Turn ${turn} is done.`, 'model'), 3),
    { key: `end:${turnId}`, at: at + 9_000, turnId, kind: 'turn.completed', data: { outcome: 'complete' } },
  ];
}

const line = (turn: number) => `what the agent has found in place ${turn}, and what is to be said about it. `;

function answer(turn: number): string {
  const list = [1, 2, 3].map((point) => `- **Point ${point}**: ${line(turn)}with \`code\``).join('\n');
  return `## Answer ${turn}\n\n${line(turn).repeat(3)}\n\n${list}\n\n\`\`\`ts\nexport const place${turn} = ${turn};\nexport function found(): number {\n  return place${turn};\n}\n\`\`\`\n`;
}
