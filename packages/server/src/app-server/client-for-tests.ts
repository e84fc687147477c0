/** A client on a real socket. Every message that it gets is held to the schemas of this room, with no field too many. */
import { isDeepStrictEqual } from 'node:util';
import { WebSocket } from 'ws';
import { approvalSchemas } from './wire/approvals.js';
import { notificationSchemas } from './wire/notifications.js';
import { resultSchemas } from './wire/results.js';
import type { Thread, ThreadStatus, ThreadTurn } from './wire/thread.js';
import type { ThreadUsage } from './wire/usage.js';

/** Every field that any item may have: which one has which is the schemas' affair. */
interface SeenItem {
  id: string;
  type: string;
  status: string;
  clientId: string | null;
  content: { text: string }[];
  exitCode: number | null;
  aggregatedOutput: string | null;
}

/** The fields of parameters and results that tests look at, once the schemas have held the message. */
interface Seen {
  threadId: string;
  turnId: string;
  thread: Thread;
  turn: ThreadTurn;
  item: SeenItem;
  tokenUsage: ThreadUsage;
  delta: string;
  command: string;
}

export interface Message {
  id?: string | number;
  method?: string;
  params: Seen & { status: ThreadStatus };
  result: Pick<Seen, 'thread' | 'turn'> & {
    status: string;
    model: string;
    data: { id: string; item: SeenItem }[];
    nextCursor: string | null;
  };
  error?: { code: number; message: string };
}

export class TestClient {
  readonly messages: Message[] = [];
  readonly socket: WebSocket;
  readonly #asked = new Map<string | number, string>();
  readonly #broken: string[] = [];
  #next = 1;
  #wake: () => void = () => undefined;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data) => this.#heard(JSON.parse(String(data)) as Message));
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.OPEN) return this;
    await new Promise((resolve, reject) => this.socket.once('open', resolve).once('error', reject));
    return this;
  }

  async initialized(capabilities: object | null = null): Promise<this> {
    await this.opened();
    const { result } = await this.ask('initialize', { clientInfo: { name: 'test', version: '1' }, capabilities });
    if (!result) throw new Error('not initialized');
    this.say({ method: 'initialized' });
    return this;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends a request without waiting for its answer. */
  send(method: string, params: unknown): number {
    const id = this.#next++;
    this.#asked.set(id, method);
    this.say(params === undefined ? { id, method } : { id, method, params });
    return id;
  }

  ask(method: string, params: unknown): Promise<Message> {
    return this.answerTo(this.send(method, params));
  }

  answerTo(id: number): Promise<Message> {
    return this.until((message) => message.id === id && message.method === undefined);
  }

  /** The first message that came or comes after the mark and is such a one. @throws where one broke the schemas. */
  async until(isIt: (message: Message) => boolean, after = 0): Promise<Message> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      if (this.#broken.length > 0) throw new Error(`against the schemas: ${this.#broken.join('\n')}`);
      const found = this.messages.slice(after).find(isIt);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`it does not come after ${this.told(after).join(', ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 250);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  notified(method: string, after = 0): Promise<Message> {
    return this.until((message) => message.method === method, after);
  }

  get mark(): number {
    return this.messages.length;
  }

  /** What came after the mark, in its order, in short: methods, and "=id" for answers. */
  told(after = 0): string[] {
    return this.messages.slice(after).map(({ id, method, error }) => method ?? `=${error ? 'error' : id}`);
  }

  close(): void {
    this.socket.terminate();
  }

  #heard(message: Message): void {
    const problem = this.#problemOf(message);
    if (problem) this.#broken.push(`${problem} in ${JSON.stringify(message).slice(0, 2000)}`);
    this.messages.push(message);
    this.#wake();
  }

  #problemOf(message: Message): string | null {
    if (message.error) return typeof message.error.code === 'number' ? null : 'an error without a code';
    if (message.method === undefined) {
      const asked = this.#asked.get(message.id ?? '') ?? '';
      return problemWith(resultSchemas, asked, message.result);
    }
    const schemas = message.id === undefined ? notificationSchemas : approvalSchemas;
    return problemWith(schemas, message.method, message.params);
  }
}

function problemWith(
  schemas: Readonly<
    Record<string, { safeParse(value: unknown): { success: boolean; data?: unknown; error?: unknown } }>
  >,
  name: string,
  value: unknown,
): string | null {
  const read = schemas[name]?.safeParse(value);
  if (!read) return `nobody knows ${name}`;
  if (!read.success) return String(read.error);
  return isDeepStrictEqual(read.data, value) ? null : `${name} has fields that its schema does not`;
}
