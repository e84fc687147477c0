/** Work that may be done at the same time, within a bound. */

/**
 * Does `work` for each value, at most `max` at a time, begun in their order. What fails is thrown when all that had begun has
 * ended, so that nothing goes on behind the caller's back; what had not begun is left.
 */
export async function someAtATime<Value>(
  values: readonly Value[],
  max: number,
  work: (value: Value) => Promise<void>,
): Promise<void> {
  const waiting = [...values];
  const failures: unknown[] = [];
  const worker = async () => {
    for (let value = waiting.shift(); value !== undefined && failures.length === 0; value = waiting.shift())
      await work(value).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(max, values.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
