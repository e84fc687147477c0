/** The truth: what was asked of the server and what it has sent, request by request. */
import { reportedCountsSchema, type TokenCounts, tokenFields, type UsageTotals } from '@taffrail/wire';
import { later, untold } from './figures.js';
import type { FormatName, JsonObject } from './wire-format.js';

export interface Served {
  /** Null when no script claimed the request. */
  conversation: string | null;
  /** The how-manieth request of its conversation, from 0; null when a limit refused it, which uses up no reply. */
  index: number | null;
  format: FormatName;
  model: string;
  apiKey: string | null;
  /** Epoch milliseconds, by the server's clock. */
  at: number;
  /** The parsed request; null once the record is one of the older ones (see `fullRecordsMax`). */
  body: JsonObject | null;
  /** Null until the headers are sent. */
  status: number | null;
  /** The answer's text as far as it was written to the socket. */
  textServed: string;
  /** Figures as far as they were written to the socket; null where never sent. */
  usageServed: TokenCounts;
  /**
   * Null while it is served. `failed`: refused, or ended with an error event; `broken`: cut by the server; `stalled`:
   * hangs by script; `aborted by client`: the client hung up, whatever was going on.
   */
  outcome: 'finished' | 'failed' | 'broken' | 'stalled' | 'aborted by client' | null;
  /** When each chunk was written: epoch milliseconds with fractions, comparable between processes of a machine. */
  chunkTimes: number[];
}

/** Sums over finished requests: `null` where no request told the figure, `reported` says how many did. */
export type ServedTotals = Pick<UsageTotals, 'reported' | keyof TokenCounts> & { requests: number };

/** Older records let go of request bodies and chunk times: with each request repeating its session, they would add up. */
const fullRecordsMax = 2000;

export class Ledger {
  readonly served: Served[] = [];
  readonly #watchers = new Set<() => void>();

  /** @param onEnded is given each record when nothing of it changes any more */
  constructor(private readonly onEnded: (record: Served) => void = () => undefined) {}

  /** Adds a request that has just come in. */
  open(request: Pick<Served, 'conversation' | 'index' | 'format' | 'model' | 'apiKey' | 'at' | 'body'>): Served {
    const blank = { status: null, textServed: '', usageServed: untold, outcome: null, chunkTimes: [] };
    const record: Served = { ...request, ...blank };
    this.served.push(record);
    const old = this.served.at(-1 - fullRecordsMax);
    if (old) Object.assign(old, { body: null, chunkTimes: [] });
    this.#tell();
    return record;
  }

  /** Changes a record and tells whoever waits. */
  note(record: Served, change: Partial<Served>): void {
    Object.assign(record, change);
    this.#tell();
  }

  /** Closes a record. */
  end(record: Served, outcome: Served['outcome']): void {
    this.note(record, { outcome });
    this.onEnded(record);
  }

  /** The sums of a conversation's finished requests. */
  totals(conversation: string): ServedTotals {
    const finished = this.served.filter((each) => each.conversation === conversation && each.outcome === 'finished');
    const reported = reportedCountsSchema.parse(Object.fromEntries(tokenFields.map((field) => [field, 0])));
    let sums = untold;
    for (const { usageServed } of finished) {
      for (const field of tokenFields) {
        const figure = usageServed[field];
        if (figure === null) continue;
        reported[field]++;
        sums = later(sums, { [field]: (sums[field] ?? 0) + figure });
      }
    }
    return { requests: finished.length, reported, ...sums };
  }

  /** Resolves when `holds` does; rejects after `timeoutMs`, with what was served until then. */
  waitFor(holds: (served: readonly Served[]) => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        end();
      };
      const look = () => {
        try {
          if (holds(this.served)) settle(resolve);
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`not served in time: ${this.#summary()}`))),
        timeoutMs,
      );
      this.#watchers.add(look);
      look();
    });
  }

  #tell(): void {
    for (const look of [...this.#watchers]) look();
  }

  #summary(): string {
    const lines = this.served.map((each) => `${each.conversation}#${each.index} ${each.format}: ${each.outcome}`);
    return lines.slice(-10).join('; ') || 'no request came';
  }
}
