/** What a corpus really holds, added up while it is written: every request once, in the session that made it. */
import { type TokenCounts, type TokenField, tokenFields } from '@taffrail/wire';

/** Sums over requests: a figure nobody reported is `null`; `reported` counts the requests that did. */
export type TokenSums = Record<TokenField, number | null> & { requests: number; reported: Record<TokenField, number> };

export interface Truth {
  seed: number;
  sizeMb: number;
  files: number;
  lines: number;
  bytes: number;
  agents: Record<string, TokenSums>;
  /** Agent → day (UTC) → sums. */
  days: Record<string, Record<string, TokenSums>>;
}

export class TruthLedger {
  readonly agents: Record<string, TokenSums> = {};
  readonly days: Record<string, Record<string, TokenSums>> = {};

  /** A request that `agent` made at `at`. Call it once, however often the logs repeat it. */
  count(agent: string, at: number, tokens: TokenCounts): void {
    const day = new Date(at).toISOString().slice(0, 10);
    const ofAgent = entry(this.days, agent, () => ({}));
    add(entry(this.agents, agent, noSums), tokens);
    add(entry(ofAgent, day, noSums), tokens);
  }
}

/** The entry called `name`, made where there is none. */
function entry<Value>(record: Record<string, Value>, name: string, make: () => Value): Value {
  const known = record[name] ?? make();
  record[name] = known;
  return known;
}

function noSums(): TokenSums {
  const each = <Value>(value: Value) =>
    Object.fromEntries(tokenFields.map((field) => [field, value])) as Record<TokenField, Value>;
  return { requests: 0, ...each<number | null>(null), reported: each(0) };
}

function add(sums: TokenSums, tokens: TokenCounts): void {
  sums.requests += 1;
  for (const field of tokenFields) {
    const figure = tokens[field];
    if (figure === null) continue;
    sums[field] = (sums[field] ?? 0) + figure;
    sums.reported[field] += 1;
  }
}
