/** Types of turnstile.mjs, for its test. */
export function oneAtATime<T>(turn: {
  lock: string;
  onWait: () => void;
  work: (onChild: (childPid: number) => void) => T | Promise<T>;
}): Promise<T>;
