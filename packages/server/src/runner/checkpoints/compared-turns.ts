/**
 * What turns changed in their folder: the state before each against the one after it, as far as both are kept. Two states
 * stay as they are, so what was compared once is remembered, also when they are forgotten.
 */
import type { TurnFile } from '@taffrail/wire';
import { type Keeper, type LineCount, NotKept, nameFrom, type Pair } from './keeper.js';
import { type KeeperPlace, openKeeper, reasonOf } from './open-keeper.js';

/** A timeline waits for it. */
const patienceMs = 3_000;
/** The sessions that somebody looks at. */
const sessionsMax = 8;

export interface ComparedSession {
  id: string;
  cwd: string | null;
  /** Says another thing whenever a state may have been kept since. */
  stand: string;
}

/** The files of a turn, by its id; `undefined` where its states are not kept. */
export type FilesOf = (turnId: string) => readonly TurnFile[] | undefined;

interface Known {
  stand: string;
  /** By the turn's name and its two states. */
  turns: Map<string, { pair: string; files: TurnFile[] }>;
}

export class ComparedTurns {
  readonly #place: Omit<KeeperPlace, 'root' | 'patienceMs'>;
  /** The one asked for last comes last. */
  readonly #known = new Map<string, Known>();

  constructor(place: Omit<KeeperPlace, 'root' | 'patienceMs'>) {
    this.#place = place;
  }

  async of({ id, cwd, stand }: ComparedSession): Promise<FilesOf> {
    const known = this.#known.get(id) ?? { stand: '', turns: new Map() };
    this.#known.delete(id);
    this.#known.set(id, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > sessionsMax && oldest !== undefined) this.#known.delete(oldest);
    if (cwd !== null && known.stand !== stand)
      await this.#compare(known, id, cwd).then(() => (known.stand = stand), untold);
    return (turnId) => known.turns.get(nameFrom(turnId))?.files;
  }

  async #compare({ turns }: Known, id: string, root: string): Promise<void> {
    const keeper = await openKeeper({ ...this.#place, root, patienceMs });
    const fresh = (await pairsOf(keeper, id)).filter(({ turn, from, to }) => turns.get(turn)?.pair !== `${from} ${to}`);
    const told = await keeper.linesBetween(fresh);
    for (const [index, { turn, from, to }] of fresh.entries()) {
      const files = [...(told[index] ?? [])].map(([path, lines]) => fileOf(path, lines));
      turns.set(turn, { pair: `${from} ${to}`, files });
    }
  }
}

async function pairsOf(keeper: Keeper, session: string): Promise<(Pair & { turn: string })[]> {
  const states = await keeper.kept(session);
  return [...states].flatMap(([name, from]) => {
    const turn = /^before-(.+)$/s.exec(name)?.[1];
    const to = states.get(`after-${turn}`);
    return turn === undefined || to === undefined ? [] : [{ turn, from, to }];
  });
}

const fileOf = (path: string, lines: LineCount | null): TurnFile => ({
  path,
  added: lines?.added ?? null,
  removed: lines?.removed ?? null,
});

/** Then the log alone tells. @throws what is no reason of a folder. */
function untold(error: unknown): void {
  if (!(error instanceof NotKept)) reasonOf(error);
}
