/** A session of a running server as the rows of its log: each once, in their order, over lost lines too. */

import type { createRest } from '@taffrail/client';
import { createLiveClient, type FollowedSession, type LiveClient, type SocketLike } from '@taffrail/client';
import type { RunningServer } from '@taffrail/server';
import { type Row, rowSchema } from '@taffrail/wire';
import { WebSocket } from 'ws';
import { Failure } from '../failure.js';

type Rest = ReturnType<typeof createRest>;

/** A server that does not come back in this time is left alone; the session stays where it is. */
const absenceMsMax = 60_000;

export class FollowedRows {
  readonly #server: RunningServer;
  readonly #sessionId: string;
  readonly #rest: Rest;
  readonly #client: LiveClient;
  /** Everything up to this seq was handed on, or is about to be. `null` before the log is known. */
  #told: number | null = null;
  #ready: Row[] = [];
  /** What is handed on waits for what is being fetched before it. */
  #fetching: Promise<void> = Promise.resolve();
  #failure: Error | null = null;
  #wake: () => void = () => undefined;
  #lostAt: number | null = null;

  constructor(server: RunningServer, rest: Rest, sessionId: string) {
    this.#server = server;
    this.#rest = rest;
    this.#sessionId = sessionId;
    this.#client = createLiveClient({
      open: () => this.#open(),
      page: (id, query) => rest.items(id, query),
      onRows: (_id, { from, rows }) => this.#gain(from, rows),
      schedule: (work) => void setTimeout(work, 0),
      onFrame: () => undefined,
      onState: ({ name }) => this.#note(name === 'open'),
      onResync: () => undefined,
      onReport: () => undefined,
      now: Date.now,
      random: Math.random,
    });
  }

  /** Resolves when all that comes from now on will be handed on. @throws Failure where there is no such session. */
  async begin(): Promise<void> {
    this.#client.follow(this.#sessionId, (view) => this.#look(view));
    this.#client.start();
    while (this.#told === null) await this.#more();
  }

  /** Rows in their order, for ever. @throws Failure where the server does not come back. */
  async *rows(): AsyncGenerator<Row> {
    for (;;) {
      await this.#fetching;
      yield* this.#ready.splice(0);
      if (this.#ready.length === 0) await this.#more();
    }
  }

  end(): void {
    this.#client.stop();
    this.#wake();
  }

  #open(): SocketLike {
    const { url, token } = this.#server;
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/stream`, { headers });
    // One that is given up before it is open complains to nobody.
    socket.on('error', () => undefined);
    return socket as unknown as SocketLike;
  }

  #more(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#wake = () => (this.#failure ? reject(this.#failure) : resolve());
    });
  }

  #look({ phase, problem, session }: FollowedSession): void {
    if (phase === 'gone') this.#failure = new Failure(`there is no session ${this.#sessionId}`);
    else if (phase === 'starting' && problem !== null) this.#failure = new Failure(problem);
    else if (phase === 'live' && this.#told === null) this.#told = session.head;
    // The server told where the log stands, and not what led there.
    else if (this.#told !== null && session.head > this.#told) this.#gain(session.head, []);
    this.#wake();
  }

  #gain(from: number, rows: readonly Row[]): void {
    if (this.#told === null) return;
    const known = this.#told;
    this.#told = Math.max(from, rows.at(-1)?.seq ?? from);
    this.#fetching = this.#fetching.then(async () => {
      if (from > known) this.#ready.push(...(await this.#between(known, from)));
      this.#ready.push(...rows);
      this.#wake();
    });
  }

  /** The rows after `after` up to `to`, as the log has them by now: pieces of a text that is whole are no more. */
  async #between(after: number, to: number): Promise<Row[]> {
    const headers = { authorization: `Bearer ${this.#server.token}` };
    try {
      const answer = await fetch(this.#rest.links.export(this.#sessionId, 'jsonl'), { headers });
      const lines = (await answer.text()).split('\n').filter((line) => line !== '');
      return lines.map((line) => rowSchema.parse(JSON.parse(line))).filter(({ seq }) => seq > after && seq <= to);
    } catch (error) {
      this.#failure = new Failure(`what the session did meanwhile could not be read: ${String(error)}`);
      return [];
    }
  }

  /** The line is there, or lost: what is lost for too long is given up. */
  #note(isOpen: boolean): void {
    this.#lostAt = isOpen ? null : (this.#lostAt ?? Date.now());
    if (this.#lostAt === null || Date.now() - this.#lostAt < absenceMsMax) return;
    this.#failure = new Failure(
      `the server at ${this.#server.url} does not answer any more; "taffrail show ${this.#sessionId}" tells how far the turn came`,
    );
    this.#wake();
  }
}
