/**
 * Which files a rewind puts back: those that the session's turns have changed since, not those that only somebody else
 * did. What the folder was before and after each turn tells them apart.
 */
import type { CheckpointRow, Turn } from '@taffrail/wire';
import { coveredBy, type Difference, type Keeper, repositoryForm, type State } from './keeper.js';

export interface RestorePlan {
  /** From the folder as it is to what it shall be. */
  todo: Difference[];
  /** Of these, what somebody else has changed as well. */
  editedElsewhere: ReadonlySet<string>;
  left: { path: string; why: string }[];
}

/** @param turns From the one that is gone back to. */
export async function planRestore(
  keeper: Keeper,
  past: { turns: readonly Turn[]; target: State; present: State },
): Promise<RestorePlan> {
  const { target, present } = past;
  const changes = await whoChanged(keeper, past);
  const isLeftOut = coveredBy([...target.leftOut, ...present.leftOut]);
  const plan = { todo: [] as Difference[], editedElsewhere: new Set<string>(), left: [] as RestorePlan['left'] };
  const named = new Set<string>();
  for (const one of await keeper.differences(present.id, target.id)) {
    const { path, before, after } = one;
    named.add(path);
    const leftOut = isLeftOut(path);
    const isRepository = [before, after].some((file) => file?.form === repositoryForm);
    const isElsewhere = changes.elsewhere.has(path);
    if (leftOut) plan.left.push({ path, why: leftOut.why });
    else if (isRepository) plan.left.push({ path, why: 'it is a repository of its own' });
    else if (isElsewhere && !changes.byTurns.has(path))
      plan.left.push({ path, why: 'it was changed outside this session' });
    else {
      plan.todo.push(one);
      if (isElsewhere) plan.editedElsewhere.add(path);
    }
  }
  for (const { path, why } of present.leftOut) if (!named.has(path)) plan.left.push({ path, why });
  return plan;
}

interface Changes {
  byTurns: ReadonlySet<string>;
  elsewhere: ReadonlySet<string>;
}

/**
 * From state to state as the turns tell them. A turn that did not get to say what the folder was after it may have changed
 * all that the next one found changed; one that did not even get to say what it was before has changed nothing.
 */
async function whoChanged(
  keeper: Keeper,
  { turns, target, present }: { turns: readonly Turn[]; target: State; present: State },
): Promise<Changes> {
  const byTurns = new Set<string>();
  const elsewhere = new Set<string>();
  const note = async (paths: Set<string>, from: string, to: string) => {
    for (const { path } of await keeper.differences(from, to)) paths.add(path);
  };
  const stateOf = async (kept: CheckpointRow | null | undefined) =>
    kept?.ref ? ((await keeper.find(kept.ref))?.id ?? null) : null;
  let last = target.id;
  for (const [index, turn] of turns.entries()) {
    if (!turn.before) continue;
    const before = await stateOf(turn.before);
    if (before !== null) await note(elsewhere, last, before);
    const later = turns.slice(index + 1).find((one) => one.before !== null);
    const after = (await stateOf(turn.after)) ?? (later ? await stateOf(later.before) : present.id);
    if (after === null) continue;
    await note(byTurns, before ?? last, after);
    last = after;
  }
  await note(elsewhere, last, present.id);
  return { byTurns, elsewhere };
}
