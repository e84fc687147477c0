/**
 * Puts files back: each that differs between two kept states, and that is still as the first one says. So it can be done
 * again after it was cut off, and overwrites nothing that is not kept.
 */
import type { FilesRestored } from '@taffrail/wire';
import { putFile, type Rules, removeDraft, removeFile } from './confined-change.js';
import { type Difference, isSame, type Keeper, type SourceOf } from './keeper.js';

/** So many files that were left alone are named. */
export const namedMax = 100;

export interface Restore {
  root: string;
  /** States: what the folder was, and what it is to be. */
  expected: string;
  target: string;
  now: () => number;
}

export async function restoreFiles(keeper: Keeper, { root, expected, target, now }: Restore): Promise<FilesRestored> {
  const wanted = await keeper.differences(expected, target);
  const since = now();
  const rules = { root, since };
  // One in a folder is enough: the draft has the same name everywhere.
  for (const path of onePerFolder(wanted)) await removeDraft(rules, path);
  const found = await keeper.now();
  const meanwhile = new Map((await keeper.differences(expected, found.id)).map((one) => [one.path, one]));
  const left: FilesRestored['left'] = [];
  const todo: Difference[] = [];
  for (const one of wanted) {
    const changed = meanwhile.get(one.path);
    if (!changed) todo.push(one);
    else if (!isSame(changed.after, one.after)) left.push({ path: one.path, why: 'it was changed meanwhile' });
  }
  const gone = todo.filter(({ after }) => after === null).reverse();
  const put = todo.filter(({ after }) => after !== null);
  const paths = put.map(({ path }) => path);
  const work = async (sourceOf: SourceOf) => {
    // What goes makes room for what comes: a file may stand where a folder was.
    for (const one of [...gone, ...put]) await carryOut(rules, one, sourceOf, left);
  };
  await keeper.atHand(target, paths, work);
  return outcomeOf(wanted, left);
}

const onePerFolder = (differences: readonly Difference[]): Iterable<string> =>
  new Map(differences.map(({ path }) => [path.slice(0, path.lastIndexOf('/') + 1), path])).values();

async function carryOut(
  rules: Rules,
  { path, before, after }: Difference,
  sourceOf: SourceOf,
  left: FilesRestored['left'],
): Promise<void> {
  try {
    if (after) await putFile(rules, path, await sourceOf(path, after), before === null);
    else await removeFile(rules, path);
  } catch (error) {
    left.push({ path, why: error instanceof Error ? error.message : String(error) });
  }
}

function outcomeOf(wanted: readonly Difference[], left: FilesRestored['left']): FilesRestored {
  const isLeft = new Set(left.map(({ path }) => path));
  const done = wanted.filter(({ path }) => !isLeft.has(path));
  return {
    outcome: left.length === 0 ? 'restored' : 'partly',
    written: done.filter(({ after }) => after !== null).length,
    removed: done.filter(({ after }) => after === null).length,
    left: left.slice(0, namedMax),
    leftCount: left.length,
  };
}

/** A restore that came to nothing. */
export const failedRestore = (reason: string): FilesRestored => ({
  outcome: 'failed',
  written: 0,
  removed: 0,
  left: [],
  leftCount: 0,
  reason,
});
