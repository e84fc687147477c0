/** The way to one server through the SDK. It is loaded when a server is first wanted: no start waits for it. */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ErrorCode,
  ListRootsRequestSchema,
  McpError,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { ToolPlace } from '@taffrail/agent';
import { z } from 'zod';
import { version } from '../version.js';
import { boundedFetch } from './bounded-fetch.js';
import { ProcessTransport, type Transport } from './process-transport.js';
import type { McpServer } from './servers.js';

export interface ClientOrder {
  server: McpServer;
  /** Where a program is started, and what it is told to work in. */
  root: string;
  /** For a program: what every tool's gets. */
  env: Readonly<Record<string, string>>;
  started: ToolPlace['started'];
  onToolsChanged: () => void;
  /** The connection is gone. */
  onClosed: (client: McpClient) => void;
}

export interface CallOrder {
  tool: string;
  input: Record<string, unknown>;
  /** How long nothing may be heard of it. */
  waitMs: number;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

/** In its outermost form; its parts may be anything. */
export const callResultSchema = z.looseObject({
  content: z.array(z.unknown()).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});
export type CallResult = z.infer<typeof callResultSchema>;

const pageSchema = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });
const pagesMax = 100;
const foundMax = 20_000;
const callMsMax = 60 * 60_000;

export class McpClient {
  readonly #client: Client;
  readonly #transport: Transport;

  private constructor(order: ClientOrder) {
    const isProgram = order.server.address.kind === 'stdio';
    // A server elsewhere has no use for the names of folders here. Nobody is asked, and no model, for a server.
    const client = new Client({ name: 'taffrail', version }, { capabilities: isProgram ? { roots: {} } : {} });
    const roots = [{ uri: pathToFileURL(order.root).href, name: basename(order.root) }];
    if (isProgram) client.setRequestHandler(ListRootsRequestSchema, () => ({ roots }));
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => order.onToolsChanged());
    client.onclose = () => order.onClosed(this);
    this.#client = client;
    this.#transport = transportFor(order);
  }

  /** Connects. @throws Error that says why it cannot. */
  static async open(order: ClientOrder, signal: AbortSignal): Promise<McpClient> {
    const client = new McpClient(order);
    try {
      await client.#client.connect(client.#transport, { signal, timeout: longMs });
      return client;
    } catch (error) {
      await client.close();
      throw client.#inWords(error);
    }
  }

  /** All that it lists, as it sends them. */
  async tools(signal: AbortSignal): Promise<unknown[]> {
    if (!this.#client.getServerCapabilities()?.tools) return [];
    const found: unknown[] = [];
    let cursor: string | undefined;
    try {
      for (let page = 0; page < pagesMax && found.length < foundMax; page += 1) {
        const request = { method: 'tools/list', params: cursor === undefined ? {} : { cursor } };
        const answer = await this.#client.request(request, pageSchema, { signal, timeout: longMs });
        found.push(...answer.tools);
        cursor = answer.nextCursor;
        if (cursor === undefined) break;
      }
      return found;
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /** @throws Error that says what went wrong; `LostSessionError` where nothing was done. */
  async call({ tool, input, waitMs, onProgress, signal }: CallOrder): Promise<CallResult> {
    const own = new AbortController();
    const abort = () => own.abort('the person stopped it');
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      const request = { method: 'tools/call', params: { name: tool, arguments: input } };
      return await this.#client.request(request, callResultSchema, {
        signal: own.signal,
        timeout: waitMs,
        resetTimeoutOnProgress: true,
        maxTotalTimeout: callMsMax,
        onprogress: (progress) => onProgress(progressText(progress)),
      });
    } catch (error) {
      throw this.#inWords(error);
    } finally {
      // The SDK never stops to listen: the turn's own signal would tell it later to cancel what is done.
      signal.removeEventListener('abort', abort);
    }
  }

  /** Why it is gone, in words; `null` where nobody knows. */
  get why(): string | null {
    return this.#transport instanceof ProcessTransport ? this.#transport.why : null;
  }

  async close(): Promise<void> {
    await this.#client.close().catch(() => undefined);
    // A client that could not connect has let go of its transport already, and not waited for it.
    await this.#transport.close().catch(() => undefined);
  }

  #inWords(error: unknown): Error {
    const isRefused = error instanceof StreamableHTTPError && (error.code === 404 || error.code === 400);
    if (isRefused && this.#transport.sessionId !== undefined)
      return new LostSessionError('it does not know this connection any more');
    if (error instanceof McpError && error.code === ErrorCode.RequestTimeout)
      return new SilentError(timeoutWords(error));
    return new Error(this.why ?? errorWords(error));
  }
}

/** The server has forgotten this connection: whatever was asked was not done, and may be asked anew. */
export class LostSessionError extends Error {}
/** Nothing was heard of it in time. */
export class SilentError extends Error {}

// Whoever waits has a signal that is over sooner.
const longMs = 10 * 60_000;

function transportFor({ server, root, env, started }: ClientOrder): Transport {
  const { name, address } = server;
  if (address.kind === 'stdio') {
    const { command, args } = address;
    return new ProcessTransport({ name, command, args, cwd: root, env: { ...env, ...address.env }, started });
  }
  // Where a redirect leads elsewhere it is not followed: the headers are for this server alone.
  const requestInit = { headers: { ...address.headers } };
  const transport = new StreamableHTTPClientTransport(new URL(address.url), { requestInit, fetch: boundedFetch });
  // Its `sessionId` may be absent where the interface says `undefined`.
  return transport as Transport;
}

const progressCharactersMax = 500;

function progressText({ progress, total, message }: { progress: number; total?: number; message?: string }): string {
  const count = total === undefined ? `${progress}` : `${progress} of ${total}`;
  const said = message?.replace(/\s+/g, ' ').trim().slice(0, progressCharactersMax);
  return said ? `${said} (${count})\n` : `${count}\n`;
}

function timeoutWords({ data }: McpError): string {
  const { timeout } = z.object({ timeout: z.number() }).partial().catch({}).parse(data);
  return timeout === undefined
    ? 'it did not answer in time'
    : `nothing was heard of it for ${Math.round(timeout / 1_000)} s`;
}

const wordsCharactersMax = 1_000;

/** What the SDK and `fetch` say, without what they say before it. */
function errorWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, wordsCharactersMax);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const words = error.message.replace(/^(MCP error -?\d+: |Streamable HTTP error: )+/, '');
  return `${words}${cause}`.replace(/\s+/g, ' ').slice(0, wordsCharactersMax) || 'it does not say why';
}
