/** What a turn has of MCP servers: their tools as they are now, within bounds, and what is missing of them. */
import type { Tool } from '@taffrail/agent';
import type { Connection } from './connection.js';
import { mcpTool } from './mcp-tool.js';

/** What is missing, and of which server: told to whoever watches the session, not to the model. */
export interface McpProblem {
  server: string;
  text: string;
}

/** In a request, of all servers together: what its tools cost stands in every request, and providers refuse more. */
const toolsMax = 110;
const bytesMax = 256 * 1024;

interface Bounded {
  tools: readonly Tool[];
  /** By server, how many there was no room for. */
  leftOut: ReadonlyMap<string, number>;
}

export class TurnServers {
  readonly #connections: () => readonly Connection[];
  #held = new Map<Connection, () => void>();
  #known: { lists: readonly unknown[]; bounded: Bounded } = { lists: [], bounded: { tools: [], leftOut: new Map() } };

  /** @param connections Those that the turn may use, as it is configured now. */
  constructor(connections: () => readonly Connection[]) {
    this.#connections = connections;
  }

  /** Starts what is not there, and waits for it a while. */
  async ready(waitMs: number, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#current().map((connection) => connection.ready(waitMs, signal)));
  }

  tools(): readonly Tool[] {
    return this.#bounded().tools;
  }

  problems(): McpProblem[] {
    const { leftOut } = this.#bounded();
    return this.#current().flatMap(({ server, standing }) => {
      const text = problemOf(standing) ?? leftOutText(leftOut.get(server.name) ?? 0);
      return text === null ? [] : [{ server: server.name, text: `Without ${server.name}: ${text}` }];
    });
  }

  release(): void {
    for (const release of this.#held.values()) release();
    this.#held = new Map();
  }

  /** One that has come since is started, and not waited for. */
  #current(): readonly Connection[] {
    const current = this.#connections();
    for (const [connection, release] of this.#held)
      if (!current.includes(connection)) {
        release();
        this.#held.delete(connection);
      }
    for (const connection of current)
      if (!this.#held.has(connection)) {
        this.#held.set(connection, connection.hold());
        void connection.ready(0, AbortSignal.abort());
      }
    return current;
  }

  #bounded(): Bounded {
    const connections = this.#current();
    const lists = connections.map(({ listed }) => listed);
    const isSame =
      lists.length === this.#known.lists.length && lists.every((list, at) => list === this.#known.lists[at]);
    if (!isSame) this.#known = { lists, bounded: boundedTools(connections) };
    return this.#known.bounded;
  }
}

function boundedTools(connections: readonly Connection[]): Bounded {
  const tools: Tool[] = [];
  const leftOut = new Map<string, number>();
  let bytes = 0;
  for (const connection of connections)
    for (const listed of connection.listed.tools) {
      const { name } = connection.server;
      const fits = tools.length < toolsMax && bytes + listed.bytes <= bytesMax;
      if (fits) tools.push(mcpTool(connection, listed) as Tool);
      if (fits) bytes += listed.bytes;
      else leftOut.set(name, (leftOut.get(name) ?? 0) + 1);
    }
  return { tools, leftOut };
}

function problemOf(standing: Connection['standing']): string | null {
  switch (standing.kind) {
    case 'failed':
      return `${standing.why}.`;
    case 'starting':
      return 'it takes long to start. Its tools come when it is there.';
    case 'connected':
    case 'unused':
      return null;
    default:
      return standing satisfies never;
  }
}

function leftOutText(count: number): string | null {
  if (count === 0) return null;
  return `${count === 1 ? 'one of its tools is' : `${count} of its tools are`} left out, for there are too many. An agent’s "mcp" in config.toml says which servers it uses.`;
}
