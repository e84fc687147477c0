/** A turn in the server that runs on the data folder: this process only orders it and watches. */
import { type ClientProblem, createRest, type Result } from '@taffrail/client';
import { type RunningServer, UsageError } from '@taffrail/server';
import { plainLine } from '@taffrail/session';
import { newTurnId, type PermissionQuestion, type Row } from '@taffrail/wire';
import { Failure } from '../failure.js';
import { askForPermission } from './ask.js';
import type { TurnEnding, TurnWish } from './contract.js';
import { FollowedRows } from './followed-rows.js';

export async function runThere(server: RunningServer, wish: TurnWish): Promise<TurnEnding> {
  const rest = createRest({ baseUrl: `${server.url}/api/v1`, fetch, token: server.token });
  const sessionId = await sessionFor(rest, wish);
  const rows = new FollowedRows(server, rest, sessionId);
  const turn = new TurnThere({ server, rest, wish, sessionId, rows });
  try {
    await rows.begin();
    return await turn.run();
  } finally {
    turn.end();
    rows.end();
  }
}

type Rest = ReturnType<typeof createRest>;

/** The session that was named, or a new one. */
async function sessionFor(rest: Rest, { sessionId, cwd, model }: TurnWish): Promise<string> {
  const chosen = model === undefined ? {} : { model };
  if (sessionId === undefined) return taken(await rest.createSession({ cwd, ...chosen })).id;
  if (model !== undefined) taken(await rest.patchSession(sessionId, chosen));
  return sessionId;
}

/** @throws UsageError where the order itself is wrong, Failure where it cannot be carried out. */
function taken<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { status } = result.problem;
  throw status === 400 || status === 413
    ? new UsageError(wordsOf(result.problem))
    : new Failure(wordsOf(result.problem));
}

const wordsOf = ({ title, detail, status }: ClientProblem): string => (status === 0 ? `${title}: ${detail}` : detail);

interface Place {
  server: RunningServer;
  rest: Rest;
  wish: TurnWish;
  sessionId: string;
  rows: FollowedRows;
}

class TurnThere {
  readonly #place: Place;
  readonly #turnId = newTurnId();
  /** Questions that stand on the terminal. */
  readonly #asking = new Map<string, AbortController>();
  /** Rejects when this process is to leave the turn alone. */
  readonly #left: Promise<never>;
  #leave: () => void = () => undefined;
  #isBegun = false;

  constructor(place: Place) {
    this.#place = place;
    const { server, sessionId } = place;
    const words = `left; the turn goes on in the server at ${server.url}, session ${sessionId}`;
    this.#left = new Promise((_resolve, reject) => {
      this.#leave = () => reject(new Failure(words));
    });
    // It may come when nobody waits any more.
    this.#left.catch(() => undefined);
  }

  async run(): Promise<TurnEnding> {
    const { rest, sessionId, wish } = this.#place;
    const attachments = [];
    for (const { name, bytes } of wish.files) attachments.push(taken(await rest.attach(sessionId, name, bytes)));
    const order = { id: this.#turnId, input: wish.prompt, mode: 'queue', attachments } as const;
    const { queued } = taken(await rest.startTurn(sessionId, order));
    if (queued) this.#note('Another turn runs in this session; this one waits for its end.');
    this.#heedSignals();
    return Promise.race([this.#watch(), this.#left]);
  }

  end(): void {
    for (const question of this.#asking.values()) question.abort();
  }

  async #watch(): Promise<TurnEnding> {
    const { rows, wish, sessionId } = this.#place;
    for await (const row of rows.rows()) {
      await wish.onRow(row, row.turnId === this.#turnId);
      const ended = this.#take(row);
      if (ended) return { sessionId, ...ended };
    }
    throw new Error('rows never end by themselves');
  }

  #take(row: Row): Omit<TurnEnding, 'sessionId'> | null {
    if (row.kind === 'permission.answered') this.#asking.get(row.data.permissionId)?.abort();
    if (row.kind === 'input.dropped' && row.data.inputId === this.#turnId)
      return { outcome: 'cancelled', reason: 'it was taken back before it began' };
    if (row.turnId !== this.#turnId) return null;
    this.#isBegun = true;
    if (row.kind === 'permission.asked') void this.#ask(row.data);
    if (row.kind !== 'turn.completed') return null;
    return { outcome: row.data.outcome, reason: row.data.reason ?? null };
  }

  /** Here and in every browser at once: the first answer counts. */
  async #ask(question: PermissionQuestion): Promise<void> {
    const { server, rest, sessionId, wish } = this.#place;
    const { permissionId, tool, subject } = question;
    const asking = new AbortController();
    this.#asking.set(permissionId, asking);
    if (!wish.terminal.ask)
      this.#note(`${tool} ${plainLine(subject)}: waits for an answer at ${server.url}/?s=${sessionId}`);
    const decision = await askForPermission(wish.terminal, question, asking.signal);
    this.#asking.delete(permissionId);
    if (decision === null) return;
    const answer = await rest.answerPermission(sessionId, permissionId, { decision });
    if (!answer.ok) this.#note(wordsOf(answer.problem));
  }

  /** The first Ctrl-C stops the turn, the second lets it be; whatever else ends this process only ends the watching. */
  #heedSignals(): void {
    const stop = this.#place.wish.terminal.untilStopped(() => this.#leave());
    const heed = () => (stop.reason === 'SIGTERM' ? this.#leave() : void this.#stop());
    if (stop.aborted) heed();
    else stop.addEventListener('abort', heed, { once: true });
  }

  async #stop(): Promise<void> {
    const { rest, sessionId } = this.#place;
    // A question that stands there ends its line first.
    this.end();
    await new Promise((resolve) => setImmediate(resolve));
    this.#note('Stopping. Once more leaves the turn running in the server.');
    const answer = this.#isBegun ? await rest.interrupt(sessionId) : await rest.dropInput(sessionId, this.#turnId);
    if (!answer.ok) this.#note(`It could not be stopped: ${wordsOf(answer.problem)}`);
  }

  #note(text: string): void {
    const { err, colours } = this.#place.wish.terminal;
    err(`${colours.dim(text)}\n`);
  }
}
