/** One socket: what it follows, and how fast it reads. It is never queued for; rows wait in the store. */
import { type DownFrame, type UpFrame, unreachable, upFrameSchema } from '@taffrail/wire';
import type { RawData, WebSocket } from 'ws';
import { type Log, Subscription } from './subscription.js';

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
    if (this.#stalledSince !== null && now() - this.#stalledSince > stalledMsMax) socket.close(4008, 'too slow');
  }

  #heard(data: RawData): void {
    const frame = parsed(data);
    if (!frame) {
      this.#options.report('a client sent a frame that nobody understands; it was skipped');
      return;
    }
    this.#obey(frame).catch((error: unknown) => this.#options.report(String(error)));
  }

  async #obey(frame: UpFrame): Promise<void> {
    switch (frame.type) {
      case 'ping':
        return this.hint({ type: 'heartbeat', heads: {} });
      case 'subscribe':
        return this.#subscribe(frame);
      case 'unsubscribe':
        this.#followed.delete(frame.sessionId);
        return;
      case 'pull':
        this.#followed.get(frame.sessionId)?.pull(frame.after);
        return this.wake([frame.sessionId]);
      default:
        return unreachable(frame);
    }
  }

  async #subscribe(frame: Extract<UpFrame, { type: 'subscribe' }>): Promise<void> {
    if (this.#followed.size >= subscriptionsMax && !this.#followed.has(frame.sessionId)) {
      const detail = `A socket follows at most ${subscriptionsMax} sessions.`;
      return this.#send({ type: 'reset', sessionId: frame.sessionId, reason: 'failed', detail });
    }
    const { subscription, frames } = await Subscription.open(this.#options.log, frame);
    for (const first of frames) this.#send(first);
    if (!subscription) return;
    this.#followed.set(frame.sessionId, subscription);
    this.wake([frame.sessionId]);
  }

  /** Reads and sends in turn, a frame per session, for as long as the client keeps up. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#awake.size > 0 && this.#isReady()) {
        for (const id of [...this.#awake]) if (this.#isReady()) await this.#sendNext(id);
      }
    } catch (error) {
      this.#options.report(String(error));
    } finally {
      this.#pumping = false;
    }
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
      if (this.#awake.size > 0) void this.#pump();
    });
  }
}

function parsed(data: RawData): UpFrame | null {
  try {
    const result = upFrameSchema.safeParse(JSON.parse(String(data)));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
