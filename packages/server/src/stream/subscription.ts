/**
 * One follower of one session: a cursor into its log. It holds no rows: what a slow client has not read yet stays in the
 * store, and is read when the client is ready for it. The pieces of a snapshot are read the same way, one when the one
 * before is on its way.
 */
import type { LogPlace, PieceLimits } from '@taffrail/store';
import type { Channel, DownFrame, OpenPermission, SubscribeFrame } from '@taffrail/wire';
import { type Log, pieceBytes } from './log.js';
import { SnapshotRest } from './snapshot-rest.js';

// A client that is further behind is served faster by the session as it stands.
const replayRowsMax = 2_000;
const replayBytesMax = 1024 * 1024;
const pageLimits = { rows: 500, characters: 48 * 1024 };
// What a snapshot holds at most, however many items its last turns have.
const windowMax = 500;

export class Subscription {
  readonly sessionId: string;
  readonly #log: Log;
  readonly #num: number;
  readonly #epoch: number;
  readonly #channels: ReadonlySet<Channel> | null;
  readonly #rest: SnapshotRest | null;
  #cursor: number;
  #synced = false;

  private constructor(
    log: Log,
    frame: SubscribeFrame,
    place: LogPlace,
    { cursor, rest }: { cursor: number; rest: SnapshotRest | null },
  ) {
    this.sessionId = frame.sessionId;
    this.#log = log;
    this.#num = place.num;
    this.#epoch = place.epoch;
    this.#channels = frame.channels ? new Set(frame.channels) : null;
    this.#rest = rest;
    this.#cursor = cursor;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Whether a client that has read so far can go on from the cursor: nothing of its snapshot is still to come. */
  get isWhole(): boolean {
    return this.#rest === null || this.#rest.isSent;
  }

  /** Begins to follow: what is sent first, and the subscription; `null` in its place where there is no such session. */
  static async open(
    log: Log,
    frame: SubscribeFrame,
  ): Promise<{ subscription: Subscription | null; frames: DownFrame[] }> {
    const place = await log.place(frame.sessionId);
    if (!place) return { subscription: null, frames: [unknownSession(frame.sessionId)] };
    const after = await replayedFrom(log, frame, place);
    return after === null ? Subscription.#anew(log, frame) : Subscription.#replayed(log, frame, place, after);
  }

  static async #replayed(log: Log, frame: SubscribeFrame, place: LogPlace, after: number) {
    const mode = after === place.head ? 'live' : 'replay';
    const none = { items: 0, bytes: 0 };
    const pending =
      place.status === 'waiting' ? ((await log.snapshot(frame.sessionId, none))?.state.permissions ?? []) : [];
    const subscription = new Subscription(log, frame, place, { cursor: after, rest: null });
    return { subscription, frames: [subscribed(frame.sessionId, place, mode, pending)] };
  }

  static async #anew(log: Log, frame: SubscribeFrame) {
    const { sessionId } = frame;
    const found = await log.snapshot(sessionId, { items: windowOf(frame), bytes: pieceBytes });
    if (!found) return { subscription: null, frames: [unknownSession(sessionId)] };
    const { state, epoch, head } = found;
    const rest = new SnapshotRest(log, found, windowOf(frame) - state.items.length);
    const frames: DownFrame[] = [
      subscribed(sessionId, found, 'snapshot', state.permissions),
      { type: 'snapshot', sessionId, epoch, seq: head, state, rest: rest.announced },
    ];
    return { subscription: new Subscription(log, frame, found, { cursor: head, rest }), frames };
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
    const { sessionId } = this;
    const at = { sessionId, epoch: this.#epoch, seq: this.#cursor };
    const text = await this.#rest?.nextText(this.#num);
    if (text) return { type: 'text', ...at, ...text };
    if (this.#cursor < place.head) return this.#rows();
    const piece = await this.#rest?.nextItems(this.#num);
    if (!piece) return this.#caughtUp();
    // Rows came while it was read: they go first, and it is read anew as it stands after them.
    if (piece.head > this.#cursor) return this.#rows();
    this.#rest?.sent(piece);
    return { type: 'items', ...at, before: piece.before, items: piece.items, rest: piece.announced };
  }

  async #rows(): Promise<DownFrame> {
    const from = this.#cursor;
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

function windowOf({ window }: SubscribeFrame): number {
  return window ?? windowMax;
}

/** The seq after which rows are sent; `null` where the session as it stands is less, or all there is to send. */
async function replayedFrom(log: Log, frame: SubscribeFrame, place: LogPlace): Promise<number | null> {
  const after = afterOf(frame);
  if (after === null || (frame.epoch !== undefined && frame.epoch !== place.epoch)) return null;
  if (after > place.head || place.head - after > replayRowsMax) return null;
  const bytes = await log.bytesAfter(place.num, after, replayBytesMax);
  // No snapshot is less than one frame.
  if (bytes <= pieceBytes) return after;
  if (bytes > replayBytesMax) return null;
  return (await isMore(log, frame, { items: windowOf(frame), bytes })) ? after : null;
}

/** Whether a whole snapshot does not go into these limits. */
async function isMore(log: Log, { sessionId }: SubscribeFrame, limits: PieceLimits): Promise<boolean> {
  const found = await log.snapshot(sessionId, limits);
  return found !== null && (found.cut !== null || (found.more && found.state.items.length < limits.items));
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
