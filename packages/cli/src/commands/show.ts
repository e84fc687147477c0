/** `taffrail show`: one session in the terminal. */
import { findSession, itemPages, sessionUsage } from '@taffrail/server';
import { exportSession, transcript } from '@taffrail/session';
import { archiveNeeded } from '../archive/open.js';
import { sessionNamed } from '../archive/session-ids.js';
import { terminalFormat } from '../format/transcript.js';
import type { Setting } from '../program.js';
import { showTrace } from './show-trace.js';

export interface ShowOptions {
  full?: true;
  json?: true;
  trace?: true;
}

export async function showCommand(setting: Setting, id: string, options: ShowOptions): Promise<void> {
  const { terminal } = setting;
  await archiveNeeded(setting, async (archive) => {
    const { store, prices } = archive;
    const { num, id: whole } = await sessionNamed(store, id);
    if (options.trace) return showTrace(archive, whole, terminal, options.json ?? false);
    const table = await prices();
    const session = await findSession(store.queries, table, whole);
    if (!session) throw new Error(`the session ${whole} is gone`);
    const head = { session, usage: await sessionUsage(store.queries, table, num) };
    const full = options.full ?? false;
    const look = { columns: terminal.columns, colours: terminal.colours, full };
    const pages = itemPages(store.queries, num, { whole: full });
    const pieces = options.json ? exportSession('json', head, pages) : transcript(terminalFormat(look), head, pages);
    for await (const piece of pieces) await terminal.out(piece);
  });
}
