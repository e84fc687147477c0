/**
 * The programs of hosted agents: one for each session that has asked something lately. It is started at a prompt, keeps the
 * agent's own conversation, and is let go when the session is closed or nothing was asked for a while.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Redactor, ToolPlace } from '@taffrail/agent';
import { AgentConnection, type Opened, type Where } from './agent-connection.js';
import { AgentProcess } from './agent-process.js';
import { HostedError } from './hosted-error.js';

export interface HostOrder extends Where {
  /** Of taffrail. */
  sessionId: string;
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  redactor: Redactor;
  /** The agent's own name of the conversation that this log agrees with; `null` where there is none. */
  known: string | null;
}

export interface Native extends Opened {
  connection: AgentConnection;
  /** The agent has none of the conversation. */
  isNew: boolean;
  /** Why it could not take up the one that it had. */
  lost: string | null;
}

interface Held {
  connection: AgentConnection;
  /** With what it was started. */
  order: Pick<HostOrder, 'command' | 'servers'>;
  native: Opened;
  timer: NodeJS.Timeout | null;
}

const idleMs = 10 * 60_000;

export class HostedAgents {
  readonly #started: ToolPlace['started'];
  readonly #held = new Map<string, Held>();

  constructor(started: ToolPlace['started']) {
    this.#started = started;
  }

  /** The session's program with its conversation, until `release`. @throws HostedError where there can be none. */
  async take(order: HostOrder, signal: AbortSignal): Promise<Native> {
    const held = this.#held.get(order.sessionId);
    if (held?.timer) clearTimeout(held.timer);
    if (held && !held.connection.isOver && isDeepStrictEqual(held.order, startedWith(order))) {
      held.timer = null;
      const isKnown = held.native.sessionId === order.known;
      if (!isKnown) held.native = await held.connection.begin(order);
      return { ...held.native, connection: held.connection, isNew: !isKnown, lost: null };
    }
    await this.end(order.sessionId);
    return this.#start(order, signal);
  }

  async #start(order: HostOrder, signal: AbortSignal): Promise<Native> {
    const process = new AgentProcess({ ...order, started: this.#started });
    const stop = () => void process.end();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const connection = await AgentConnection.open(process);
      const native = await opened(connection, order);
      this.#held.set(order.sessionId, { connection, order: startedWith(order), native, timer: null });
      return { ...native, connection };
    } catch (error) {
      await process.end();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** What the agent said last of what can be chosen. */
  note(sessionId: string, configOptions: Opened['configOptions']): void {
    const held = this.#held.get(sessionId);
    if (held) held.native = { ...held.native, configOptions };
  }

  /** Its turn is over: from now on it is idle. */
  release(sessionId: string): void {
    const held = this.#held.get(sessionId);
    if (!held) return;
    if (held.timer) clearTimeout(held.timer);
    held.timer = setTimeout(() => void this.end(sessionId), idleMs).unref();
  }

  async end(sessionId: string): Promise<void> {
    const held = this.#held.get(sessionId);
    if (!held) return;
    this.#held.delete(sessionId);
    if (held.timer) clearTimeout(held.timer);
    await held.connection.close();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((sessionId) => this.end(sessionId)));
  }
}

const startedWith = ({ command, servers }: HostOrder): Held['order'] => ({ command, servers });

/** The conversation that it had where it can take that up, else a new one. */
async function opened(connection: AgentConnection, order: HostOrder): Promise<Omit<Native, 'connection'>> {
  const { known } = order;
  if (known === null) return { ...(await connection.begin(order)), isNew: true, lost: null };
  if (connection.resumes === null)
    return { ...(await connection.begin(order)), isNew: true, lost: 'it cannot take up an earlier conversation' };
  try {
    return { ...(await connection.takeUp(known, order)), isNew: false, lost: null };
  } catch (error) {
    if (!(error instanceof HostedError) || connection.isOver) throw error;
    return { ...(await connection.begin(order)), isNew: true, lost: error.message };
  }
}
