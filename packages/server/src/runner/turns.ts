/** Turns of sessions that run here: one at a time in each, begun, carried out and ended so that the log tells all of it. */
import { inputRow, type KeyRing } from '@taffrail/agent';
import type { NewFile, NewRow } from '@taffrail/session';
import type { QueuedInput, Turn, TurnStart } from '@taffrail/wire';
import type { ContextSize } from '../acp/transcript.js';
import type { LiveSession } from './live-session.js';
import { titleFrom } from './new-session.js';
import { OrderError } from './order-error.js';
import { interruption, leftOpen, runningTurn, serverStopped, waitsForSubAgents, wasOnlyWaiting } from './recover.js';
import type { RunSettings } from './settings.js';
import { type TurnOutcome, turnEnd } from './turn-end.js';
import { type TurnSurroundings, turnOf } from './turn-setting.js';
import { StaleWriterError } from './writer.js';

export interface TurnsOptions extends TurnSurroundings {
  keys: KeyRing;
  settings: () => RunSettings;
  report: (sessionId: string, error: unknown) => void;
}

const goOnText =
  'Your last turn was cut off. Go on where you stopped. Calls that are marked as interrupted were not run again: look at what they have done before you repeat them.';

/** What a turn begins with. */
interface Beginning {
  turnId: string;
  rows: readonly NewRow[];
}

export class Turns {
  readonly #options: TurnsOptions;
  #isStopping = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** @throws OrderError where the server is about to end. */
  mustRun(): void {
    if (this.#isStopping) throw new OrderError('busy', 'The server is stopping.');
  }

  /** Begins a turn that answers this input; resolves once its beginning is stored. */
  async begin(session: LiveSession, input: QueuedInput, files: readonly NewFile[] = []): Promise<void> {
    await this.#start(session, this.#answering(session, input, files));
  }

  /** Begins a turn that goes on with one that was cut off. */
  async resume(session: LiveSession, turnId: string, { turnId: resumes }: Turn): Promise<void> {
    const at = this.#options.now();
    const data = { type: 'message', role: 'user', author: 'harness', text: goOnText } as const;
    const told: NewRow = { key: `input:${turnId}`, at, turnId, kind: 'item.recorded', data };
    await this.#start(session, { turnId, rows: [this.#started(session, turnId, { resumes }), told] });
  }

  /** Begins a turn that only makes the context smaller. */
  async compact(session: LiveSession, turnId: string): Promise<void> {
    await this.#start(session, { turnId, rows: [this.#started(session, turnId, { compacts: true })] });
  }

  /** What waits is begun, where the last turn ended well and none runs. */
  async beginNext(session: LiveSession): Promise<void> {
    const next = this.#next(session);
    if (next && !session.turn) await this.#start(session, next);
  }

  /** Goes on with a turn that only waited when its server ended. */
  goOn(session: LiveSession, turnId: string): void {
    this.#hold(session, turnId).go(true);
  }

  /** A turn that nobody runs any more: its server died, or its end could not be stored. */
  async endDead(session: LiveSession): Promise<void> {
    const turnId = runningTurn(session.state);
    if (turnId === null) return;
    const told = await this.#options.subAgents.endOpen(session);
    // When it died nobody knows: it lived as long as it wrote. The time until now is none of it.
    const at = (await session.lastAt()) ?? this.#options.now();
    await session.append(interruption(session.state, turnId, at, told));
  }

  /** Stops all turns as a server's end does, and waits for their ends. */
  async stop(sessions: () => Promise<LiveSession[]>): Promise<void> {
    this.#isStopping = true;
    const turns = (await sessions()).flatMap(({ turn }) => turn ?? []);
    for (const turn of turns) turn.controller.abort('shutdown');
    await Promise.all(turns.map(({ done }) => done));
  }

  /** The files of an input that waited are in the log already. */
  #answering(session: LiveSession, input: QueuedInput, files: readonly NewFile[] = []): Beginning {
    const turnId = input.inputId;
    const at = this.#options.now();
    const named: NewRow[] = session.state.description.title
      ? []
      : [
          {
            key: 'title',
            at,
            kind: 'session.described',
            data: { title: titleFrom(input.text || (files[0]?.name ?? '')), titledBy: 'input' },
          },
        ];
    return { turnId, rows: [...named, this.#started(session, turnId), inputRow(input, files, { turnId, at })] };
  }

  #started({ runGen, state }: LiveSession, turnId: string, why: Pick<TurnStart, 'resumes' | 'compacts'> = {}): NewRow {
    const hosted = state.description.hosted ? { hosted: true as const } : {};
    const data = { runGen, ...why, ...hosted };
    return { key: `turn:${turnId}`, at: this.#options.now(), turnId, kind: 'turn.started', data };
  }

  #next(session: LiveSession): Beginning | null {
    const next = [...session.state.queue.values()][0];
    return next && !this.#isStopping ? this.#answering(session, next) : null;
  }

  async #start(session: LiveSession, { turnId, rows }: Beginning): Promise<void> {
    // Held at once, so that a second order finds it running.
    const turn = this.#hold(session, turnId);
    try {
      await this.endDead(session);
      await session.append(rows);
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
      const next = isStored ? await this.#run(session, turn.turnId, turn.controller.signal) : null;
      session.turn = null;
      if (next) this.#hold(session, next.turnId).go(true);
      // An input may have come while the end was being stored.
      else if (isStored && this.#isAtRest(session, turn.turnId)) await this.beginNext(session);
    } catch (error) {
      if (session.turn === turn) session.turn = null;
      this.#options.report(session.sessionId, error);
    }
  }

  #isAtRest({ state }: LiveSession, turnId: string): boolean {
    return state.turns.get(turnId)?.outcome === 'complete';
  }

  /**
   * Runs the turn and stores its end, together with the beginning of the turn that follows: a server that dies in between
   * would leave an input waiting for nobody. Returns that turn.
   */
  async #run(session: LiveSession, turnId: string, signal: AbortSignal): Promise<Beginning | null> {
    const { now, contextWindow } = this.#options;
    const result = await this.#resultOf(session, turnId, signal);
    const isShutdown = signal.reason === 'shutdown' && result.outcome === 'cancelled';
    // Nothing of it is cut off: the next server lets it wait on.
    if (isShutdown && wasOnlyWaiting(session.state, waitsForSubAgents(session.state))) return null;
    const { outcome, reason } = isShutdown ? { outcome: 'interrupted' as const, reason: serverStopped } : result;
    const { context = null } = result;
    const cause = isShutdown ? serverStopped : (reason ?? 'the turn was stopped');
    const told = await this.#options.subAgents.endOpen(session);
    const leftover = leftOpen(session.state, turnId, now(), cause, told);
    const end = { outcome, contextWindow, context, ...(reason === undefined ? {} : { reason }) };
    const next = outcome === 'complete' ? this.#next(session) : null;
    await session.append([...leftover, turnEnd(session.state, turnId, now(), end), ...(next?.rows ?? [])]);
    return next;
  }

  async #resultOf(session: LiveSession, turnId: string, signal: AbortSignal): Promise<TurnEnding> {
    try {
      const result = await turnOf(session, turnId, this.#options.settings, this.#options, signal);
      if (signal.reason === 'failed') return { outcome: 'failed', reason: notStored };
      return { reason: undefined, ...result };
    } catch (error) {
      if (error instanceof StaleWriterError) throw error;
      if (signal.reason === 'failed') return { outcome: 'failed', reason: notStored };
      this.#options.report(session.sessionId, error);
      return { outcome: 'failed', reason: `something broke in the server: ${wordsOf(error)}` };
    }
  }
}

interface TurnEnding {
  outcome: TurnOutcome;
  reason: string | undefined;
  context?: ContextSize | null;
}

const notStored = 'what it did could not be stored';

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
