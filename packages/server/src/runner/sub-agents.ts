/**
 * Sub-agents: a call starts a session of its own, which runs like every other one; whoever called waits for its turn. The
 * call's span in the parent's log names the child, so that a server that starts finds who waits for whom.
 */
import { type AgentOrder, type AgentOutcome, type AgentStart, builtinTools, cutMiddle } from '@taffrail/agent';
import { mcpNames } from '@taffrail/session';
import type { Store } from '@taffrail/store';
import type { Item, QueuedInput } from '@taffrail/wire';
import { v7 } from 'uuid';
import type { LiveSession } from './live-session.js';
import type { LiveSessions } from './live-sessions.js';
import { type DescribedIn, describedRow, titleFrom } from './new-session.js';
import { OrderError } from './order-error.js';
import { runningTurn, type ToldResult, wasOnlyWaiting } from './recover.js';
import type { RunSettings } from './settings.js';

export interface SubAgentsOptions extends Omit<DescribedIn, 'at' | 'settings'> {
  settings: () => RunSettings;
  store: Store;
  sessions: LiveSessions;
  /** By which a session's turn runs. Those turns start sub-agents in turn, so one of the two must be there first. */
  turns: () => TurnOrders;
  changed: (sessionIds: readonly string[]) => void;
  now: () => number;
}

interface TurnOrders {
  begin(session: LiveSession, input: QueuedInput): Promise<void>;
  goOn(session: LiveSession, turnId: string): void;
  endDead(session: LiveSession): Promise<void>;
}

export class SubAgents {
  readonly #options: SubAgentsOptions;

  constructor(options: SubAgentsOptions) {
    this.#options = options;
  }

  /** Lets the sub-agent do its task, or go on with it. `null` where the server stops and it waits on. */
  async run(
    parent: LiveSession,
    { callId, childSessionId, order }: AgentStart,
    signal: AbortSignal,
  ): Promise<AgentOutcome | null> {
    const { store, sessions } = this.#options;
    // A server may have died before there was a session.
    if (signal.aborted || !(order || (await store.place(childSessionId)))) return neverBegan;
    try {
      if (order) await this.#create(parent, childSessionId, order);
      const child = await sessions.of(childSessionId);
      const turnId = order ? v7() : taskOf(child);
      if (turnId === null) return neverBegan;
      child.asker = { session: parent, callId, turnId };
      return await this.#carryOut(child, turnId, order, signal);
    } catch (error) {
      // No such folder any more, no such session: the one who called is told, and may do something else.
      if (error instanceof OrderError) return { status: 'error', text: error.message, changedFiles: false };
      throw error;
    }
  }

  async #create(parent: LiveSession, childSessionId: string, { task, title, agent }: AgentOrder): Promise<void> {
    const { store, settings, projectOf, changed, now } = this.#options;
    const { cwd = '', profile, model, effort } = parent.state.description;
    const isItself = agent === undefined || agent === profile;
    const session = {
      cwd,
      title: title ?? titleFrom(task),
      titledBy: title === undefined ? ('input' as const) : ('model' as const),
      agent: agent ?? profile,
      effort,
      // Another agent has models of its own.
      model: isItself ? model : undefined,
      parentId: parent.sessionId,
    };
    const rows = [describedRow(session, { settings: settings(), projectOf, at: now() })];
    const append = { sessionId: childSessionId, agent: 'taffrail', origin: 'live', mappingVersion: 0, rows } as const;
    await store.commit({ appends: [append], index: 'now' });
    changed([childSessionId, parent.sessionId]);
  }

  async #carryOut(
    child: LiveSession,
    turnId: string,
    order: AgentOrder | null,
    signal: AbortSignal,
  ): Promise<AgentOutcome | null> {
    const stop = () => {
      if (child.turn?.turnId !== turnId) return;
      child.turn.controller.abort(signal.reason === 'shutdown' ? 'shutdown' : 'interrupt');
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (order) await this.#options.turns().begin(child, { inputId: turnId, mode: 'queue', text: order.task });
      else if (runningTurn(child.state) === turnId && !child.turn) this.#options.turns().goOn(child, turnId);
      if (signal.aborted) stop();
      if (child.turn?.turnId === turnId) await child.turn.done;
      const isOpen = runningTurn(child.state) === turnId;
      return isOpen && signal.reason === 'shutdown' ? null : outcomeOf(child, turnId);
    } finally {
      signal.removeEventListener('abort', stop);
      child.asker = null;
    }
  }

  /**
   * Of a session whose server died: ends what was at work in it and in its sub-agents.
   * @returns whether it only waited, for a person, for a key, or for a sub-agent that does. Then it may go on.
   */
  async settle(session: LiveSession): Promise<boolean> {
    if (runningTurn(session.state) === null) return false;
    let childWaits = false;
    for (const { child, callId } of await this.#begunBy(session)) {
      if (!child || !(await this.settle(child))) continue;
      childWaits = true;
      // At once: its question may be answered before its turn goes on.
      child.asker = { session, callId, turnId: runningTurn(child.state) ?? '' };
    }
    if (wasOnlyWaiting(session.state, childWaits)) return true;
    await this.#options.turns().endDead(session);
    return false;
  }

  /** Of these sessions those that another of them waits for: what becomes of them is settled with it. */
  async awaitedBy(sessionIds: readonly string[]): Promise<Set<string>> {
    const opened = await Promise.allSettled(sessionIds.map((id) => this.#options.sessions.of(id)));
    const sessions = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const spans = sessions.flatMap(({ state }) => [...state.openSpans.values()]);
    return new Set(spans.flatMap(({ childSessionId }) => childSessionId ?? []));
  }

  /** Ends those that its open calls have started and that nobody runs any more. @returns what came of each, by its call. */
  async endOpen(session: LiveSession): Promise<Map<string, ToldResult>> {
    const told = new Map<string, ToldResult>();
    for (const { child, callId } of await this.#begunBy(session)) {
      if (child && !child.turn) await this.#options.turns().endDead(child);
      if (child) child.asker = null;
      const turnId = child && taskOf(child);
      const { status, text, changedFiles } = child && turnId !== null ? outcomeOf(child, turnId) : neverBegan;
      const more = { ...(child ? { childSessionId: child.sessionId } : {}), ...(changedFiles ? { changedFiles } : {}) };
      told.set(callId, { status, text, ...more });
    }
    return told;
  }

  /** The sub-agents that its open calls have started; `null` where its server died before there was a session. */
  async #begunBy({ state }: LiveSession): Promise<{ child: LiveSession | null; callId: string }[]> {
    const begun: { child: LiveSession | null; callId: string }[] = [];
    for (const { callId, childSessionId } of state.openSpans.values()) {
      if (callId === undefined || childSessionId === undefined) continue;
      const isThere = (await this.#options.store.place(childSessionId)) !== null;
      begun.push({ child: isThere ? await this.#options.sessions.of(childSessionId) : null, callId });
    }
    return begun;
  }
}

const neverBegan: AgentOutcome = {
  status: 'interrupted',
  text: 'The sub-agent was stopped before it began.',
  changedFiles: false,
};

/** The turn in which a sub-agent does its task: its first. */
function taskOf({ state }: LiveSession): string | null {
  return [...state.turns.keys()][0] ?? null;
}

function outcomeOf({ state }: LiveSession, turnId: string): AgentOutcome {
  const { outcome = 'running', reason = null } = state.turns.get(turnId) ?? {};
  const items = [...state.items.values()].flatMap(({ item, turnId: of }) => (of === turnId ? [item] : []));
  const last = items.findLast((item) => item.type === 'message' && item.role === 'assistant' && item.text !== '');
  const changedFiles = haveChanged(items);
  if (outcome === 'complete')
    return { status: 'ok', text: cutMiddle(last?.text ?? 'The sub-agent ended without a word.'), changedFiles };
  const why = whys[outcome](reason);
  const text = cutMiddle(last ? `${why} It had said:\n\n${last.text}` : why);
  const isStopped = outcome === 'cancelled' || outcome === 'interrupted';
  return { status: isStopped ? 'interrupted' : 'error', text, changedFiles };
}

const whys = {
  cancelled: () => 'The sub-agent was stopped before it was done.',
  interrupted: () => 'The sub-agent was interrupted: the server stopped while it worked. Nothing of it was run again.',
  failed: (reason: string | null) => `The sub-agent failed: ${reason ?? 'it does not say why'}`,
  running: () => 'The sub-agent failed: what it did could not be stored.',
};

const writing = new Set(builtinTools.flatMap(({ name, writes }) => (writes ? [name] : [])));

/** What a tool of an MCP server did nobody here knows. */
const mayWrite = (name: string): boolean => writing.has(name) || mcpNames(name) !== null;

/** Whether a tool has written files, in this session or in one that it started. */
function haveChanged(items: readonly Item[]): boolean {
  const done = new Set(
    items.flatMap((item) => (item.type === 'tool_result' && item.status === 'ok' ? [item.callId] : [])),
  );
  return items.some(
    (item) =>
      (item.type === 'tool_call' && mayWrite(item.name) && done.has(item.callId)) ||
      (item.type === 'tool_result' && item.changedFiles === true),
  );
}
