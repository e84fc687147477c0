/** A client that notes when it has read what: the product's own, over a real socket, without a screen. */
import { createLiveClient, type FollowedSession, type SocketLike } from '@taffrail/client';
import type { RawData } from 'ws';
import { type Address, socketTo } from '../e2e/support/line.js';

export interface Reading {
  /** Epoch milliseconds. */
  at: number;
  /** Of the answer's text, in characters. */
  length: number;
}

interface Followed {
  readings: Reading[];
  head: number;
  ended: ReadonlySet<string>;
}

export class Reader {
  readonly #sessions = new Map<string, Followed>();
  readonly #client;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  constructor(server: Address) {
    this.#client = createLiveClient({
      open: () => this.#open(server),
      page: () => Promise.reject(new Error('the measured sessions are shorter than a page')),
      schedule: queueMicrotask,
      onFrame: () => undefined,
      onState: () => undefined,
      onResync: () => undefined,
      onReport: () => undefined,
      now: Date.now,
      random: Math.random,
    });
    this.#client.start();
  }

  /** Resolves when the session is here. */
  async follow(sessionId: string): Promise<void> {
    this.#client.follow(sessionId, (view) => this.#note(view));
    await this.#until(() => (this.#sessions.get(sessionId)?.head ?? 0) > 0);
  }

  /** Resolves when all these turns have ended. */
  finished(turns: readonly { id: string; turnId: string }[]): Promise<void> {
    return this.#until(() => turns.every(({ id, turnId }) => this.#sessions.get(id)?.ended.has(turnId) ?? false));
  }

  readings(sessionId: string): readonly Reading[] {
    return this.#sessions.get(sessionId)?.readings ?? [];
  }

  /** What came over the socket, and how many rows the followed logs have. */
  total(): { bytes: number; rows: number } {
    return { bytes: this.#bytes, rows: [...this.#sessions.values()].reduce((sum, { head }) => sum + head, 0) };
  }

  stop(): void {
    this.#client.stop();
  }

  #open(server: Address): SocketLike {
    const socket = socketTo(server);
    socket.on('message', (data: RawData) => {
      this.#bytes += Buffer.byteLength(String(data));
    });
    return socket as unknown as SocketLike;
  }

  #note({ sessionId, session }: FollowedSession): void {
    const readings = this.#sessions.get(sessionId)?.readings ?? [];
    const last = [...session.items.values()].at(-1)?.item;
    const length = last?.type === 'message' && last.author === 'model' ? last.text.length : 0;
    if (length > (readings.at(-1)?.length ?? 0))
      readings.push({ at: performance.timeOrigin + performance.now(), length });
    const ended = [...session.turns.values()].filter(({ outcome }) => outcome !== 'running');
    this.#sessions.set(sessionId, {
      readings,
      head: session.head,
      ended: new Set(ended.map(({ turnId }) => turnId)),
    });
    for (const look of this.#waiting.splice(0)) look();
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => (holds() ? resolve() : void this.#waiting.push(look));
      look();
    });
  }
}
