/**
 * Runs sessions: takes orders, keeps one turn at a time in each, and lets turns outlive whoever watches them. All that it
 * knows of a session follows from its log.
 */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { inputRow, KeyRing } from '@taffrail/agent';
import type { NewRow } from '@taffrail/session';
import type { Store } from '@taffrail/store';
import type { CreateSession, ForkSession, PatchSession, PermissionDecision, QueuedInput } from '@taffrail/wire';
import { v7 } from 'uuid';
import { projectFinder } from '../import/project.js';
import { version } from '../version.js';
import { forkedHistory } from './fork.js';
import { LiveSession } from './live-session.js';
import { OrderError } from './order-error.js';
import { interruption, leftOpen, runningTurn, serverStopped, wasOnlyWaiting } from './recover.js';
import type { RunSettings } from './settings.js';
import { type TurnOutcome, turnEnd } from './turn-end.js';
import { type TurnSurroundings, turnOf } from './turn-setting.js';
import { LogWriter, StaleWriterError } from './writer.js';

export interface RunnerOptions extends Omit<TurnSurroundings, 'keys'> {
  store: Store;
  settings: RunSettings;
  changed: (sessionIds: readonly string[]) => void;
  report: (message: string) => void;
  contextWindow: (model: string, provider: string) => number | null;
  now: () => number;
}

export interface TurnOrder {
  id: string;
  input: string;
  mode: 'steer' | 'queue';
}

export class Runner {
  readonly keys = new KeyRing();
  readonly #options: RunnerOptions;
  readonly #writer: LogWriter;
  readonly #sessions = new Map<string, Promise<LiveSession | null>>();
  readonly #projectOf = projectFinder();
  #isStopping = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#writer = new LogWriter({
      store: options.store,
      now: options.now,
      changed: options.changed,
    });
  }

  /** Ends what was running when the last server died; what only waited goes on. Call it once, before any order. */
  async recover(): Promise<void> {
    const rows = await this.#options.store.queries
      .selectFrom('sessions')
      .select('id')
      .where('origin', '=', 'live')
      .where('status', 'in', ['running', 'waiting'])
      .execute();
    for (const { id } of rows) await this.#recover(id).catch((error: unknown) => this.#report(id, error));
  }

  /** Stops all turns as a server's end does, and waits until everything is stored. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const sessions = await Promise.allSettled(this.#sessions.values());
    const turns = sessions.flatMap((opened) => (opened.status === 'fulfilled' ? (opened.value?.turn ?? []) : []));
    for (const turn of turns) turn.controller.abort('shutdown');
    await Promise.all(turns.map(({ done }) => done));
    await this.#writer.settled();
  }

  /** The session's id; the same order again makes no second one. @throws OrderError where the folder cannot be used. */
  async create({ id = v7(), cwd, title, model, effort, agent }: CreateSession): Promise<string> {
    if (await this.#options.store.place(id)) return id;
    const root = folderOf(cwd);
    const chosen = this.#options.settings.agent(agent);
    const first = chosen.models[0];
    const data = {
      cwd: root,
      project: this.#projectOf(root),
      model: model ?? (first ? `${first.keyId}/${first.model}` : ''),
      profile: chosen.name,
      agentVersion: version,
      ...(title === undefined ? {} : { title }),
      ...(effort === undefined ? {} : { effort }),
    };
    const row: NewRow = { key: 'described', at: this.#options.now(), kind: 'session.described', data };
    const append = { sessionId: id, agent: 'taffrail', origin: 'live', mappingVersion: 0, rows: [row] } as const;
    await this.#options.store.commit({ appends: [append], index: 'now' });
    await this.#options.store.arrange(id, { open: true, position: await this.#lastPosition() });
    this.#options.changed([id]);
    return id;
  }

  /** A new session that goes on from another's history; also from that of another agent's session. */
  async fork(sessionId: string, { id = v7(), cwd, model, ...point }: ForkSession): Promise<string> {
    if (await this.#options.store.place(id)) return id;
    const { rows, parent } = await forkedHistory(this.#options.store, sessionId, point);
    const { title, model: usual } = parent.description;
    await this.create({
      id,
      cwd: cwd ?? parent.description.cwd ?? '',
      title: `${title ?? 'Untitled'} (fork)`,
      ...(model ? { model } : usual && this.#options.settings.knows(usual) ? { model: usual } : {}),
    });
    const session = await this.#session(id);
    const origin: NewRow = {
      key: 'forked',
      at: this.#options.now(),
      kind: 'session.described',
      data: { forkedFrom: sessionId },
    };
    await session.append([origin, ...rows]);
    return id;
  }

  async patch(sessionId: string, { position, ...description }: PatchSession): Promise<void> {
    const session = await this.#session(sessionId);
    if (position !== undefined) await this.#options.store.arrange(sessionId, { position });
    if (Object.keys(description).length > 0) {
      const key = `described:${v7()}`;
      await session.append([{ key, at: this.#options.now(), kind: 'session.described', data: description }]);
    }
    this.#options.changed([sessionId]);
  }

  /** Starts a turn, or lets the input wait for one that runs. The same order again changes nothing. */
  async startTurn(sessionId: string, order: TurnOrder): Promise<{ turnId: string; queued: boolean }> {
    const session = await this.#session(sessionId);
    if (this.#isStopping) throw new OrderError('busy', 'The server is stopping.');
    const name = `input:${order.id}`;
    const isKnown = session.names.has(name) || session.state.turns.has(order.id);
    session.names.add(name);
    if (isKnown) return { turnId: order.id, queued: session.state.queue.has(order.id) };
    try {
      return await this.#take(session, { inputId: order.id, mode: order.mode, text: order.input });
    } catch (error) {
      session.names.delete(name);
      throw error;
    }
  }

  async #take(session: LiveSession, input: QueuedInput): Promise<{ turnId: string; queued: boolean }> {
    if (!session.turn) {
      await this.#begin(session, input);
      return { turnId: input.inputId, queued: false };
    }
    const { turnId } = session.turn;
    const row = { key: `queued:${input.inputId}`, at: this.#options.now(), turnId };
    await session.append([{ ...row, kind: 'input.queued', data: input }]);
    // The turn may have ended while this was stored, or never begun: then nobody else begins what waits.
    const ended = session.state.turns.get(turnId)?.outcome ?? 'complete';
    if (!session.turn && ended === 'complete' && session.state.queue.has(input.inputId)) await this.#beginNext(session);
    return { turnId: input.mode === 'steer' ? turnId : input.inputId, queued: true };
  }

  async dropInput(sessionId: string, inputId: string): Promise<void> {
    const session = await this.#session(sessionId);
    if (!session.state.queue.has(inputId)) throw new OrderError('gone', 'This input no longer waits.');
    const row = { key: `dropped:${inputId}`, at: this.#options.now() };
    await session.append([{ ...row, kind: 'input.dropped', data: { inputId } }]);
  }

  /** Stops the running turn and waits until its end is stored. Nothing happens where none runs. */
  async interrupt(sessionId: string): Promise<void> {
    const session = await this.#session(sessionId);
    session.turn?.controller.abort('interrupt');
    await session.turn?.done;
    if (!session.turn) await this.#endDead(session);
  }

  /** @throws OrderError where the question is not open (any more). */
  async answer(sessionId: string, permissionId: string, decision: PermissionDecision): Promise<void> {
    const session = await this.#session(sessionId);
    if (!session.isOpen(permissionId))
      throw new OrderError('gone', 'This question is not open: it was answered already, or its turn has ended.');
    await session.answer(permissionId, decision, this.#options.now());
  }

  /** The conversation goes on from before this turn. */
  async rewind(sessionId: string, turnId: string): Promise<void> {
    const session = await this.#session(sessionId);
    const turn = session.state.turns.get(turnId);
    if (!turn) throw new OrderError('unknown', `There is no turn ${turnId} in this session.`);
    if (session.turn) throw new OrderError('busy', 'Stop the running turn first.');
    const row = { key: `rewound:${v7()}`, at: this.#options.now() };
    await session.append([{ ...row, kind: 'session.rewound', data: { toSeq: turn.seq } }]);
  }

  /** B4: closing on purpose stops the agent; the session stays in the archive. */
  async close(sessionId: string): Promise<void> {
    await this.interrupt(sessionId);
    await this.#options.store.arrange(sessionId, { open: false });
    this.#options.changed([sessionId]);
  }

  async reopen(sessionId: string): Promise<void> {
    await this.#session(sessionId);
    await this.#options.store.arrange(sessionId, { open: true, position: await this.#lastPosition() });
    this.#options.changed([sessionId]);
  }

  /** What runs now, with the turn so far. */
  async running(sessionId: string): Promise<{ turnId: string; session: LiveSession } | null> {
    const session = await this.#sessions.get(sessionId);
    return session?.turn ? { turnId: session.turn.turnId, session } : null;
  }

  async #session(sessionId: string): Promise<LiveSession> {
    const known = this.#sessions.get(sessionId) ?? this.#open(sessionId);
    this.#sessions.set(sessionId, known);
    const session = await known.catch((error: unknown) => {
      this.#sessions.delete(sessionId);
      throw error;
    });
    if (session) return session;
    this.#sessions.delete(sessionId);
    throw new OrderError('unknown', `There is no session ${sessionId}.`);
  }

  async #open(sessionId: string): Promise<LiveSession | null> {
    const row = await this.#options.store.queries
      .selectFrom('sessions')
      .select('origin')
      .where('id', '=', sessionId)
      .executeTakeFirst();
    if (row && row.origin !== 'live')
      throw new OrderError('foreign', 'This session was recorded by another agent. Fork it to go on with it here.');
    const around = { store: this.#options.store, writer: this.#writer };
    return LiveSession.open({ ...around, report: (id, error) => this.#report(id, error) }, sessionId);
  }

  async #begin(session: LiveSession, input: QueuedInput): Promise<void> {
    const turnId = input.inputId;
    const at = this.#options.now();
    const title = session.state.description.title ?? titleFrom(input.text);
    const named: NewRow[] = session.state.description.title
      ? []
      : [{ key: 'title', at, kind: 'session.described', data: { title } }];
    const started: NewRow = {
      key: `turn:${turnId}`,
      at,
      turnId,
      kind: 'turn.started',
      data: { runGen: session.runGen },
    };
    // Held at once, so that a second order finds it running.
    const turn = this.#hold(session, turnId);
    try {
      await this.#endDead(session);
      await session.append([...named, started, inputRow(input, turnId, at)]);
      turn.go(true);
    } catch (error) {
      turn.go(false);
      throw error;
    }
  }

  /** The session's turn, before and while it runs. */
  #hold(session: LiveSession, turnId: string): { go: (isStored: boolean) => void } {
    const controller = new AbortController();
    let go: (isStored: boolean) => void = () => undefined;
    const ready = new Promise<boolean>((resolve) => {
      go = resolve;
    });
    const turn = { turnId, controller, done: Promise.resolve() };
    turn.done = ready.then((isStored) => this.#carryOut(session, turn, isStored));
    session.turn = turn;
    return { go };
  }

  async #carryOut(session: LiveSession, turn: NonNullable<LiveSession['turn']>, isStored: boolean): Promise<void> {
    try {
      const outcome = isStored ? await this.#run(session, turn.turnId, turn.controller.signal) : null;
      session.turn = null;
      if (outcome === 'complete' && !this.#isStopping) await this.#beginNext(session);
    } catch (error) {
      if (session.turn === turn) session.turn = null;
      this.#report(session.sessionId, error);
    }
  }

  /** `null` where its end was not stored: it goes on some day, or the next order ends it. */
  async #run(session: LiveSession, turnId: string, signal: AbortSignal): Promise<TurnOutcome | null> {
    const { now, contextWindow } = this.#options;
    const result = await this.#resultOf(session, turnId, signal);
    const isShutdown = signal.reason === 'shutdown' && result.outcome === 'cancelled';
    // Nothing of it is cut off: the next server lets it wait on.
    if (isShutdown && wasOnlyWaiting(session.state)) return null;
    const { outcome, reason } = isShutdown ? { outcome: 'interrupted' as const, reason: serverStopped } : result;
    const leftover = leftOpen(
      session.state,
      turnId,
      now(),
      isShutdown ? serverStopped : (reason ?? 'the turn was stopped'),
    );
    const end = { outcome, contextWindow, ...(reason === undefined ? {} : { reason }) };
    await session.append([...leftover, turnEnd(session.state, turnId, now(), end)]);
    return outcome;
  }

  async #resultOf(session: LiveSession, turnId: string, signal: AbortSignal): Promise<TurnEnding> {
    try {
      const around = { ...this.#options, keys: this.keys };
      const result = await turnOf(session, turnId, this.#options.settings, around, signal);
      if (signal.reason === 'failed') return { outcome: 'failed', reason: notStored };
      return { reason: undefined, ...result };
    } catch (error) {
      if (error instanceof StaleWriterError) throw error;
      if (signal.reason === 'failed') return { outcome: 'failed', reason: notStored };
      this.#report(session.sessionId, error);
      return { outcome: 'failed', reason: `something broke in the server: ${wordsOf(error)}` };
    }
  }

  async #beginNext(session: LiveSession): Promise<void> {
    const next = [...session.state.queue.values()][0];
    if (next) await this.#begin(session, next);
  }

  /** A turn that nobody runs any more: its server died, or its end could not be stored. */
  async #endDead(session: LiveSession): Promise<void> {
    const turnId = runningTurn(session.state);
    if (turnId !== null) await session.append(interruption(session.state, turnId, this.#options.now()));
  }

  async #recover(sessionId: string): Promise<void> {
    const session = await this.#session(sessionId);
    const turnId = runningTurn(session.state);
    if (turnId !== null && wasOnlyWaiting(session.state)) return this.#hold(session, turnId).go(true);
    await this.#endDead(session);
  }

  async #lastPosition(): Promise<number> {
    const row = await this.#options.store.queries
      .selectFrom('sessions')
      .select((builder) => builder.fn.max('position').as('last'))
      .where('open', '=', 1)
      .executeTakeFirst();
    return (row?.last ?? 0) + 1;
  }

  #report(sessionId: string, error: unknown): void {
    this.#options.report(`session ${sessionId}: ${wordsOf(error)}`);
    // Another server has it now. Only the next order may take it back, with the log as it is then.
    if (error instanceof StaleWriterError) this.#sessions.delete(sessionId);
  }
}

interface TurnEnding {
  outcome: TurnOutcome;
  reason: string | undefined;
}

const notStored = 'what it did could not be stored';

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const titleCharacters = 60;

/** The first line of what a person asked, until somebody finds a better one. */
function titleFrom(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > titleCharacters ? `${line.slice(0, titleCharacters - 1).trimEnd()}…` : line || 'New session';
}

function folderOf(cwd: string): string {
  if (!isAbsolute(cwd)) throw new OrderError('refused', `${cwd} is not an absolute path.`);
  try {
    const root = realpathSync(cwd);
    if (statSync(root).isDirectory()) return root;
  } catch {
    throw new OrderError('refused', `There is no folder ${cwd}.`);
  }
  throw new OrderError('refused', `${cwd} is not a folder.`);
}
