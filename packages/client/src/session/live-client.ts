/** The thin shell round the followers: one socket for all of them, a timer, pages, and telling readers at the reader's pace. */
import { type DownFrame, type ItemPage, type Row, unreachable } from '@taffrail/wire';
import type { Result } from '../rest/problem.js';
import { createSocketShell, type SocketLike } from '../socket/shell.js';
import type { FrameReport, SocketState } from '../socket/state.js';
import type { FollowedSession, LiveClient } from './contract.js';
import { stepFollow } from './follow.js';
import {
  type FollowEffect,
  type FollowInput,
  type FollowReport,
  type FollowState,
  newFollow,
  type SessionFrame,
} from './follow-state.js';
import { isSameView, viewOf } from './view.js';

const tickMs = 1000;
const pageItems = 60;
// Sessions that nobody follows any more, but may come back to: tabs are changed to and fro.
const parkedMax = 8;

/** Frames that are about no followed session in particular. */
export type PassingFrame = Exclude<DownFrame, SessionFrame | { type: 'heartbeat' }>;

export interface LiveClientOptions {
  open: () => SocketLike;
  /** A page of a session's items, over HTTP. */
  page: (sessionId: string, query: { before: number; limit: number }) => Promise<Result<ItemPage>>;
  /** Calls back once, soon: the next animation frame. Followers are told of all changes until then in one go. */
  schedule: (work: () => void) => void;
  onFrame: (frame: PassingFrame) => void;
  onState: (state: SocketState) => void;
  /** Hints may have been missed: fetch again what is shown of lists and sums. Followed sessions see to themselves. */
  onResync: () => void;
  onReport: (report: FrameReport | FollowReport) => void;
  /** Told at once of what a followed log has gained. Where a snapshot came in between, `from` is not the last `to`. */
  onRows?: (sessionId: string, gained: { from: number; rows: readonly Row[]; to: number }) => void;
  now: () => number;
  random: () => number;
}

interface Follower {
  state: FollowState;
  view: FollowedSession;
  listeners: Set<(session: FollowedSession) => void>;
}

/** Makes a client of one server. Nothing happens before `start`. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const client = new Client(options);
  return {
    start: () => client.start(),
    stop: () => client.stop(),
    wake: (reason) => client.socket.send({ type: reason }),
    socket: () => client.socket.state(),
    follow: (sessionId, changed) => client.follow(sessionId, changed),
    view: (sessionId) => client.view(sessionId),
    loadOlder: (sessionId) => client.tell(sessionId, { type: 'older' }),
    retry: (sessionId) => client.tell(sessionId, { type: 'retry' }),
  };
}

class Client {
  readonly socket;
  readonly #options: LiveClientOptions;
  readonly #followed = new Map<string, Follower>();
  /** The longest left first. */
  readonly #parked = new Map<string, FollowState>();
  readonly #changed = new Set<string>();
  #isConnected = false;
  #isScheduled = false;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(options: LiveClientOptions) {
    this.#options = options;
    const { open, now, random, onResync, onReport } = options;
    this.socket = createSocketShell({
      open,
      now,
      random,
      onResync,
      onReport,
      onFrame: (frame) => this.#receive(frame),
      onState: (state) => this.#noteState(state),
    });
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tellAll({ type: 'tick' }), tickMs);
    this.socket.send({ type: 'start' });
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.socket.send({ type: 'stop' });
  }

  follow(sessionId: string, changed: (session: FollowedSession) => void): () => void {
    const follower = this.#followed.get(sessionId) ?? this.#begin(sessionId);
    // Its own, so that one function may follow twice and stop once.
    const listener = (session: FollowedSession) => changed(session);
    follower.listeners.add(listener);
    changed(follower.view);
    return () => {
      follower.listeners.delete(listener);
      if (follower.listeners.size === 0 && this.#followed.get(sessionId) === follower) this.#end(sessionId, follower);
    };
  }

  view(sessionId: string): FollowedSession | null {
    return this.#followed.get(sessionId)?.view ?? null;
  }

  /** Gives a follower an input, and does what it answers. */
  tell(sessionId: string, input: FollowInput): void {
    const follower = this.#followed.get(sessionId);
    if (!follower) return;
    const { state, effects } = stepFollow(follower.state, input, this.#options.now());
    if (state === follower.state && effects.length === 0) return;
    follower.state = state;
    for (const effect of effects) this.#run(sessionId, effect);
    this.#changed.add(sessionId);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.schedule(() => this.#publish());
  }

  #begin(sessionId: string): Follower {
    const state = this.#parked.get(sessionId) ?? newFollow(sessionId);
    this.#parked.delete(sessionId);
    const follower: Follower = { state, view: viewOf(state), listeners: new Set() };
    this.#followed.set(sessionId, follower);
    if (this.#isConnected) this.tell(sessionId, { type: 'connected' });
    return follower;
  }

  #end(sessionId: string, { state }: Follower): void {
    this.#followed.delete(sessionId);
    this.#parked.set(sessionId, stepFollow(state, { type: 'left' }, this.#options.now()).state);
    for (const oldest of this.#parked.keys()) {
      if (this.#parked.size <= parkedMax) break;
      this.#parked.delete(oldest);
    }
    this.socket.send({ type: 'say', frame: { type: 'unsubscribe', sessionId } });
  }

  #tellAll(input: FollowInput): void {
    for (const sessionId of this.#followed.keys()) this.tell(sessionId, input);
  }

  #publish(): void {
    this.#isScheduled = false;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const sessionId of changed) {
      const follower = this.#followed.get(sessionId);
      const view = follower && viewOf(follower.state);
      if (!view || isSameView(view, follower.view)) continue;
      follower.view = view;
      for (const listener of [...follower.listeners]) listener(view);
    }
  }

  #noteState(state: SocketState): void {
    // Being connected begins with `hello`, before this is told.
    if (state.name !== 'open' && this.#isConnected) {
      this.#isConnected = false;
      this.#tellAll({ type: 'lost' });
    }
    this.#options.onState(state);
  }

  #receive(frame: DownFrame): void {
    switch (frame.type) {
      case 'heartbeat':
        for (const [sessionId, head] of Object.entries(frame.heads)) this.tell(sessionId, { type: 'head', head });
        return;
      case 'hello':
        // Where no session runs there is nothing to follow, and an older server would not know the word (F7).
        this.#isConnected = frame.capabilities.includes('live');
        if (this.#isConnected) this.#tellAll({ type: 'connected' });
        return this.#options.onFrame(frame);
      case 'sessions':
        for (const { sessionId, head } of frame.changed) this.tell(sessionId, { type: 'head', head });
        return this.#options.onFrame(frame);
      case 'import':
        return this.#options.onFrame(frame);
      default:
        return this.#receiveOfSession(frame);
    }
  }

  #receiveOfSession(frame: SessionFrame): void {
    const { sessionId } = frame;
    if (this.#followed.has(sessionId)) return this.tell(sessionId, { type: 'frame', frame });
    // It was left before the server had answered: the server would go on telling.
    if (frame.type === 'subscribed') this.socket.send({ type: 'say', frame: { type: 'unsubscribe', sessionId } });
  }

  #run(sessionId: string, effect: FollowEffect): void {
    switch (effect.type) {
      case 'send':
        return this.socket.send({ type: 'say', frame: effect.frame });
      case 'report':
        return this.#options.onReport(effect.report);
      case 'fetch_page':
        return void this.#fetchPage(sessionId, effect.number, effect.before);
      case 'applied':
        return this.#options.onRows?.(sessionId, effect);
      default:
        return unreachable(effect);
    }
  }

  async #fetchPage(sessionId: string, number: number, before: number): Promise<void> {
    const result = await this.#options.page(sessionId, { before, limit: pageItems });
    if (result.ok) return this.tell(sessionId, { type: 'page', number, page: result.value });
    const { title, detail, action } = result.problem;
    this.tell(sessionId, { type: 'page_failed', number, problem: `${title}: ${detail} ${action}` });
  }
}
