/** `taffrail show ID --trace`: when everything in a session happened, its sub-agents' doings too. */
import { type Archive, Traces } from '@taffrail/server';
import { spanForest } from '@taffrail/session';
import { waterfallLines } from '../format/waterfall.js';
import type { Terminal } from '../terminal.js';

export async function showTrace(archive: Archive, id: string, terminal: Terminal, asJson: boolean): Promise<void> {
  const traces = new Traces(archive.store.queries, await archive.prices());
  const { spans, sessions } = await traces.whole(id);
  if (asJson) return terminal.out(`${JSON.stringify({ spans, sessions }, null, 2)}\n`);
  const { columns, colours, now } = terminal;
  const title = sessions.find((session) => session.id === id)?.title ?? 'Untitled';
  await terminal.out(`${colours.bold(title)}\n`);
  for (const line of waterfallLines(spanForest(spans, id), { columns, colours, now: now() })) await terminal.out(line);
  await terminal.out(
    `\n${colours.dim('█ model  ▓ tool  ░ waiting  ─ agent  × came to nothing  ≈ inferred from the log')}\n`,
  );
}
