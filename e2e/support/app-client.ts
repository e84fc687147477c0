/** A client of the app-server protocol: over a child process's streams, or over a socket. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import type { ModelFolder } from './model-folder.js';
import { programPath } from './program.js';

export interface AppMessage {
  id?: string | number;
  method?: string;
  /** What tests look at. The server's own tests hold the schemas. */
  params: {
    turnId: string;
    turn: { id: string };
    delta: string;
    item: { text?: string; content: [{ text: string }] };
    tokenUsage: { total: { totalTokens: number } };
  };
  result: {
    thread: { id: string; turns: { status: string }[] };
    turn: { id: string };
    data: object[];
    platformFamily: string;
  };
  error?: { code: number; message: string };
}

export class AppClient {
  readonly messages: AppMessage[] = [];
  readonly #send: (text: string) => void;
  #next = 1;
  #wake: () => void = () => undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  heard(text: string): void {
    this.messages.push(JSON.parse(text) as AppMessage);
    this.#wake();
  }

  say(message: object): void {
    this.#send(JSON.stringify(message));
  }

  async ask(method: string, params: object = {}): Promise<AppMessage> {
    const id = this.#next++;
    this.say({ id, method, params });
    return this.until((message) => message.id === id && message.method === undefined);
  }

  initialize(): Promise<AppMessage> {
    return this.ask('initialize', { clientInfo: { name: 'e2e', version: '1' }, capabilities: null });
  }

  async turn(threadId: string, text: string): Promise<string> {
    const from = this.messages.length;
    const id: string = (await this.ask('turn/start', { threadId, input: [{ type: 'text', text }] })).result.turn.id;
    await this.until(({ method, params }) => method === 'turn/completed' && params.turn.id === id, from);
    return id;
  }

  async until(isIt: (message: AppMessage) => boolean, from = 0): Promise<AppMessage> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const found = this.messages.slice(from).find(isIt);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`it does not come: ${this.messages.map(({ method }) => method)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 500);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

const environment = (folder: ModelFolder) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: folder.home,
  ...folder.env,
});

/** `taffrail app-server` on standard streams. */
export function appServerProcess(folder: ModelFolder, cwd: string): { client: AppClient; child: ChildProcess } {
  const args = [programPath, '--data-dir', folder.dataDir, 'app-server'];
  const child = spawn(process.execPath, args, { env: environment(folder), cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const client = new AppClient((text) => child.stdin?.write(`${text}\n`));
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => client.heard(line));
  return { client, child };
}

/** `taffrail app-server` on a port; its address. */
export async function appServerPort(folder: ModelFolder): Promise<{ url: string; child: ChildProcess }> {
  const args = [programPath, '--data-dir', folder.dataDir, 'app-server', '--listen', 'ws://127.0.0.1:0'];
  const child = spawn(process.execPath, args, { env: environment(folder), stdio: ['ignore', 'inherit', 'pipe'] });
  const lines = createInterface({ input: child.stderr as NonNullable<typeof child.stderr> });
  for await (const line of lines) {
    const url = /listens on (ws:\S+)/.exec(line)?.[1];
    if (url) return { url, child };
  }
  throw new Error('it ended before it listened');
}

/** @throws Error with the status where the connection is refused. */
export async function appClient(
  url: string,
  headers: Record<string, string>,
): Promise<{ client: AppClient; socket: WebSocket }> {
  const socket = new WebSocket(url, { headers });
  const client = new AppClient((text) => socket.send(text));
  socket.on('message', (data) => client.heard(String(data)));
  await once(socket, 'open');
  return { client, socket };
}
