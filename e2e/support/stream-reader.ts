/** One client on its line: the real machine at one end, the real subscription at the other, and a bad network between. */
import { type FollowEffect, type FollowState, newFollow, type SessionFrame, stepFollow } from '@taffrail/client';
import { type Log, Subscription } from '@taffrail/server';
import type { SessionState } from '@taffrail/session';
import type { DownFrame, ItemPage, ItemsFrame, RowsFrame, TextFrame, UpFrame } from '@taffrail/wire';
import type { Fate } from './stream-schedule.js';
import type { Writer } from './stream-writer.js';

/** Smaller than in the product, so that short logs already reach beyond them. */
const windowItems = 5;

/** What is otherwise where one of the rules is left out. */
export interface Variant {
  /** Heads are not told, so that a lost tail goes unseen. */
  headless?: boolean;
  /** What the machine is given in place of the rows that came. */
  rows?: (frame: RowsFrame, known: SessionState | null) => RowsFrame;
  /** What it is given in place of a further piece of a snapshot. */
  piece?: (frame: ItemsFrame | TextFrame, known: FollowState) => ItemsFrame | TextFrame;
  /** The client's totals, where it does not take them from the rows. */
  total?: (reader: Reader) => number;
  step?: typeof stepFollow;
  /** It may be behind in part on the way, and still be right in the end. */
  isJudgedAtEnd?: boolean;
  log?: (log: Log, writer: Writer) => Log;
}

export interface ReaderOptions {
  sessionId: string;
  log: Log;
  page: (before: number) => Promise<ItemPage>;
  now: () => number;
  variant: Variant;
}

type Parcel = { frame: DownFrame } | { number: number; page: ItemPage };

export class Reader {
  state: FollowState;
  /** Where the last snapshot's window began: what stands before it came by page. */
  windowFrom = 0;
  /** What the usage rows that were new to it add up to. */
  summed = 0;
  readonly #options: ReaderOptions;
  #subscription: Subscription | null = null;
  #onWay: Parcel[] = [];
  #isConnected = false;
  #isAwake = false;
  /** So far that the server will answer with a snapshot. */
  #isFarBehind = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.state = newFollow(options.sessionId);
  }

  async meet(fate: Fate, some: number): Promise<void> {
    switch (fate) {
      case 'wait':
        return;
      case 'connect':
        return this.connect();
      case 'disconnect':
        return this.#disconnect();
      case 'reload':
        await this.#disconnect();
        this.state = newFollow(this.#options.sessionId);
        return this.connect();
      case 'fallBehind':
        await this.#disconnect();
        this.#isFarBehind = true;
        return this.connect();
      case 'older':
        return this.give({ type: 'older' });
      case 'heartbeat':
        return this.beat();
      default:
        return this.#travel(fate, some);
    }
  }

  /** The log has grown. */
  wake(): void {
    this.#isAwake = true;
  }

  async connect(): Promise<void> {
    if (this.#isConnected) return;
    this.#isConnected = true;
    await this.give({ type: 'connected' });
  }

  /** The server tells where the log stands, as far as it follows for this client. */
  async beat(): Promise<void> {
    const place = this.#subscription && (await this.#options.log.place(this.#options.sessionId));
    const { headless } = this.#options.variant;
    if (place && !headless) await this.give({ type: 'head', head: place.head });
  }

  /** Everything that is on its way arrives, and everything that it brings about. */
  async settle(): Promise<void> {
    for (;;) {
      await this.#pump();
      if (this.#onWay.length === 0) return;
      for (const parcel of this.#onWay.splice(0)) await this.#arrive(parcel);
    }
  }

  async give(input: Parameters<typeof stepFollow>[1]): Promise<void> {
    const { step = stepFollow } = this.#options.variant;
    const { state, effects } = step(this.state, input, this.#options.now());
    this.state = state;
    for (const effect of effects) await this.#run(effect);
  }

  async #disconnect(): Promise<void> {
    this.#isConnected = false;
    this.#subscription = null;
    // Pages come by another way.
    this.#onWay = this.#onWay.filter((parcel) => 'page' in parcel);
    await this.give({ type: 'lost' });
  }

  async #travel(fate: Fate, some: number): Promise<void> {
    await this.#pump();
    const parcels = this.#onWay;
    const at = some % Math.max(parcels.length, 1);
    const chosen = parcels[at];
    if (fate === 'deliver') return this.settle();
    if (fate === 'trickle') for (const first of parcels.splice(0, 2)) await this.#arrive(first);
    if (fate === 'lose' && chosen && isLosable(chosen)) await this.#lose(parcels.splice(at, 1)[0] ?? chosen);
    if (fate === 'repeat' && chosen) parcels.push(chosen);
    if (fate === 'disorder' && chosen) await this.#arrive(parcels.splice(at, 1)[0] ?? chosen);
    if (fate === 'sleep') await this.give({ type: 'tick' });
  }

  async #lose(parcel: Parcel): Promise<void> {
    if (!('page' in parcel)) return;
    await this.give({ type: 'page_failed', number: parcel.number, problem: 'lost' });
    this.#noteGivenUp();
  }

  async #pump(): Promise<void> {
    while (this.#subscription && this.#isAwake) {
      const frame = await this.#subscription.next();
      this.#isAwake = frame !== null;
      if (!frame) return;
      this.#onWay.push({ frame });
      if (frame.type === 'reset') this.#subscription = null;
    }
  }

  async #arrive(parcel: Parcel): Promise<void> {
    if ('page' in parcel) return this.give({ type: 'page', number: parcel.number, page: parcel.page });
    const { frame } = parcel;
    const { headless } = this.#options.variant;
    if (headless && frame.type === 'synced') return;
    if (frame.type === 'rows') return this.#arriveRows(frame);
    const before = this.state.log;
    const { piece = (same: ItemsFrame | TextFrame) => same } = this.#options.variant;
    const given = frame.type === 'items' || frame.type === 'text' ? piece(frame, this.state) : frame;
    await this.give({ type: 'frame', frame: given as SessionFrame });
    if (this.state.log === before) return;
    if (frame.type === 'items') this.windowFrom = Math.min(this.windowFrom, frame.items[0]?.seq ?? this.windowFrom);
    if (frame.type !== 'snapshot') return;
    this.windowFrom = frame.state.items[0]?.seq ?? 0;
    this.summed = frame.state.totals?.inputTokens ?? 0;
  }

  async #arriveRows(frame: RowsFrame): Promise<void> {
    const { rows = (same: RowsFrame) => same } = this.#options.variant;
    const known = this.state.log?.session ?? null;
    for (const row of frame.rows)
      if (row.kind === 'usage.recorded' && row.seq > (known?.head ?? 0)) this.summed += row.data.inputTokens ?? 0;
    await this.give({ type: 'frame', frame: rows(frame, known) });
    if (frame.rows.some(({ kind }) => kind === 'session.rewound')) this.#noteGivenUp();
  }

  /** What was to be read again is given up: it comes by page. */
  #noteGivenUp(): void {
    const [first] = this.state.log?.session.items.values() ?? [];
    this.windowFrom = Math.max(this.windowFrom, first?.seq ?? 0);
  }

  async #run(effect: FollowEffect): Promise<void> {
    if (effect.type === 'send') return this.#hear(effect.frame);
    if (effect.type !== 'fetch_page') return;
    this.#onWay.push({ number: effect.number, page: await this.#options.page(effect.before) });
  }

  /** What the server does with a frame. */
  async #hear(frame: UpFrame): Promise<void> {
    if (!this.#isConnected) return;
    this.wake();
    if (frame.type === 'pull') this.#subscription?.pull(frame.after);
    if (frame.type !== 'subscribe') return;
    const { after, ...question } = frame;
    const known = this.#isFarBehind || after === undefined ? {} : { after };
    this.#isFarBehind = false;
    const opened = await Subscription.open(this.#options.log, { ...question, ...known, window: windowItems });
    this.#subscription = opened.subscription;
    this.#onWay.push(...opened.frames.map((one) => ({ frame: one })));
  }
}

/** A reset ends the following: the server counts on its arriving, as all frames do while a line lives. */
function isLosable(parcel: Parcel): boolean {
  return !('frame' in parcel) || parcel.frame.type !== 'reset';
}
