/** What a turn says of its folder: how it was before and after it, and what has changed since the session began. */
import type { NewRow, SessionState } from '@taffrail/session';
import type { CheckpointRow, FileChanges } from '@taffrail/wire';
import type { LiveSession } from '../live-session.js';
import type { Difference, Keeper, LineCount, State } from './keeper.js';
import { type KeeperPlace, openKeeper, reasonOf } from './open-keeper.js';
import { wantedRefs } from './wanted-refs.js';

/** A turn is held up no longer than this. */
export const turnPatienceMs = 10_000;
const filesMax = 500;
/** So many turns' states are kept before those of older ones are forgotten. */
const forgetEvery = 10;

export interface Surroundings extends Omit<KeeperPlace, 'root' | 'patienceMs' | 'signal'> {
  now: () => number;
}

/** Once a turn: one that goes on after a restart has it already. */
export async function sayBefore(
  session: LiveSession,
  turnId: string,
  around: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const { cwd } = session.state.description;
  if (cwd === undefined || session.state.turns.get(turnId)?.before) return;
  const data = await checkpointOf({ ...around, root: cwd, patienceMs: turnPatienceMs, signal }, async (keeper) => {
    const state = await keeper.now();
    return { state, ref: await keeper.keep(state, session.sessionId, `before-${turnId}`) };
  });
  await session.append([checkpointRow(turnId, around.now(), { ...data, moment: 'before' })]);
}

/** The state after a turn, and what differs from the session's first. */
export async function sayAfter(session: LiveSession, turnId: string, around: Surroundings): Promise<void> {
  const { cwd } = session.state.description;
  if (cwd === undefined) return;
  let changes: FileChanges | null = null;
  const data = await checkpointOf({ ...around, root: cwd, patienceMs: turnPatienceMs }, async (keeper) => {
    const state = await keeper.now();
    const ref = await keeper.keep(state, session.sessionId, `after-${turnId}`);
    changes = await changesSinceStart(session.state, keeper, state);
    if (session.state.turns.size % forgetEvery === 0)
      await keeper.forget(session.sessionId, wantedRefs(session.state).add(ref));
    return { state, ref };
  });
  const rows = [checkpointRow(turnId, around.now(), { ...data, moment: 'after' })];
  await session.append([...rows, ...changesRows(session.state, changes, `changes:${turnId}`, around.now(), turnId)]);
}

/** What has changed since the session began, told again where it is not what was told last. */
export async function sayChanges(session: LiveSession, key: string, around: Surroundings): Promise<void> {
  const { cwd } = session.state.description;
  if (cwd === undefined) return;
  let changes: FileChanges | null = null;
  try {
    const keeper = await openKeeper({ ...around, root: cwd, patienceMs: turnPatienceMs });
    changes = await changesSinceStart(session.state, keeper, await keeper.now());
  } catch (error) {
    reasonOf(error);
  }
  const rows = changesRows(session.state, changes, key, around.now());
  if (rows.length > 0) await session.append(rows);
}

async function checkpointOf(
  place: KeeperPlace,
  keep: (keeper: Keeper) => Promise<{ state: State; ref: string }>,
): Promise<CheckpointRow> {
  try {
    const keeper = await openKeeper(place);
    const { state, ref } = await keep(keeper);
    const { length } = state.leftOut;
    return { ref, kind: keeper.kind, ...(length === 0 ? {} : { leftOut: length }) };
  } catch (error) {
    return { ref: null, kind: null, why: reasonOf(error) };
  }
}

const checkpointRow = (turnId: string, at: number, data: CheckpointRow): NewRow => ({
  key: `${data.moment}:${turnId}`,
  at,
  turnId,
  kind: 'checkpoint.made',
  data,
});

function changesRows(
  state: SessionState,
  changes: FileChanges | null,
  key: string,
  at: number,
  turnId?: string,
): NewRow[] {
  const known = JSON.stringify(state.changes ?? { branch: changes?.branch ?? null, files: [] });
  if (changes === null || JSON.stringify(changes) === known) return [];
  return [{ key, at, ...(turnId === undefined ? {} : { turnId }), kind: 'files.changed', data: changes }];
}

/** `null` where the first state is not kept, or by other means. */
async function changesSinceStart(session: SessionState, keeper: Keeper, state: State): Promise<FileChanges | null> {
  const first = [...session.turns.values()].find(({ before }) => before?.ref)?.before;
  const start = first?.ref && first.kind === keeper.kind ? await keeper.find(first.ref) : null;
  if (!start) return null;
  const differences = (await keeper.differences(start.id, state.id)).slice(0, filesMax);
  const counts = await keeper.lineCounts(start.id, state.id, differences);
  return { branch: await keeper.branch(), files: differences.map((one) => changeOf(one, counts)) };
}

export function changeOf(
  { path, before, after }: Difference,
  counts: ReadonlyMap<string, LineCount>,
): { path: string; status: 'added' | 'changed' | 'deleted'; added: number | null; removed: number | null } {
  const count = counts.get(path);
  const status = before === null ? 'added' : after === null ? 'deleted' : 'changed';
  return { path, status, added: count?.added ?? null, removed: count?.removed ?? null };
}
