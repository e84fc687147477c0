/** What differs between a moment of a session and now, with diffs, within bounds. */
import { unifiedDiff } from '@taffrail/agent';
import type { SessionState } from '@taffrail/session';
import type { FolderChanges, Turn } from '@taffrail/wire';
import { OrderError } from '../order-error.js';
import type { Difference, Keeper } from './keeper.js';
import { openKeeper, reasonOf } from './open-keeper.js';
import type { FilesSurroundings } from './session-files.js';
import { textOf } from './text.js';
import { changeOf } from './turn-states.js';

const patienceMs = 15_000;
const filesMax = 500;
/** A file longer than this, and a diff, is not shown. */
const fileBytesMax = 512 * 1024;
const patchCharactersMax = 100_000;
/** Of all diffs together. */
const charactersMax = 1_000_000;
const diffingMsMax = 1_500;

/** @param since `start` or a turn's id. @throws OrderError where there is no such turn. */
export async function folderChanges(
  state: SessionState,
  since: string,
  around: FilesSurroundings,
): Promise<FolderChanges> {
  const nothing = { since, branch: null, files: null, count: 0 };
  const turn = since === 'start' ? firstKept(state) : state.turns.get(since);
  if (since !== 'start' && !turn) throw new OrderError('unknown', `There is no turn ${since} in this session.`);
  const { ref = null, kind = null, why = null } = turn?.before ?? {};
  const root = state.description.cwd;
  if (ref === null || kind === null || root === undefined)
    return { ...nothing, why: why ?? (turn ? 'nothing was kept before that turn' : 'nothing was asked yet') };
  try {
    const keeper = await openKeeper({ ...around, root, patienceMs }, kind);
    const from = await keeper.find(ref);
    if (!from) return { ...nothing, why: 'the files of that time are no longer kept' };
    const now = await keeper.now();
    const differences = await keeper.differences(from.id, now.id);
    const shown = differences.slice(0, filesMax);
    const counts = await keeper.lineCounts(from.id, now.id, shown);
    const patches = await patchesOf(keeper, shown);
    const patchOf = (path: string) => {
      const patch = patches.get(path);
      return patch === undefined ? null : around.redact(patch);
    };
    const files = shown.map((one) => ({ ...changeOf(one, counts), patch: patchOf(one.path) }));
    return { since, branch: await keeper.branch(), files, count: differences.length, why: null };
  } catch (error) {
    return { ...nothing, why: reasonOf(error) };
  }
}

/** The first turn whose folder was kept; else the first one, which says why not. */
function firstKept({ turns }: SessionState): Turn | undefined {
  const all = [...turns.values()];
  return all.find(({ before }) => before?.ref) ?? all[0];
}

async function patchesOf(keeper: Keeper, differences: readonly Difference[]): Promise<Map<string, string>> {
  const files = differences.flatMap(({ before, after }) => [before ?? [], after ?? []].flat());
  const contents = await keeper.contents(files, fileBytesMax);
  const patches = new Map<string, string>();
  const end = performance.now() + diffingMsMax;
  let characters = 0;
  for (const { path, before, after } of differences) {
    if (characters > charactersMax || performance.now() > end) break;
    const [old, now] = [before, after].map((file) => {
      const bytes = file ? contents.get(file.id) : Buffer.alloc(0);
      return bytes ? textOf(bytes) : null;
    });
    if (typeof old !== 'string' || typeof now !== 'string') continue;
    const patch = unifiedDiff(path, old, now);
    if (patch === null || patch.length > patchCharactersMax) continue;
    patches.set(path, patch);
    characters += patch.length;
  }
  return patches;
}
