/** Log files handed in one by one. A shorter log never replaces a longer one; what is refused fails the command. */
import { resolve } from 'node:path';
import { importFile } from '@taffrail/server';
import type { ImportReport } from '@taffrail/wire';
import { Failure } from '../failure.js';
import type { ImportJob } from './import.js';

export async function importFiles(
  { terminal, store, agents, stop }: ImportJob,
  files: readonly string[],
): Promise<ImportReport> {
  const startedAt = terminal.now();
  const reports: ImportReport[] = [];
  for (const file of files) {
    stop.throwIfAborted();
    const outcome = await importFile({ store, path: resolve(terminal.cwd, file), agent: agents[0], now: terminal.now });
    if (outcome.refused) throw new Failure(`${file}: ${outcome.refused.detail}`);
    reports.push(outcome.report);
  }
  const sum = (figure: (report: ImportReport) => number) =>
    reports.reduce((total, report) => total + figure(report), 0);
  return {
    files: sum((report) => report.files),
    bytes: sum((report) => report.bytes),
    sessions: sum((report) => report.sessions),
    requests: sum((report) => report.requests),
    skippedLines: sum((report) => report.skippedLines),
    durationMs: terminal.now() - startedAt,
    problems: reports.flatMap((report) => report.problems),
  };
}
