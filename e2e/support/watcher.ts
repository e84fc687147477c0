/** A person at a screen: the real client over a real socket, and the memory of what it has shown. */
import { createLiveClient, type FollowedSession, type SocketLike } from '@taffrail/client';
import type { SessionState } from '@taffrail/session';
import type { WebSocket } from 'ws';
import { type Address, socketTo } from './line.js';
import { until } from './program.js';

export class Watcher {
  /** What was shown and then taken back, in a sentence each. */
  readonly lost: string[] = [];
  /** What the client complained of. */
  readonly reports: string[] = [];
  readonly #client;
  readonly #shown = new Map<string, SessionState>();
  readonly #views = new Map<string, FollowedSession>();
  #server: Address;
  #socket: WebSocket | null = null;

  constructor(server: Address) {
    this.#server = server;
    this.#client = createLiveClient({
      open: () => this.#open(),
      page: () => Promise.reject(new Error('nothing here is long enough for pages')),
      // At once: every state counts.
      schedule: (work) => work(),
      onFrame: () => undefined,
      onState: () => undefined,
      onResync: () => undefined,
      onReport: ({ kind, detail }) => this.reports.push(`${kind}: ${detail}`),
      now: Date.now,
      random: Math.random,
    });
    this.#client.start();
  }

  /** Returns how to stop. */
  follow(sessionId: string): () => void {
    return this.#client.follow(sessionId, (view) => this.#note(view));
  }

  /** What it shows now; `null` before anything is here. */
  view(sessionId: string): FollowedSession | null {
    return this.#views.get(sessionId) ?? null;
  }

  /** Waits until it shows what satisfies. @throws with what it shows where it never does. */
  async shows(sessionId: string, satisfied: (session: SessionState) => boolean): Promise<SessionState> {
    const holds = (view: FollowedSession | null) => view !== null && view.phase === 'live' && satisfied(view.session);
    const view = await until(async () => this.view(sessionId), holds);
    if (view && holds(view)) return view.session;
    throw new Error(
      `session ${sessionId} never came so far: ${JSON.stringify({ phase: view?.phase, ...standing(view) })}`,
    );
  }

  /** The line is cut without a word. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** The server is another one now, or the network is back: no waiting for the next try. */
  wake(server = this.#server): void {
    this.#server = server;
    this.#client.wake('online');
  }

  stop(): void {
    this.#client.stop();
  }

  #open(): SocketLike {
    this.#socket = socketTo(this.#server);
    return this.#socket as unknown as SocketLike;
  }

  #note(view: FollowedSession): void {
    const { sessionId, session } = view;
    const before = this.#shown.get(sessionId);
    if (before) this.lost.push(...losses(before, session).map((loss) => `${sessionId}: ${loss}`));
    this.#shown.set(sessionId, session);
    this.#views.set(sessionId, view);
  }
}

function standing(view: FollowedSession | null) {
  if (!view) return {};
  const { status, turns, items, head } = view.session;
  return { status, head, turns: [...turns.values()], last: [...items.values()].at(-1) };
}

/** What one state showed and a later one does not: texts only grow, turns only end, figures only rise. */
export function losses(before: SessionState, after: SessionState): string[] {
  const items = [...before.items.values()].filter(
    ({ id, item }) => !after.items.get(id)?.item.text.startsWith(item.text),
  );
  const turns = [...before.turns.values()].filter(
    ({ turnId, outcome }) => outcome !== 'running' && after.turns.get(turnId)?.outcome !== outcome,
  );
  const spent = (state: SessionState) => state.totals?.inputTokens ?? 0;
  return [
    ...items.map(({ id, item }) => `${id} was ${tail(item.text)}, and is ${tail(after.items.get(id)?.item.text)}`),
    ...turns.map(({ turnId, outcome }) => `turn ${turnId} was ${outcome}, and is ${after.turns.get(turnId)?.outcome}`),
    ...(spent(after) < spent(before) ? [`${spent(before)} tokens were counted, and now ${spent(after)}`] : []),
    ...(after.head < before.head ? [`the log had ${before.head} rows, and has ${after.head}`] : []),
  ];
}

const tail = (text: string | undefined) => JSON.stringify(text?.slice(-80) ?? null);
