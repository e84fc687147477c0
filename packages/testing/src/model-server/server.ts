/** The model server: real HTTP on the loopback, real wire formats, answers from a script. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Exchange, type House } from './exchange.js';
import { withFigures } from './figures.js';
import { Latch } from './latch.js';
import type { Failure, Reply } from './reply.js';
import { apiKeyOf, modelList, routeOf } from './routes.js';
import { type ScriptedReply, type ScriptOptions, Scripts } from './script.js';
import { Ledger, type Served, type ServedTotals } from './served.js';
import { isObject, type JsonObject, type ModelRequest, type WireFormat } from './wire-format.js';

export interface ModelServerOptions {
  /** Epoch milliseconds; the machine's clock by default. */
  now?: () => number;
  /** 0, the default, takes a free one. */
  port?: number;
  /** What the lists of models say. */
  models?: readonly string[];
  /** Is given each record when nothing of it changes any more. */
  onEnded?: (record: Served) => void;
}

/** Every request with the key is refused, until the clock says `until` or the limit is lifted. */
export interface Limit extends Failure {
  until?: number;
}

/** What becomes of requests for the list of models: they may also hang, or lead to another address. */
export type Lists = 'given' | 'missing' | 'garbage' | 'elsewhere' | 'stalled';

export interface ModelServer {
  /** `http://127.0.0.1:PORT`, without a base path. */
  url: string;
  /** Cuts what is still open. */
  close(): Promise<void>;
  /** Sets the replies to the requests whose first human message holds the name `conversation`. */
  script(conversation: string, replies: readonly ScriptedReply[], options?: ScriptOptions): void;
  /** A gate that replies name: `reached` tells that one waits there, `open()` lets it and all later ones pass. */
  gate(name: string): Pick<Latch, 'open' | 'reached'>;
  /** Lets all go on that are stalled now. */
  release(): void;
  /** Refuses requests with this key; they use up no reply. Returns what lifts the limit. */
  limit(apiKey: string, limit: Limit): () => void;
  /** From now on. */
  lists(how: Lists): void;
  /** One record per model request, as they came; the records change while they are served. */
  served: readonly Served[];
  totals(conversation: string): ServedTotals;
  /** Resolves when `holds` is true of what was served; rejects after `timeoutMs` (10 s). */
  waitFor(holds: (served: readonly Served[]) => boolean, timeoutMs?: number): Promise<void>;
}

/** Starts a server. Give its `url` (and the base path of a provider) to a client, any string as the key. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const shell = new Shell(options);
  const http = createServer((request, response) => void shell.handle(request, response));
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      shell.closing = true;
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      return closed;
    },
    script: (conversation, replies, how = {}) => shell.scripts.set(conversation, replies, how),
    gate: (name) => shell.gate(name),
    release: () => shell.release(),
    limit: (apiKey, limit) => shell.limit(apiKey, limit),
    lists: (how) => {
      shell.lists = how;
    },
    served: shell.ledger.served,
    totals: (conversation) => shell.ledger.totals(conversation),
    waitFor: (holds, timeoutMs = 10_000) => shell.ledger.waitFor(holds, timeoutMs),
  };
}

const bodyBytesMax = 64 * 1024 * 1024;
const usualModels = ['scripted-model'];

class Shell {
  readonly scripts = new Scripts();
  readonly ledger: Ledger;
  closing = false;
  lists: Lists = 'given';
  readonly #gates = new Map<string, Latch>();
  readonly #limits = new Map<string, Limit>();
  readonly #nonce = randomBytes(5).toString('hex');
  readonly #house: House;
  #stalls = new Latch();

  constructor(private readonly options: ModelServerOptions) {
    this.ledger = new Ledger(options.onEnded);
    this.#house = {
      ledger: this.ledger,
      gate: (name) => this.gate(name),
      stalls: () => this.#stalls,
      isClosing: () => this.closing,
    };
  }

  gate(name: string): Latch {
    const gate = this.#gates.get(name) ?? new Latch();
    this.#gates.set(name, gate);
    return gate;
  }

  release(): void {
    this.#stalls.open();
    this.#stalls = new Latch();
  }

  limit(apiKey: string, limit: Limit): () => void {
    this.#limits.set(apiKey, limit);
    return () => void this.#limits.delete(apiKey);
  }

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const models = this.options.models ?? usualModels;
    const list = incoming.method === 'GET' ? modelList(url.pathname, incoming, models) : undefined;
    if (list) return this.#giveList(list, apiKeyOf(incoming, url.searchParams), response);
    const body = await bodyOf(incoming);
    if (body === 'cut off') return;
    if (body === 'too large') return json(response, 413, { error: { message: 'the request is too large' } });
    if (body === 'not JSON') return json(response, 400, { error: { message: 'the request is not a JSON object' } });
    const route = routeOf(url.pathname, body);
    if (!route || incoming.method !== 'POST') return json(response, 404, { error: { message: 'no such path' } });
    const { format, model, streams } = route;
    const apiKey = apiKeyOf(incoming, url.searchParams);
    await this.#serve(format, { format: format.name, model, streams, apiKey, body }, response);
  }

  #giveList(list: JsonObject, apiKey: string | null, response: ServerResponse): void {
    const limit = this.#limitOn(apiKey, this.#now());
    if (limit) return json(response, limit.status, { error: { message: limit.message ?? 'refused by script' } });
    switch (this.lists) {
      case 'given':
        return json(response, 200, list);
      case 'missing':
        return json(response, 404, { error: { message: 'no such path' } });
      case 'garbage':
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>');
      case 'elsewhere':
        // Whoever goes there finds the list.
        this.lists = 'given';
        return void response.writeHead(302, { location: '/elsewhere/v1/models' }).end();
      case 'stalled':
        return;
      default:
        return this.lists satisfies never;
    }
  }

  /** Claims the request for its conversation, records it and answers it. */
  async #serve(
    format: WireFormat,
    asked: Pick<ModelRequest, 'format' | 'model' | 'streams' | 'apiKey' | 'body'>,
    response: ServerResponse,
  ): Promise<void> {
    const said = format.read(asked.body);
    const at = this.#now();
    const conversation = this.scripts.conversationOf(said.humanTexts);
    const limit = this.#limitOn(asked.apiKey, at);
    const index = limit ? null : this.scripts.count(conversation);
    const record = this.ledger.open({ ...asked, conversation, index, at });
    const exchange = new Exchange(this.#house, response, format, record);
    if (limit || index === null) return exchange.refuse(limit ?? { status: 500 });
    const id = `${this.#nonce}${this.ledger.served.length}`;
    const request: ModelRequest = { ...asked, ...said, conversation, index, id, at };
    await exchange.answer(request, await this.#replyTo(request));
  }

  async #replyTo(request: ModelRequest): Promise<Reply> {
    try {
      return withFigures(await this.scripts.replyTo(request), JSON.stringify(request.body).length);
    } catch (error) {
      return { fail: { status: 500, message: `the script failed: ${String(error)}` } };
    }
  }

  #limitOn(apiKey: string | null, at: number): Limit | undefined {
    const limit = apiKey === null ? undefined : this.#limits.get(apiKey);
    return limit && (limit.until === undefined || at < limit.until) ? limit : undefined;
  }

  #now(): number {
    return (this.options.now ?? Date.now)();
  }
}

function json(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(incoming: IncomingMessage): Promise<JsonObject | 'not JSON' | 'too large' | 'cut off'> {
  const read: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= bodyBytesMax) read.push(chunk);
    }
  } catch {
    return 'cut off';
  }
  if (bytes > bodyBytesMax) return 'too large';
  try {
    const body: unknown = JSON.parse(Buffer.concat(read).toString('utf8'));
    return isObject(body) ? body : 'not JSON';
  } catch {
    return 'not JSON';
  }
}
