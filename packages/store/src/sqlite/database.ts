/** The one place that knows the SQLite package, so that another (`node:sqlite`) can replace it. */
import type { StatementSyncInstance } from '@photostructure/sqlite';
import { holdsNul, storedText } from '../stored-text.js';
import { sqlitePackage } from './package.js';

const { DatabaseSync } = sqlitePackage;

export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

// A writer in another process holds the lock for one batch at most.
const busyTimeoutMs = 30_000;

export class Database {
  readonly #database: InstanceType<typeof DatabaseSync>;
  readonly #statements = new Map<string, StatementSyncInstance>();
  readonly path: string;

  constructor(path: string, options: { readOnly?: boolean } = {}) {
    this.path = path;
    this.#database = new DatabaseSync(path, { readOnly: options.readOnly ?? false, timeout: busyTimeoutMs });
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  run(sql: string, ...parameters: SqlValue[]): void {
    this.#prepared(sql).run(...storable(parameters));
  }

  all<Row = SqlRow>(sql: string, ...parameters: SqlValue[]): Row[] {
    return this.#prepared(sql).all(...storable(parameters)) as Row[];
  }

  get<Row = SqlRow>(sql: string, ...parameters: SqlValue[]): Row | undefined {
    return this.#prepared(sql).get(...storable(parameters)) as Row | undefined;
  }

  iterate<Row = SqlRow>(sql: string, ...parameters: SqlValue[]): IterableIterator<Row> {
    return this.#prepared(sql).iterate(...storable(parameters)) as IterableIterator<Row>;
  }

  /** All or nothing; takes the write lock at once, so that what `work` reads stays true until it has written. */
  transaction<Result>(work: () => Result): Result {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepared(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** In place: there are very many. */
function storable(parameters: SqlValue[]): SqlValue[] {
  for (let at = 0; at < parameters.length; at += 1) {
    const value = parameters[at] as SqlValue;
    if (typeof value === 'string' && holdsNul(value)) parameters[at] = storedText(value);
  }
  return parameters;
}
