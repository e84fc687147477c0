/**
 * Runs sessions: takes orders, keeps one turn at a time in each, and lets turns outlive whoever watches them. All that it
 * knows of a session follows from its log.
 */
import { KeyRing, redactor } from '@taffrail/agent';
import type { NewFile, NewRow } from '@taffrail/session';
import { descendantsOf, type Store, sessionsInWait } from '@taffrail/store';
import type { CreateSession, ForkSession, PatchSession, PermissionDecision, QueuedInput } from '@taffrail/wire';
import { v7 } from 'uuid';
import { HostedAgents } from '../acp/hosted-agents.js';
import { projectFinder } from '../import/project.js';
import { McpServers } from '../mcp/mcp-servers.js';
import type { Patience } from '../mcp/patience.js';
import { type ComparedSession, ComparedTurns, type FilesOf } from './checkpoints/compared-turns.js';
import { CopyStore } from './checkpoints/copy-store.js';
import { PendingRestores } from './checkpoints/pending.js';
import { type FilesSurroundings, SessionFiles } from './checkpoints/session-files.js';
import { tidyFiles } from './checkpoints/tidy.js';
import { forkedHistory } from './fork.js';
import { lineageOf } from './lineage.js';
import type { LiveSession } from './live-session.js';
import { LiveSessions } from './live-sessions.js';
import { describedRow, type NewSession } from './new-session.js';
import { OrderError } from './order-error.js';
import { runningTurn } from './recover.js';
import type { RunSettings } from './settings.js';
import { programSetting } from './settings-in-turn.js';
import { SubAgents } from './sub-agents.js';
import type { TurnSurroundings } from './turn-setting.js';
import { Turns, wordsOf } from './turns.js';
import { LogWriter, StaleWriterError } from './writer.js';

export interface RunnerOptions
  extends Omit<TurnSurroundings, 'keys' | 'copies' | 'subAgents' | 'lineage' | 'mcp' | 'hosted'> {
  store: Store;
  /** Those in force: they are replaced when keys or agents change. */
  settings: () => RunSettings;
  changed: (sessionIds: readonly string[]) => void;
  report: (message: string) => void;
  /** How long is waited for MCP servers, where it is not the usual time. */
  patience?: Patience;
}

export interface TurnOrder {
  id: string;
  input: string;
  mode: 'steer' | 'queue';
  files?: readonly NewFile[];
}

export class Runner {
  readonly keys = new KeyRing();
  readonly mcp: McpServers;
  readonly #options: RunnerOptions;
  readonly #writer: LogWriter;
  readonly #sessions: LiveSessions;
  readonly #turns: Turns;
  readonly #subAgents: SubAgents;
  readonly #hosted: HostedAgents;
  readonly #files: FilesSurroundings;
  readonly #compared: ComparedTurns;
  readonly #projectOf = projectFinder();

  constructor(options: RunnerOptions) {
    this.#options = options;
    const { store, now, changed } = options;
    this.mcp = new McpServers({
      ...options,
      servers: () => options.settings().mcp,
      env: () => programSetting(options.settings(), options).env,
    });
    this.#writer = new LogWriter({ store, now, changed });
    const report = (sessionId: string, error: unknown) => this.#report(sessionId, error);
    this.#sessions = new LiveSessions({ store, writer: this.#writer, report, now });
    const copies = new CopyStore(options.dataDir);
    const archive = { store, sessions: this.#sessions, settings: options.settings };
    this.#subAgents = new SubAgents({ ...options, ...archive, projectOf: this.#projectOf, turns: () => this.#turns });
    const lineage = (session: LiveSession) => lineageOf(session, archive);
    this.#hosted = new HostedAgents(options.started);
    const own = { keys: this.keys, mcp: this.mcp, copies, subAgents: this.#subAgents, hosted: this.#hosted };
    this.#turns = new Turns({ ...options, ...own, lineage, report });
    const { dataDir, settings } = options;
    const pending = new PendingRestores(dataDir);
    const { env } = programSetting(settings(), options);
    this.#files = { dataDir, copies, now, pending, env, redact: (text) => this.#withoutSecrets(text) };
    this.#compared = new ComparedTurns({ dataDir, copies, env });
  }

  /** Ends what was running when the last server died; what only waited goes on. Call it once, before any order. */
  async recover(): Promise<void> {
    for (const id of await this.#files.pending.left())
      await this.files(id)
        .then((files) => files.finish())
        .catch((error: unknown) => this.#report(id, error));
    const ids = await sessionsInWait(this.#options.store.queries);
    const awaited = await this.#subAgents.awaitedBy(ids);
    for (const id of ids)
      if (!awaited.has(id)) await this.#recover(id).catch((error: unknown) => this.#report(id, error));
  }

  /** Keys or MCP servers are others than before: what waits for a key tries it, what is gone is ended. */
  settingsChanged(): void {
    this.keys.refresh();
    this.mcp.settle();
  }

  /** Forgets files that nobody can ask for any more. It may take a while, and nothing waits for it. */
  tidyFiles(): Promise<void> {
    return tidyFiles(this.#options.store, this.#files);
  }

  /** What a person wrote or what came of it, as it may be stored. What is a secret may change while the server runs. */
  #withoutSecrets(text: string): string {
    return redactor(programSetting(this.#options.settings(), this.#options).secrets).text(text);
  }

  /** Stops all turns as a server's end does, and waits until everything is stored. */
  async stop(): Promise<void> {
    await this.#turns.stop(() => this.#sessions.all());
    await this.mcp.close();
    await this.#hosted.stop();
    await Promise.all((await this.#sessions.all()).map(({ restoring }) => restoring));
    await this.#writer.settled();
  }

  /** The session's id; the same order again makes no second one. @throws OrderError where the folder or the agent cannot be used. */
  async create({ id = v7(), ...order }: CreateSession): Promise<string> {
    if (await this.#options.store.place(id)) return id;
    // Another one in its place could have permissions that the one meant does not have.
    if (order.agent !== undefined && !this.#options.settings().hasAgent(order.agent))
      throw new OrderError('refused', `There is no agent ${order.agent}: Settings lists those that are.`);
    await this.#add(id, [this.#described(order)]);
    return id;
  }

  /** A new session that goes on from another's history, with its agent; also from that of another agent's session. */
  async fork(sessionId: string, { id = v7(), cwd, model, ...point }: ForkSession): Promise<string> {
    if (await this.#options.store.place(id)) return id;
    const { rows, parent } = await forkedHistory(this.#options.store, sessionId, point);
    const { title, model: usual, profile, effort } = parent.description;
    const described = this.#described({
      agent: profile,
      // What another agent's log calls its effort is in words of its own.
      effort: profile === undefined ? undefined : effort,
      cwd: cwd ?? parent.description.cwd ?? '',
      title: `${title ?? 'Untitled'} (fork)`,
      titledBy: 'model',
      ...(model ? { model } : usual && this.#options.settings().knows(usual) ? { model: usual } : {}),
    });
    const data = { forkedFrom: sessionId };
    const origin: NewRow = { key: 'forked', at: described.at, kind: 'session.described', data };
    await this.#add(id, [described, origin, ...rows]);
    return id;
  }

  /** All of a new session in one commit: half of a fork would be taken for the whole when the order comes again. */
  async #add(sessionId: string, rows: readonly NewRow[]): Promise<void> {
    const hosted = rows.find((row) => row.kind === 'session.described')?.data.hosted;
    const agent = hosted?.agent ?? 'taffrail';
    const append = { sessionId, agent, origin: 'live', mappingVersion: 0, open: true, rows } as const;
    await this.#options.store.commit({ appends: [append], index: 'now' });
    this.#options.changed([sessionId]);
  }

  #described(order: NewSession): NewRow {
    const { settings, now } = this.#options;
    const titled = order.title === undefined ? {} : { title: this.#withoutSecrets(order.title) };
    return describedRow({ ...order, ...titled }, { settings: settings(), projectOf: this.#projectOf, at: now() });
  }

  async patch(sessionId: string, { position, ...changes }: PatchSession): Promise<void> {
    const session = await this.#sessions.of(sessionId);
    const { title } = changes;
    const titled = title === undefined ? {} : { title: this.#withoutSecrets(title), titledBy: 'person' as const };
    const description = { ...changes, ...titled };
    if (position !== undefined) await this.#options.store.arrange(sessionId, { position });
    if (Object.keys(description).length > 0) {
      const key = `described:${v7()}`;
      await session.append([{ key, at: this.#options.now(), kind: 'session.described', data: description }]);
    }
    this.#options.changed([sessionId]);
  }

  /** Starts a turn, or lets the input wait for one that runs. The same order again changes nothing. */
  async startTurn(sessionId: string, order: TurnOrder): Promise<{ turnId: string; queued: boolean }> {
    if (order.input.trim() === '' && !order.files?.length)
      throw new OrderError('refused', 'Nothing was asked: say what is to be done, or send a file along.');
    const session = await this.#sessions.of(sessionId);
    const text = this.#withoutSecrets(order.input);
    return this.#once(session, order.id, () =>
      this.#take(session, { inputId: order.id, mode: modeIn(session, order), text }, order.files ?? []),
    );
  }

  /** Goes on with the turn that was cut off: what it had done is in the log, and is not done again. */
  async resume(sessionId: string, id: string): Promise<TurnTaken> {
    const session = await this.#sessions.of(sessionId);
    return this.#once(session, id, async () => {
      if (session.turn) throw new OrderError('busy', 'A turn is running: it goes on by itself.');
      await this.#turns.endDead(session);
      const last = [...session.state.turns.values()].at(-1);
      if (!last || last.outcome === 'complete')
        throw new OrderError('gone', 'The last turn was finished: there is nothing to go on with.');
      await this.#turns.resume(session, id, last);
      return { turnId: id, queued: false };
    });
  }

  /** A turn of its own that replaces the older context by a summary; the log keeps everything. */
  async compact(sessionId: string, id: string): Promise<TurnTaken> {
    const session = await this.#sessions.of(sessionId);
    return this.#once(session, id, async () => {
      if (session.state.description.hosted)
        throw new OrderError('refused', 'This agent makes its context smaller by itself.');
      if (session.turn)
        throw new OrderError('busy', 'A turn is running. It compacts by itself when the window is nearly full.');
      const last = [...session.state.items.values()].at(-1);
      if (!last || last.item.type === 'compaction')
        throw new OrderError('gone', 'There is nothing yet that a summary could replace.');
      await this.#turns.compact(session, id);
      return { turnId: id, queued: false };
    });
  }

  /** The same order again changes nothing; one that could not be carried out may come again. */
  async #once(session: LiveSession, id: string, work: () => Promise<TurnTaken>): Promise<TurnTaken> {
    while (session.restoring !== null) await session.restoring;
    this.#turns.mustRun();
    const name = `input:${id}`;
    const isKnown = session.names.has(name) || session.state.turns.has(id);
    session.names.add(name);
    if (isKnown) return { turnId: id, queued: session.state.queue.has(id) };
    const taken = await work().catch((error: unknown) => {
      session.names.delete(name);
      throw error;
    });
    await this.#bringBack(session);
    return taken;
  }

  /** Nothing runs unseen: a session that was closed is open again. A sub-agent's is seen where it was started. */
  async #bringBack({ sessionId, state }: LiveSession): Promise<void> {
    if (state.description.parentId !== undefined) return;
    const { queries } = this.#options.store;
    const row = await queries.selectFrom('sessions').select('open').where('id', '=', sessionId).executeTakeFirst();
    if (row?.open === 0) await this.reopen(sessionId);
  }

  async #take(session: LiveSession, input: QueuedInput, files: readonly NewFile[]): Promise<TurnTaken> {
    if (!session.turn) {
      await this.#turns.begin(session, input, files);
      return { turnId: input.inputId, queued: false };
    }
    const { turnId } = session.turn;
    const row = { key: `queued:${input.inputId}`, at: this.#options.now(), turnId };
    await session.append([{ ...row, kind: 'input.queued', data: input, files: [...files] }]);
    // The turn may have ended while this was stored, or never begun: then nobody else begins what waits.
    const ended = session.state.turns.get(turnId)?.outcome ?? 'complete';
    if (ended === 'complete' && session.state.queue.has(input.inputId)) await this.#turns.beginNext(session);
    return { turnId: input.mode === 'steer' ? turnId : input.inputId, queued: true };
  }

  async dropInput(sessionId: string, inputId: string): Promise<void> {
    const session = await this.#sessions.of(sessionId);
    if (!session.state.queue.has(inputId)) throw new OrderError('gone', 'This input no longer waits.');
    const row = { key: `dropped:${inputId}`, at: this.#options.now() };
    await session.append([{ ...row, kind: 'input.dropped', data: { inputId } }]);
  }

  /** Stops the running turn and waits until its end is stored. Nothing happens where none runs. */
  async interrupt(sessionId: string): Promise<void> {
    const session = await this.#sessions.of(sessionId);
    await session.stop();
    if (!session.turn) await this.#turns.endDead(session);
  }

  /** @throws OrderError where the question is not open (any more). */
  async answer(sessionId: string, permissionId: string, decision: PermissionDecision): Promise<void> {
    const session = await this.#sessions.of(sessionId);
    const asker = session.state.permissions.get(permissionId)?.childSessionId;
    if (asker !== undefined) return this.answer(asker, permissionId, decision);
    if (!session.isOpen(permissionId))
      throw new OrderError('gone', 'This question is not open: it was answered already, or its turn has ended.');
    await session.answer(permissionId, decision, this.#options.now());
  }

  /** Which files each turn of a session changed, as far as the states of its folder are kept. */
  comparedTurns(session: ComparedSession): Promise<FilesOf> {
    return this.#compared.of(session);
  }

  /** Going back in a session, with its files. */
  async files(sessionId: string): Promise<SessionFiles> {
    return new SessionFiles(await this.#sessions.of(sessionId), this.#files);
  }

  /** B4: closing on purpose stops the agent; the session stays in the archive. So do its sub-agents. */
  async close(sessionId: string): Promise<void> {
    await this.interrupt(sessionId);
    const { store, changed } = this.#options;
    const all = [sessionId, ...(await descendantsOf(store.queries, sessionId))];
    for (const id of all) {
      // A sub-agent may have been asked something since, by a person.
      await (await this.#sessions.opened(id))?.stop();
      await this.#hosted.end(id);
      await store.arrange(id, { open: false });
    }
    changed(all);
  }

  async reopen(sessionId: string): Promise<void> {
    await this.#sessions.of(sessionId);
    await this.#options.store.arrange(sessionId, { open: true, position: 'last' });
    this.#options.changed([sessionId]);
  }

  /** What runs now, with the turn so far. */
  async running(sessionId: string): Promise<{ turnId: string; session: LiveSession } | null> {
    const session = await this.#sessions.opened(sessionId);
    return session?.turn ? { turnId: session.turn.turnId, session } : null;
  }

  async #recover(sessionId: string): Promise<void> {
    const session = await this.#sessions.of(sessionId);
    const turnId = runningTurn(session.state);
    if (turnId !== null && (await this.#subAgents.settle(session))) return this.#turns.goOn(session, turnId);
    // Its server died after the end of a turn, before it had begun what waited for it.
    const last = [...session.state.turns.values()].at(-1);
    if (turnId === null && last?.outcome === 'complete') await this.#turns.beginNext(session);
  }

  #report(sessionId: string, error: unknown): void {
    this.#options.report(`session ${sessionId}: ${wordsOf(error)}`);
    if (error instanceof StaleWriterError) this.#sessions.forget(sessionId);
  }
}

/** A hosted agent hears nothing while it works: what would steer it waits for the next turn. */
function modeIn({ state }: LiveSession, { mode }: TurnOrder): TurnOrder['mode'] {
  return state.description.hosted ? 'queue' : mode;
}

interface TurnTaken {
  turnId: string;
  queued: boolean;
}
