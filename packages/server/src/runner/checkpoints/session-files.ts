/** Going back in a session: what it would do, doing it, and undoing it. The log says all of it and loses nothing. */
import type { NewRow } from '@taffrail/session';
import type { FileRestore, FilesRestored, FolderChanges, RewindPreview, Turn } from '@taffrail/wire';
import { v7 } from 'uuid';
import type { LiveSession } from '../live-session.js';
import { OrderError } from '../order-error.js';
import { folderChanges } from './folder-changes.js';
import { type Keeper, NotKept, type State } from './keeper.js';
import { openKeeper, reasonOf } from './open-keeper.js';
import type { PendingRestores } from './pending.js';
import { failedRestore, namedMax, restoreFiles } from './restore-files.js';
import { planRestore, type RestorePlan } from './restore-plan.js';
import { changeOf, type Surroundings, sayChanges } from './turn-states.js';

/** A person waits for it, and it must not end halfway because a disk is slow. */
const previewPatienceMs = 30_000;
const restorePatienceMs = 10 * 60_000;
const filesMax = 500;

export interface FilesSurroundings extends Surroundings {
  pending: PendingRestores;
  /** Takes the values of known keys out of what is shown. */
  redact: (text: string) => string;
}

interface Planned extends RestorePlan {
  keeper: Keeper;
  target: State;
  present: State;
}

export class SessionFiles {
  readonly #session: LiveSession;
  readonly #around: FilesSurroundings;

  constructor(session: LiveSession, around: FilesSurroundings) {
    this.#session = session;
    this.#around = around;
  }

  async preview(turnId: string): Promise<RewindPreview> {
    const { turn, before, later } = this.#placeOf(turnId);
    const items = [...this.#session.state.items.values()];
    return {
      turnId,
      turnsLeft: before,
      turnsAside: later.length,
      itemsAside: items.filter(({ seq }) => seq >= turn.seq).length,
      files: await this.#previewFiles(later),
    };
  }

  async #previewFiles(later: readonly Turn[]): Promise<RewindPreview['files']> {
    try {
      const { keeper, target, present, todo, editedElsewhere, left } = await this.#plan(later, previewPatienceMs);
      const shown = todo.slice(0, filesMax);
      const counts = await keeper.lineCounts(present.id, target.id, shown);
      const files = shown.map((one) => ({
        ...changeOf(one, counts),
        isEditedElsewhere: editedElsewhere.has(one.path),
      }));
      const named = { left: left.slice(0, namedMax), leftCount: left.length };
      return { state: 'kept', kind: keeper.kind, files, count: todo.length, ...named };
    } catch (error) {
      return { state: 'not_kept', why: reasonOf(error) };
    }
  }

  /** `null` where no files were to be put back. */
  rewind(turnId: string, withFiles: boolean): Promise<FilesRestored | null> {
    return this.#alone(async () => {
      const { turn, later } = this.#placeOf(turnId);
      const id = v7();
      const restore = withFiles ? await this.#prepared(later, id) : null;
      const data = { toSeq: turn.seq, ...(restore ? { files: restore.files } : {}) };
      const rewound: NewRow = { key: `rewound:${id}`, at: this.#around.now(), kind: 'session.rewound', data };
      return this.#carryOut([...(restore?.rows ?? []), rewound], restore?.files ?? null);
    });
  }

  /** The last rewind, unless something was asked since. */
  undo(): Promise<FilesRestored | null> {
    return this.#alone(async () => {
      const last = this.#session.state.rewinds.at(-1);
      if (!last?.isOpen) throw new OrderError('gone', 'Nothing can be undone: the conversation has gone on since.');
      const files: FileRestore | null = last.files && {
        kind: last.files.kind,
        expected: last.files.target,
        target: last.files.expected,
      };
      const data = { rewoundSeq: last.seq, status: last.status, ...(files ? { files } : {}) };
      const undone: NewRow = { key: `undone:${v7()}`, at: this.#around.now(), kind: 'rewind.undone', data };
      return this.#carryOut([undone], files);
    });
  }

  /** Goes on with what another server had begun. */
  async finish(): Promise<void> {
    const { restoring } = this.#session.state;
    if (restoring) await this.#putBack(restoring, true);
    await this.#around.pending.end(this.#session.sessionId);
  }

  /** The log says what is going to be done before anything is done: whoever finds it half done can finish it. */
  async #carryOut(rows: readonly NewRow[], files: FileRestore | null): Promise<FilesRestored | null> {
    const { sessionId } = this.#session;
    if (files) await this.#around.pending.begin(sessionId);
    await this.#session.append(rows);
    const restored = files ? await this.#putBack(files, false) : null;
    if (files) await this.#around.pending.end(sessionId);
    await sayChanges(this.#session, `changes:${v7()}`, this.#around);
    return restored;
  }

  async #putBack(files: FileRestore, isLater: boolean): Promise<FilesRestored> {
    const restored = await this.#restored(files).catch((error: unknown) => failedRestore(reasonOf(error)));
    const data = isLater ? { ...restored, finishedLater: true as const } : restored;
    await this.#session.append([{ key: `restored:${v7()}`, at: this.#around.now(), kind: 'files.restored', data }]);
    return data;
  }

  async #restored({ kind, expected, target }: FileRestore): Promise<FilesRestored> {
    const root = this.#root();
    const keeper = await openKeeper({ ...this.#around, root, patienceMs: restorePatienceMs }, kind);
    const [from, to] = [await keeper.find(expected), await keeper.find(target)];
    if (!from || !to) return failedRestore('the files are no longer kept');
    return restoreFiles(keeper, { root, expected: from.id, target: to.id, now: this.#around.now });
  }

  /** Keeps the folder as it is and as it shall be. @throws OrderError where it is not known what it was. */
  async #prepared(later: readonly Turn[], id: string): Promise<{ files: FileRestore; rows: NewRow[] }> {
    const { sessionId } = this.#session;
    try {
      const { keeper, present, todo } = await this.#plan(later, restorePatienceMs);
      const target = { id: await keeper.changed(present.id, todo), leftOut: present.leftOut };
      const expected = await keeper.keep(present, sessionId, `present-${id}`);
      const files = { kind: keeper.kind, expected, target: await keeper.keep(target, sessionId, `restored-${id}`) };
      const data = { ref: expected, kind: keeper.kind, moment: 'rewind' as const };
      return { files, rows: [{ key: `present:${id}`, at: this.#around.now(), kind: 'checkpoint.made', data }] };
    } catch (error) {
      throw new OrderError('refused', `The files cannot be put back: ${reasonOf(error)}.`);
    }
  }

  changes(since: string): Promise<FolderChanges> {
    return folderChanges(this.#session.state, since, this.#around);
  }

  async #plan(later: readonly Turn[], patienceMs: number): Promise<Planned> {
    const { ref, kind } = keptBefore([...this.#session.state.turns.values()], later[0]);
    const keeper = await openKeeper({ ...this.#around, root: this.#root(), patienceMs }, kind);
    const target = await keeper.find(ref);
    if (!target) throw new NotKept('the files of that time are no longer kept');
    const present = await keeper.now();
    return { keeper, target, present, ...(await planRestore(keeper, { turns: later, target, present })) };
  }

  #placeOf(turnId: string): { turn: Turn; before: number; later: Turn[] } {
    const turns = [...this.#session.state.turns.values()];
    const before = turns.findIndex((one) => one.turnId === turnId);
    const later = turns.slice(Math.max(0, before));
    const [turn] = later;
    if (before === -1 || !turn) throw new OrderError('unknown', `There is no turn ${turnId} in this session.`);
    return { turn, before, later };
  }

  #root(): string {
    const { cwd } = this.#session.state.description;
    if (cwd === undefined) throw new NotKept('the session has no folder');
    return cwd;
  }

  /** No turn begins meanwhile, and no other of these. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const session = this.#session;
    while (session.restoring !== null) await session.restoring;
    if (session.turn) throw new OrderError('busy', 'Stop the running turn first.');
    const working = session.state.restoring ? this.finish().then(work) : work();
    const done = working.then(
      () => undefined,
      () => undefined,
    );
    session.restoring = done;
    try {
      return await working;
    } finally {
      session.restoring = null;
    }
  }
}

/**
 * A turn that was cut off before its folder was kept has changed nothing: what was kept after the turn before it is as good.
 * What somebody else did between the two is told apart anyway.
 */
function keptBefore(turns: readonly Turn[], turn: Turn | undefined): { ref: string; kind: 'git' | 'copy' } {
  const previous = turn ? turns[turns.indexOf(turn) - 1] : undefined;
  const kept = turn?.before ?? previous?.after;
  if (!kept) throw new NotKept('nothing was kept before that turn: it did not run here');
  const { ref, kind, why } = kept;
  if (ref === null || kind === null) throw new NotKept(why ?? 'nothing was kept before that turn');
  return { ref, kind };
}
