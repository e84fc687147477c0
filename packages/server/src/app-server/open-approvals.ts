/** The numbers under which clients are asked. One question has one number for all, also for those who come later. */

export interface AskedApproval {
  threadId: string;
  permissionId: string;
}

// Answered ones are kept for clients that were not told yet; the oldest are forgotten.
const rememberedMax = 10_000;

export class OpenApprovals {
  readonly #numbers = new Map<string, number>();
  readonly #asked = new Map<number, AskedApproval>();
  #next = 0;

  numberOf(asked: AskedApproval): number {
    const known = this.#numbers.get(asked.permissionId);
    if (known !== undefined) return known;
    const number = this.#next;
    this.#next += 1;
    this.#numbers.set(asked.permissionId, number);
    this.#asked.set(number, asked);
    this.#forgetOldest();
    return number;
  }

  find(id: unknown): AskedApproval | null {
    return typeof id === 'number' ? (this.#asked.get(id) ?? null) : null;
  }

  #forgetOldest(): void {
    const [oldest] = this.#asked;
    if (!oldest || this.#asked.size <= rememberedMax) return;
    this.#asked.delete(oldest[0]);
    this.#numbers.delete(oldest[1].permissionId);
  }
}
