/** Changes to one file wait for each other: a model may ask for several at once, and each must see the one before. */

const last = new Map<string, Promise<unknown>>();

/** Runs `task` once the tasks given before under the same `key` are done, however they ended. */
export async function oneAtATime<T>(key: string, task: () => Promise<T>): Promise<T> {
  const before = last.get(key);
  const mine = before === undefined ? task() : before.then(task, task);
  last.set(key, mine);
  try {
    return await mine;
  } finally {
    if (last.get(key) === mine) last.delete(key);
  }
}
