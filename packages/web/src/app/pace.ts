/**
 * How often to ask again for what keeps changing. An answer that takes long to make is asked for so much later: however
 * long a session is, watching it takes a small share of the server's time.
 */

/** Of an answer that took a second, twelve pass until it is asked for again. */
const restPerWork = 12;
/** What took long because the server was not reached says nothing of the answer. */
const restMs = 30_000;

/**
 * @param ask Asks, and resolves when the answer has come.
 * @param clock Of milliseconds.
 */
export function pacedBy(
  ask: (name: string) => Promise<unknown>,
  clock: { now: () => number; after: (ms: number, work: () => void) => unknown },
): { refresh: (name: string) => void; forget: () => void } {
  /** Asked for, or resting from it; and whether it has changed again meanwhile. */
  const resting = new Map<string, boolean>();
  const begin = async (name: string) => {
    resting.set(name, false);
    const from = clock.now();
    await ask(name).catch(() => undefined);
    clock.after(Math.min(restMs, (clock.now() - from) * restPerWork), () => {
      const isDue = resting.get(name);
      resting.delete(name);
      if (isDue) void begin(name);
    });
  };
  return {
    refresh: (name) => {
      if (resting.has(name)) resting.set(name, true);
      else void begin(name);
    },
    /** What rests is not asked for again by itself. */
    forget: () => {
      for (const name of resting.keys()) resting.set(name, false);
    },
  };
}
