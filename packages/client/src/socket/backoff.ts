/** How long to wait before the next try: 1 s doubling to 30 s, spread so that many clients do not return at once. */

export const backoffMinMs = 1000;
export const backoffMaxMs = 30_000;

/**
 * The wait before try number `attempt` (1 is the first after a loss).
 * `random` is in [0, 1): the wait lies between half of the step and the whole of it.
 */
export function backoffMs(attempt: number, random: number): number {
  const step = Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.max(0, attempt - 1));
  return Math.round(step / 2 + (step / 2) * random);
}
