/** One socket: what it follows, and how fast it reads. It is never queued for; rows wait in the store. */
import { setImmediate } from 'node:timers/promises';
import { type DownFrame, type SubscribeFrame, type UpFrame, unreachable, upFrameSchema } from '@taffrail/wire';
import type { RawData, WebSocket } from 'ws';
import type { Log } from './log.js';
import { Subscription } from './subscription.js';

// Enough to keep a fast line busy; what a stalled client costs at most.
const backlogBytesMax = 256 * 1024;
const stalledMsMax = 30_000;
const subscriptionsMax = 200;

export interface ClientOptions {
  socket: WebSocket;
  log: Log;
  now: () => number;
  report: (message: string) => void;
}

export class SocketClient {
  readonly #options: ClientOptions;
  readonly #followed = new Map<string, Subscription>();
  /** Not answered yet: a snapshot is large, so a client that does not read gets none. */
  readonly #asked = new Map<string, SubscribeFrame>();
  readonly #awake = new Set<string>();
  #pumping = false;
  #stalledSince: number | null = null;

  constructor(options: ClientOptions) {
    this.#options = options;
    options.socket.on('message', (data: RawData) => this.#heard(data));
    // A broken line must not end the process.
    options.socket.on('error', () => options.socket.terminate());
  }

  /** The cursors of what it follows, for heartbeats. */
  get followed(): string[] {
    return [...this.#followed.keys()];
  }

  /** Sends a frame that may be lost: hints and heartbeats are told again. */
  hint(frame: DownFrame): void {
    if (this.#isReady()) this.#send(frame);
  }

  /** These sessions have more to tell. */
  wake(sessionIds: readonly string[]): void {
    for (const id of sessionIds) if (this.#followed.has(id)) this.#awake.add(id);
    void this.#pump();
  }

  /** Closes a client that has read nothing for long; it comes back and goes on from its cursor. */
  closeIfStalled(): void {
    const { socket, now } = this.#options;
    // It may have read on since it was last sent something.
    void this.#pump();
    if (this.#stalledSince !== null && now() - this.#stalledSince > stalledMsMax) socket.close(4008, 'too slow');
  }

  #heard(data: RawData): void {
    const frame = parsed(data);
    if (!frame) {
      this.#options.report('a client sent a frame that nobody understands; it was skipped');
      return;
    }
    this.#obey(frame);
  }

  #obey(frame: UpFrame): void {
    switch (frame.type) {
      case 'ping':
        return this.hint({ type: 'heartbeat', heads: {} });
      case 'subscribe':
        return this.#subscribe(frame);
      case 'unsubscribe':
        this.#asked.delete(frame.sessionId);
        this.#followed.delete(frame.sessionId);
        return;
      case 'pull':
        this.#followed.get(frame.sessionId)?.pull(frame.after);
        return this.wake([frame.sessionId]);
      default:
        return unreachable(frame);
    }
  }

  #subscribe(frame: SubscribeFrame): void {
    const { sessionId } = frame;
    const isKnown = this.#followed.has(sessionId) || this.#asked.has(sessionId);
    if (!isKnown && this.#followed.size + this.#asked.size >= subscriptionsMax)
      return this.hint(failed(sessionId, `A socket follows at most ${subscriptionsMax} sessions.`));
    this.#asked.set(sessionId, frame);
    void this.#pump();
  }

  /** Reads and sends in turn, a frame per session, for as long as the client keeps up. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#hasWork() && this.#isReady()) {
      for (const frame of [...this.#asked.values()])
        if (this.#isReady()) await this.#guarded(frame.sessionId, () => this.#answer(frame));
      for (const id of [...this.#awake]) if (this.#isReady()) await this.#guarded(id, () => this.#sendNext(id));
      // Reading is no waiting: without a pause, what others say would be heard only when all of it was sent.
      await setImmediate();
    }
    this.#pumping = false;
  }

  #hasWork(): boolean {
    return this.#asked.size > 0 || this.#awake.size > 0;
  }

  /** A session that cannot be read must not keep the others waiting. */
  async #guarded(sessionId: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.report(`session ${sessionId}: ${String(error)}`);
      this.#asked.delete(sessionId);
      this.#followed.delete(sessionId);
      this.#send(failed(sessionId, 'It could not be read; the server’s output says why.'));
    }
  }

  async #answer(frame: SubscribeFrame): Promise<void> {
    const { sessionId } = frame;
    const { subscription, frames } = await Subscription.open(this.#options.log, frame);
    // Taken back, or asked anew, while it was read.
    if (this.#asked.get(sessionId) !== frame) return;
    this.#asked.delete(sessionId);
    for (const first of frames) this.#send(first);
    if (!subscription) return void this.#followed.delete(sessionId);
    this.#followed.set(sessionId, subscription);
    this.#awake.add(sessionId);
  }

  async #sendNext(sessionId: string): Promise<void> {
    // Before it is read: what is appended meanwhile wakes it again.
    this.#awake.delete(sessionId);
    const subscription = this.#followed.get(sessionId);
    const frame = await subscription?.next();
    if (!frame || this.#followed.get(sessionId) !== subscription) return;
    this.#send(frame);
    if (frame.type === 'reset') this.#followed.delete(sessionId);
    else this.#awake.add(sessionId);
  }

  #isReady(): boolean {
    const { socket, now } = this.#options;
    const isFull = socket.bufferedAmount >= backlogBytesMax;
    this.#stalledSince = isFull ? (this.#stalledSince ?? now()) : null;
    return !isFull && socket.readyState === socket.OPEN;
  }

  #send(frame: DownFrame): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify(frame), () => {
      if (this.#hasWork()) void this.#pump();
    });
  }
}

function failed(sessionId: string, detail: string): DownFrame {
  return { type: 'reset', sessionId, reason: 'failed', detail };
}

function parsed(data: RawData): UpFrame | null {
  try {
    const result = upFrameSchema.safeParse(JSON.parse(String(data)));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
