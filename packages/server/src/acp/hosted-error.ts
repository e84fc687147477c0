/** Why a hosted agent could not do its turn, in a sentence for whoever asked. */
import type { AgentProcess } from './agent-process.js';

export class HostedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HostedError';
  }
}

const authRequired = -32000;
const detailCharactersMax = 2_000;

/** What the agent, or the way to it, said went wrong. */
export function errorFrom(error: unknown, { program }: Pick<AgentProcess, 'program'>): HostedError {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  if (code === authRequired)
    return new HostedError(`${program} is not signed in: sign in with that program in a terminal, then ask again.`);
  const details = detailsOf(data);
  const words = details === null || message.includes(details) ? message : `${message}: ${details}`;
  return new HostedError(`${program}: ${words.slice(0, detailCharactersMax)}`);
}

function detailsOf(data: unknown): string | null {
  if (typeof data === 'string') return data;
  if (typeof data !== 'object' || data === null) return null;
  const { details, message } = data as { details?: unknown; message?: unknown };
  if (typeof details === 'string') return details;
  return typeof message === 'string' ? message : null;
}
