/** What is said to a hosted agent and heard from it: the Agent Client Protocol over its standard streams. */
import { Readable, Writable } from 'node:stream';
import type {
  ClientConnection,
  InitializeResponse,
  LoadSessionResponse,
  PromptRequest,
  PromptResponse,
  RequestPermissionRequest,
  RequestPermissionResponse,
  SessionNotification,
  SessionUpdate,
  SetSessionConfigOptionResponse,
} from '@agentclientprotocol/sdk/unstable';
import type { McpServer } from '../mcp/servers.js';
import { version } from '../version.js';
import type { AgentProcess } from './agent-process.js';
import { errorFrom, HostedError } from './hosted-error.js';
import { toldServers } from './mcp-servers.js';

/** Whoever listens to a session of the agent. */
export interface Listener {
  update(update: SessionUpdate): void;
  /** Resolves with the chosen option. */
  permission(request: RequestPermissionRequest): Promise<RequestPermissionResponse>;
}

/** How an agent describes a conversation when it begins it or takes it up. */
export interface Opened {
  sessionId: string;
  configOptions: NonNullable<SetSessionConfigOptionResponse['configOptions']>;
}

/** Where a conversation is, and what it has there. */
export interface Where {
  cwd: string;
  servers: readonly McpServer[];
}

const messageBytesMax = 16 * 1024 * 1024;
const answerMs = 60_000;

export class AgentConnection {
  readonly process: AgentProcess;
  readonly #connection: ClientConnection;
  readonly #about: InitializeResponse;
  #listener: Listener | null = null;

  private constructor(process: AgentProcess, connection: ClientConnection, about: InitializeResponse) {
    this.process = process;
    this.#connection = connection;
    this.#about = about;
  }

  /** Says hello. @throws HostedError where it does not answer. */
  static async open(process: AgentProcess): Promise<AgentConnection> {
    // Only who hosts an agent needs it.
    const acp = await import('@agentclientprotocol/sdk/unstable');
    let opened: AgentConnection | null = null;
    const stream = acp.ndJsonStream(Writable.toWeb(process.input), bytesOf(process.output), {
      maxMessageBytes: messageBytesMax,
    });
    const connection = acp
      .client({ name: 'taffrail' })
      .onNotification('session/update', ({ params }) => opened?.heard(params))
      .onRequest('session/request_permission', ({ params }) => opened?.asked(params) ?? cancelled)
      .connect(stream);
    const hello = connection.agent.request('initialize', {
      protocolVersion: acp.PROTOCOL_VERSION,
      // It reads, writes and runs by itself.
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      clientInfo: { name: 'taffrail', version },
    });
    const about = await answered(process, hello, answerMs);
    if (about.protocolVersion !== acp.PROTOCOL_VERSION)
      throw new HostedError(
        `${process.program} speaks version ${about.protocolVersion} of the Agent Client Protocol; taffrail speaks ${acp.PROTOCOL_VERSION}.`,
      );
    opened = new AgentConnection(process, connection, about);
    return opened;
  }

  get isOver(): boolean {
    return this.process.isOver || this.#connection.signal.aborted;
  }

  get takes(): NonNullable<NonNullable<InitializeResponse['agentCapabilities']>['promptCapabilities']> {
    return this.#about.agentCapabilities?.promptCapabilities ?? {};
  }

  get version(): string | null {
    return this.#about.agentInfo?.version ?? null;
  }

  /** Whether it can take up a conversation that another process of it has had. */
  get resumes(): 'resume' | 'load' | null {
    const { sessionCapabilities, loadSession } = this.#about.agentCapabilities ?? {};
    return sessionCapabilities?.resume ? 'resume' : loadSession ? 'load' : null;
  }

  /** Until somebody else listens, or nobody (`null`). */
  listen(listener: Listener | null): void {
    this.#listener = listener;
  }

  async begin({ cwd, servers }: Where): Promise<Opened> {
    const mcpServers = this.#told(servers);
    const begun = await this.#ask(this.#connection.agent.request('session/new', { cwd, mcpServers }));
    return { sessionId: begun.sessionId, configOptions: begun.configOptions ?? [] };
  }

  /** What it tells again of the conversation is known: nobody listens meanwhile. */
  async takeUp(sessionId: string, { cwd, servers }: Where): Promise<Opened> {
    const { agent } = this.#connection;
    const order = { sessionId, cwd, mcpServers: this.#told(servers) };
    const method = this.resumes === 'resume' ? 'session/resume' : 'session/load';
    const taken = await this.#ask(agent.request<LoadSessionResponse>(method, order));
    return { sessionId, configOptions: taken.configOptions ?? [] };
  }

  async choose(sessionId: string, configId: string, value: string): Promise<Opened> {
    const order = { sessionId, configId, value };
    const request = this.#connection.agent.request<SetSessionConfigOptionResponse>('session/set_config_option', order);
    const chosen = await this.#ask(request);
    return { sessionId, configOptions: chosen.configOptions };
  }

  /** Resolves when the agent rests, however long it takes. */
  async prompt(order: PromptRequest): Promise<PromptResponse> {
    const response = await answered(this.process, this.#connection.agent.request('session/prompt', order), null);
    // What it said before is delivered before this goes on.
    await new Promise((resolve) => setImmediate(resolve));
    return response;
  }

  async cancel(sessionId: string): Promise<void> {
    await this.#connection.agent.notify('session/cancel', { sessionId }).catch(() => undefined);
  }

  close(): Promise<void> {
    this.#connection.close();
    return this.process.end();
  }

  heard({ update }: SessionNotification): void {
    this.#listener?.update(update);
  }

  async asked(request: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    return (await this.#listener?.permission(request)) ?? cancelled;
  }

  #told(servers: readonly McpServer[]) {
    return toldServers(servers, this.#about.agentCapabilities?.mcpCapabilities?.http ?? false);
  }

  #ask<Answer>(request: Promise<Answer>): Promise<Answer> {
    return answered(this.process, request, answerMs);
  }
}

const cancelled: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } };

/** The answer, or why there will be none. @throws HostedError */
async function answered<Answer>(process: AgentProcess, request: Promise<Answer>, patienceMs: number | null) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    if (patienceMs === null) return;
    timer = setTimeout(() => reject(new HostedError(`${process.program} does not answer.`)), patienceMs);
  });
  const over = process.ended.then((how) => {
    throw new HostedError(sentence(how, process.lastComplaint));
  });
  try {
    return await Promise.race([request.catch((error: unknown) => failed(process, error)), late, over]);
  } finally {
    clearTimeout(timer);
    over.catch(() => undefined);
  }
}

/** A connection that breaks because its program has ended is told by that end. */
async function failed(process: AgentProcess, error: unknown): Promise<never> {
  const how = await Promise.race([process.ended, new Promise<null>((resolve) => setTimeout(resolve, 200, null))]);
  if (how !== null) throw new HostedError(sentence(how, process.lastComplaint));
  throw errorFrom(error, process);
}

function sentence(how: string, complaint: string | null): string {
  return complaint === null ? `${how}.` : `${how}. Its last words: ${complaint}`;
}

/** As node has them: the two kinds of streams differ in their types only. */
function bytesOf(output: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(output) as ReadableStream<Uint8Array>;
}
