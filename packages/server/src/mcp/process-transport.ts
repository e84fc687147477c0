/**
 * A server that is a program of its own: a group of processes that ends with the connection. The SDK has such a transport
 * too, but starts the program in this server's group, forgets its children, and knows no registry of what runs.
 */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { endGroup, type ToolPlace } from '@taffrail/agent';
import { LastWords } from './last-words.js';
import { MessageLines, TooMuchError } from './message-lines.js';

/** What the SDK's client speaks over. */
export type Transport = Parameters<Client['connect']>[0];

export interface ProgramOrder {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  started: ToolPlace['started'];
}

/** Once its input is closed a server ends by itself; one that does not is made to. */
const patienceMs = 500;
/** A server that does not read what it is sent. */
const unreadBytesMax = 16 * 1024 * 1024;

type Child = ReturnType<typeof spawned>;

function spawned({ command, args, cwd, env }: ProgramOrder) {
  return spawn(command, args, {
    cwd,
    env: { ...env },
    // A session of its own: so its whole group can be ended, and it has no terminal to ask at.
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

export class ProcessTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #order: ProgramOrder;
  readonly #words = new LastWords();
  #child: Child | null = null;
  #exited: Promise<void> = Promise.resolve();
  #gone: Promise<void> | null = null;
  #why: string | null = null;

  constructor(order: ProgramOrder) {
    this.#order = order;
  }

  /** Why it is not there any more, in words; `null` where nothing is known. */
  get why(): string | null {
    const said = this.#words.text;
    return this.#why === null ? null : said === '' ? this.#why : `${this.#why}; it said: ${said}`;
  }

  async start(): Promise<void> {
    const child = spawned(this.#order);
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#why ??= signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
        resolve();
      });
      child.once('error', () => resolve());
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error: NodeJS.ErrnoException) => {
        this.#why = failures[error.code ?? ''] ?? `it could not be started: ${error.message}`;
        reject(new Error(this.#why));
      });
    });
    this.#attend(child);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (!stdin?.writable) throw new Error(this.why ?? 'it is not there');
    if (stdin.writableLength > unreadBytesMax) {
      void this.#end('it does not read what it is sent');
      throw new Error(this.why ?? '');
    }
    await new Promise<void>((resolve, reject) => {
      stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    await this.#end('its connection was closed');
  }

  #attend(child: Child): void {
    const { pid = 0 } = child;
    const ended = this.#order.started({ pid, command: `MCP server ${this.#order.name}` });
    const lines = new MessageLines((value) => this.#take(value));
    child.stdin.on('error', () => undefined);
    child.stdout.on('error', () => undefined);
    child.stderr.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => this.#words.push(chunk));
    child.stdout.on('data', (chunk: Buffer) => {
      if (this.#gone !== null) return;
      try {
        lines.push(chunk);
      } catch (error) {
        if (!(error instanceof TooMuchError)) throw error;
        void this.#end(error.message);
      }
    });
    this.#exited = this.#exited.then(async () => {
      // What it has started may live on without it.
      await endGroup(pid);
      ended();
    });
    const isRead = new Promise((resolve) => child.once('close', resolve));
    // Whoever has left its group may hold its streams: they are not waited for.
    void this.#exited.then(() => Promise.race([isRead, wait(patienceMs)])).then(() => this.#end('it ended'));
  }

  #take(value: unknown): void {
    const message = JSONRPCMessageSchema.safeParse(value);
    if (message.success) this.onmessage?.(message.data);
    else this.onerror?.(new Error('it sent what is no message'));
  }

  /** Ends it with all that it has started. */
  #end(why: string): Promise<void> {
    this.#why ??= why;
    this.#gone ??= this.#leave();
    return this.#gone;
  }

  async #leave(): Promise<void> {
    const child = this.#child;
    if (child?.pid !== undefined) {
      child.stdin.end();
      const isOver = await Promise.race([this.#exited.then(() => true), wait(patienceMs, false)]);
      if (!isOver) await endGroup(child.pid);
      await this.#exited;
      child.stdout.destroy();
      child.stderr.destroy();
    }
    this.onclose?.();
  }
}

const failures: Readonly<Record<string, string>> = {
  ENOENT: 'it could not be started: there is no such program, or no such folder',
  EACCES: 'it could not be started: it may not be run as a program',
};
