/** What the server and its import worker say to each other. */
import type { ImportReport } from '@taffrail/wire';
import type { LogQuestion } from './agent-logs.js';
import type { ImportProgress } from './run-import.js';

export interface WorkerSetup {
  databasePath: string;
  importHome: string;
  agents: readonly string[];
  watch: boolean;
}

export type WorkerOrder = { type: 'run' } | { type: 'stop' } | { type: 'read'; id: number; question: LogQuestion };

export type WorkerNews =
  | { type: 'progress'; progress: ImportProgress }
  | { type: 'changed'; sessionIds: string[] }
  | { type: 'imported'; report: ImportReport }
  | { type: 'indexing'; pendingRows: number }
  | { type: 'idle' }
  /** The logs that somebody asked for are read. */
  | { type: 'read'; id: number }
  /** A task ended early: what it had committed stays. */
  | { type: 'failed'; message: string }
  | { type: 'problem'; message: string };
