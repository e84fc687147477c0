/** A session as server-sent events: the same frames as over the socket, each with the place to go on from. */
import type { Store } from '@taffrail/store';
import type { DownFrame } from '@taffrail/wire';
import { HttpProblem } from '../http/problem.js';
import { Subscription } from './subscription.js';

const heartbeatMs = 15_000;

export interface SseCursor {
  epoch: number | null;
  seq: number;
}

/** `<epoch>.<seq>` of `Last-Event-ID`, or a bare seq of `?after=`. @throws HttpProblem 400. */
export function cursorFrom(lastEventId: string | undefined, after: string | undefined): SseCursor | null {
  if (lastEventId === undefined && after === undefined) return null;
  const [, epoch, seq] = /^(?:(\d+)\.)?(\d+)$/.exec(lastEventId ?? after ?? '') ?? [];
  if (seq === undefined) throw new HttpProblem(400, 'A cursor is <epoch>.<seq>, as the events name it, or a seq.');
  return { epoch: epoch === undefined ? null : Number(epoch), seq: Number(seq) };
}

/** @throws HttpProblem 404 for an unknown session, 410 for a cursor into a log that is no more. */
export async function eventStream(
  store: Store,
  hub: { onChanged(sessionId: string, changed: () => void): () => void },
  sessionId: string,
  cursor: SseCursor | null,
): Promise<Response> {
  const place = await store.place(sessionId);
  if (!place) throw new HttpProblem(404, `There is no session ${sessionId}.`);
  if (cursor && ((cursor.epoch ?? place.epoch) !== place.epoch || cursor.seq > place.head))
    throw new HttpProblem(410, 'This log was begun anew since. Ask again without a cursor.');
  const at = cursor ? { after: cursor.seq, epoch: place.epoch } : {};
  const { subscription, frames } = await Subscription.open(store, { type: 'subscribe', sessionId, ...at });
  if (!subscription) throw new HttpProblem(404, `There is no session ${sessionId}.`);
  const events = new EventSource(subscription, frames, (changed) => hub.onChanged(sessionId, changed));
  return new Response(new ReadableStream(events), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  });
}

/** Pulled by its reader: what it has not taken yet stays in the store. */
class EventSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #subscription: Subscription;
  readonly #first: DownFrame[];
  readonly #forget: () => void;
  #epoch = 1;
  #wake: (() => void) | null = null;
  #isWoken = true;
  #isEnded = false;

  constructor(subscription: Subscription, first: DownFrame[], follow: (changed: () => void) => () => void) {
    this.#subscription = subscription;
    this.#first = [...first];
    this.#forget = follow(() => {
      this.#isWoken = true;
      this.#wake?.();
    });
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (!this.#isEnded) {
      const frame = this.#first.shift() ?? (await this.#next());
      if (!frame) continue;
      controller.enqueue(this.#event(frame));
      if (frame.type === 'reset') this.#end(controller);
      return;
    }
  }

  cancel(): void {
    this.#isEnded = true;
    this.#forget();
    this.#wake?.();
  }

  async #next(): Promise<DownFrame | null> {
    if (this.#isWoken) {
      this.#isWoken = false;
      const frame = await this.#subscription.next();
      this.#isWoken ||= frame !== null;
      return frame;
    }
    const isLate = await this.#rest();
    const heads = { [this.#subscription.sessionId]: this.#subscription.cursor };
    return isLate ? { type: 'heartbeat', heads } : null;
  }

  /** Until something changes; true where nothing did for so long that a sign of life is due. */
  #rest(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), heartbeatMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
  }

  #event(frame: DownFrame): Uint8Array {
    if ('epoch' in frame) this.#epoch = frame.epoch;
    // Who loses the line before the whole snapshot is here begins anew: there is no place yet to go on from.
    const id =
      this.#subscription.isWhole && this.#first.length === 0 ? `id: ${this.#epoch}.${this.#subscription.cursor}\n` : '';
    return Buffer.from(`${id}event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`);
  }

  #end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#isEnded = true;
    this.#forget();
    controller.close();
  }
}
