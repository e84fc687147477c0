/** Forgets the files of sessions that were closed long ago, and sweeps away what nobody can ask for any more. */
import type { Store } from '@taffrail/store';
import { nameFrom } from './keeper.js';
import { openKeeper, reasonOf } from './open-keeper.js';
import type { Surroundings } from './turn-states.js';

/** A closed session may be opened again; so long its files can be put back. */
const closedMsMax = 14 * 24 * 60 * 60 * 1000;
const patienceMs = 60_000;

export async function tidyFiles(store: Pick<Store, 'queries'>, around: Surroundings): Promise<void> {
  const closed = await store.queries
    .selectFrom('sessions')
    .select(['id', 'cwd'])
    .where('origin', '=', 'live')
    .where('open', '=', 0)
    .where('updated_at', '<', around.now() - closedMsMax)
    .execute();
  const byFolder = new Map<string, string[]>();
  for (const { id, cwd } of closed) if (cwd !== null) byFolder.set(cwd, [...(byFolder.get(cwd) ?? []), id]);
  for (const [root, ids] of byFolder) await forgetIn(root, ids, around);
  await around.copies.sweep(around.now());
}

/** In the folder's repository, if it has one, and among the copies. A folder that is gone is passed over. */
async function forgetIn(root: string, ids: readonly string[], around: Surroundings): Promise<void> {
  try {
    const place = { ...around, root, patienceMs };
    const copies = await openKeeper(place, 'copy');
    const here = await openKeeper(place).catch(() => copies);
    for (const keeper of new Set([here, copies])) {
      const kept = new Set(await keeper.sessions());
      for (const id of ids) if (kept.has(nameFrom(id))) await keeper.forget(id, new Set());
    }
  } catch (error) {
    reasonOf(error);
  }
}
