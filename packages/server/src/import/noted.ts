/** What was heard of and is to be looked at, each path once, when it has settled. Costs nothing while it is empty. */

// Long enough that the lines of one answer come as one reading, short enough to look immediate.
const settleMs = 60;

export class Noted {
  readonly #dueAt = new Map<string, number>();
  readonly #settled: () => void;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Whoever was told that something settled has not taken it yet. */
  #told = false;
  #stopped = false;

  /** `settled` is called once for all that is due until it is taken. */
  constructor(settled: () => void) {
    this.#settled = settled;
  }

  /** Notes a path (`''`: all paths), to be looked at when it has settled and not before `notBefore` (monotonic ms). */
  add(path: string, notBefore = 0): void {
    const at = Math.max(notBefore, performance.now() + settleMs);
    this.#dueAt.set(path, Math.min(at, this.#dueAt.get(path) ?? at));
    this.#arm(at);
  }

  /** Takes what is due, soonest first. The whole stands for its parts. */
  take(): string[] {
    this.#told = false;
    const now = performance.now();
    const due = [...this.#dueAt].filter(([, at]) => at <= now).sort(([, one], [, other]) => one - other);
    const whole = due.some(([path]) => path === '');
    if (whole) this.#dueAt.clear();
    for (const [path] of due) this.#dueAt.delete(path);
    if (this.#dueAt.size > 0) this.#arm([...this.#dueAt.values()].reduce((one, other) => Math.min(one, other)));
    return whole ? [''] : due.map(([path]) => path);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #arm(at: number): void {
    if (this.#told || this.#stopped || (this.#timer && this.#timerAt <= at)) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#tell(), Math.ceil(at - performance.now()));
  }

  #tell(): void {
    this.#timer = null;
    this.#told = true;
    this.#settled();
  }
}
