/** `taffrail export`: one session as a file, piece by piece. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Archive, findSession, itemPages, readRows, sessionUsage, UsageError } from '@taffrail/server';
import { type ExportFormat, exportSession } from '@taffrail/session';
import { archiveNeeded } from '../archive/open.js';
import { type FoundId, sessionNamed } from '../archive/session-ids.js';
import type { Setting } from '../program.js';
import { type OtlpOptions, otlpPieces, sendSpans } from './export-otlp.js';

export interface ExportOptions extends OtlpOptions {
  format: ExportFormat | 'jsonl' | 'otlp';
  output?: string;
  full?: true;
}

export async function exportCommand(setting: Setting, id: string, options: ExportOptions): Promise<void> {
  await archiveNeeded(setting, async (archive) => {
    const found = await sessionNamed(archive.store, id);
    if (options.endpoint !== undefined) {
      if (options.format !== 'otlp') throw new UsageError('--endpoint goes with --format otlp');
      const count = await sendSpans(archive, found.id, {
        ...options,
        endpoint: options.endpoint,
        env: setting.terminal.env,
      });
      return setting.terminal.out(`${count} spans sent\n`);
    }
    const pieces = await piecesOf(archive, found, options);
    if (options.output) return pipeline(pieces, createWriteStream(options.output));
    for await (const piece of pieces) await setting.terminal.out(piece);
  });
}

async function piecesOf(archive: Archive, found: FoundId, options: ExportOptions): Promise<AsyncGenerator<string>> {
  const { format, full = false } = options;
  if (format === 'jsonl') return logLines(archive, found);
  if (format === 'otlp') return otlpPieces(archive, found.id, options);
  return transcriptOf(archive, found, format, full);
}

async function transcriptOf(
  archive: Archive,
  { id, num }: FoundId,
  format: ExportFormat,
  whole: boolean,
): Promise<AsyncGenerator<string>> {
  const prices = await archive.prices();
  const session = await findSession(archive.store.queries, prices, id);
  if (!session) throw new Error(`the session ${id} is gone`);
  const usage = await sessionUsage(archive.store.queries, prices, num);
  return exportSession(format, { session, usage }, itemPages(archive.store.queries, num, { whole }));
}

const rowsPerRead = 1_000;

async function* logLines({ store }: Archive, { num }: FoundId): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const rows = await readRows(store.queries, num, after, rowsPerRead);
    const last = rows.at(-1);
    if (!last) return;
    after = last.seq;
    yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  }
}
