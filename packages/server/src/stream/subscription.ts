/**
 * One follower of one session: a cursor into its log. It holds no rows: what a slow client has not read yet stays in the
 * store, and is read when the client is ready for it.
 */
import type { LogPlace, Store } from '@taffrail/store';
import type { Channel, DownFrame, OpenPermission, SubscribeFrame } from '@taffrail/wire';

export type Log = Pick<Store, 'place' | 'rowsAfter' | 'snapshot'>;

// A client that is further behind is served faster by the session as it stands.
const replayRowsMax = 2_000;
// One frame's worth: small enough that heartbeats and other sessions pass between two.
const pageLimits = { rows: 500, characters: 48 * 1024 };
const windowDefault = 60;

export class Subscription {
  readonly sessionId: string;
  readonly #log: Log;
  readonly #num: number;
  readonly #epoch: number;
  readonly #channels: ReadonlySet<Channel> | null;
  #cursor: number;
  #synced = false;

  private constructor(log: Log, frame: SubscribeFrame, place: LogPlace, cursor: number) {
    this.sessionId = frame.sessionId;
    this.#log = log;
    this.#num = place.num;
    this.#epoch = place.epoch;
    this.#channels = frame.channels ? new Set(frame.channels) : null;
    this.#cursor = cursor;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Begins to follow: what is sent first, and the subscription; `null` in its place where there is no such session. */
  static async open(
    log: Log,
    frame: SubscribeFrame,
  ): Promise<{ subscription: Subscription | null; frames: DownFrame[] }> {
    const place = await log.place(frame.sessionId);
    if (!place) return { subscription: null, frames: [unknownSession(frame.sessionId)] };
    const after = afterOf(frame);
    const canReplay =
      after !== null &&
      (frame.epoch === undefined || frame.epoch === place.epoch) &&
      after <= place.head &&
      place.head - after <= replayRowsMax;
    return canReplay ? Subscription.#replayed(log, frame, place, after) : Subscription.#anew(log, frame);
  }

  static async #replayed(log: Log, frame: SubscribeFrame, place: LogPlace, after: number) {
    const mode = after === place.head ? 'live' : 'replay';
    const pending =
      place.status === 'waiting' ? ((await log.snapshot(frame.sessionId, 0))?.state.permissions ?? []) : [];
    const subscription = new Subscription(log, frame, place, after);
    return { subscription, frames: [subscribed(frame.sessionId, place, mode, pending)] };
  }

  static async #anew(log: Log, frame: SubscribeFrame) {
    const found = await log.snapshot(frame.sessionId, frame.window ?? windowDefault);
    if (!found) return { subscription: null, frames: [unknownSession(frame.sessionId)] };
    const { state, ...place } = found;
    const frames: DownFrame[] = [
      subscribed(frame.sessionId, place, 'snapshot', state.permissions),
      { type: 'snapshot', sessionId: frame.sessionId, epoch: place.epoch, seq: place.head, state },
    ];
    return { subscription: new Subscription(log, frame, place, place.head), frames };
  }

  /** Goes back: the client says that it lacks what came after this seq. */
  pull(after: number): void {
    this.#cursor = Math.min(this.#cursor, after);
    this.#synced = false;
  }

  /** The next frame; `null` when the client has everything. */
  async next(): Promise<DownFrame | null> {
    const place = await this.#log.place(this.sessionId);
    if (!place) return unknownSession(this.sessionId);
    if (place.epoch !== this.#epoch)
      return { type: 'reset', sessionId: this.sessionId, reason: 'epoch', detail: 'the log was begun anew' };
    const from = this.#cursor;
    if (from >= place.head) return this.#caughtUp();
    const { rows, to } = await this.#log.rowsAfter(this.#num, from, pageLimits);
    // A client that has gone back meanwhile wants what is before this page too.
    if (this.#cursor === from) this.#cursor = to;
    const wanted = this.#channels ? rows.filter((row) => this.#channels?.has(row.channel)) : rows;
    return { type: 'rows', sessionId: this.sessionId, epoch: this.#epoch, from, to, rows: wanted };
  }

  #caughtUp(): DownFrame | null {
    if (this.#synced) return null;
    this.#synced = true;
    return { type: 'synced', sessionId: this.sessionId, seq: this.#cursor };
  }
}

/** Clients that keep a seq per channel have everything up to the lowest. */
function afterOf({ after, lastSeqPerChannel }: SubscribeFrame): number | null {
  if (after !== undefined) return after;
  const seqs = Object.values(lastSeqPerChannel ?? {});
  return seqs.length === 0 ? null : Math.min(...seqs);
}

function unknownSession(sessionId: string): DownFrame {
  return { type: 'reset', sessionId, reason: 'unknown_session', detail: `There is no session ${sessionId}.` };
}

function subscribed(
  sessionId: string,
  place: LogPlace,
  mode: 'live' | 'replay' | 'snapshot',
  pending: OpenPermission[],
): DownFrame {
  const { epoch, head, status } = place;
  return { type: 'subscribed', sessionId, epoch, head, mode, status, pending };
}
