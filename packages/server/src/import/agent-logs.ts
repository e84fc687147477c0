/** The logs that hosted agents write themselves: read at once where somebody waits for what stands in them. */
import { homedir } from 'node:os';
import { importers } from '@taffrail/importers';
import type { CommitResult, Store } from '@taffrail/store';
import { importSince } from './run-import.js';

export interface LogQuestion {
  agent: string;
  /** The environment that the agent runs in: it says where its logs are. */
  env: Readonly<Record<string, string>>;
  /** Only what was written since, in milliseconds since 1970. */
  since: number;
}

export interface AgentLogs {
  /** Whether the logs of this agent can be read. */
  knows(agent: string): boolean;
  /** Resolves once they are, or after a while: what is read later is found later. */
  read(question: LogQuestion): Promise<void>;
}

const patienceMs = 5_000;

/** The same without an import that runs beside it. */
export function agentLogsOf(store: Store, failed: (message: string) => void): AgentLogs {
  return { knows: isKnown, read: (question) => inTime(readLogs(store, question), failed) };
}

export function isKnown(agent: string): boolean {
  return importers.some((importer) => importer.agent === agent);
}

/** Imports what the agent has written since. */
export function readLogs(
  store: Store,
  { agent, env, since }: LogQuestion,
  onCommit: (result: CommitResult) => void = () => undefined,
): Promise<void> {
  const surroundings = { home: env['HOME'] ?? homedir(), env };
  return importSince({ store, surroundings, agents: [agent], index: 'now', now: Date.now, onCommit }, since);
}

/** Nobody's turn fails or waits for long because a log cannot be read. */
export async function inTime(work: Promise<void>, failed: (message: string) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  const done = work.catch((error: unknown) => failed(error instanceof Error ? error.message : String(error)));
  await Promise.race([done, late]);
  clearTimeout(timer);
}
