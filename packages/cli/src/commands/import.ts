/** `taffrail import`: reads the agents' logs, then indexes their text. Usage is answerable before the index is done. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { dataHome, runImport, type Store } from '@taffrail/server';
import type { ImportReport } from '@taffrail/wire';
import { agentFrom } from '../archive/filter.js';
import { Failure } from '../failure.js';
import { importProgress, indexProgress } from '../format/progress.js';
import type { Setting } from '../program.js';
import type { Terminal } from '../terminal.js';
import { importFiles } from './import-files.js';
import { follow } from './import-follow.js';
import { reportText } from './import-report.js';

export interface ImportOptions {
  home?: string;
  agent: string[];
  watch?: true;
  json?: true;
}

/** What one import works with. */
export interface ImportJob {
  terminal: Terminal;
  store: Store;
  home: string;
  agents: string[];
  stop: AbortSignal;
}

export async function importCommand(
  { terminal, dataDir }: Setting,
  files: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const agents = options.agent.map(agentFrom);
  const stop = terminal.untilStopped();
  const store = dataHome(dataDir, terminal.env).openStore();
  const home = options.home === undefined ? homedir() : resolve(terminal.cwd, options.home);
  const job = { terminal, store, home, agents, stop };
  try {
    const report = files.length > 0 ? await importFiles(job, files) : await importLogs(job);
    await indexText(job);
    await terminal.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, terminal));
    if (options.watch) await follow(job);
  } catch (error) {
    if (stop.aborted) throw new Failure('stopped; what was read is kept, and the next import goes on from there');
    throw error;
  } finally {
    await store.close();
  }
}

async function importLogs({ terminal, store, home, agents, stop }: ImportJob): Promise<ImportReport> {
  const progress = importProgress(terminal);
  try {
    return await runImport({
      store,
      surroundings: { home, env: terminal.env },
      agents,
      index: 'later',
      now: terminal.now,
      signal: stop,
      onProgress: (state) => progress.moved(state),
    });
  } finally {
    progress.ended();
  }
}

/** Ends when the index has caught up. Each step is a transaction of its own, so that stopping loses nothing. */
async function indexText({ terminal, store, stop }: ImportJob): Promise<void> {
  const pending = await store.pendingRows();
  if (pending === 0) return;
  const progress = indexProgress(terminal, pending);
  try {
    for (let done = 0, rows = await store.indexNext(); rows > 0; rows = await store.indexNext()) {
      done += rows;
      progress.moved(done);
      await new Promise((resume) => setImmediate(resume));
      stop.throwIfAborted();
    }
  } finally {
    progress.ended();
  }
}
