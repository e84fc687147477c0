/** Opens somebody else's SQLite file, a copy of it, for reading. */
import { Database } from './database.js';

export type ForeignQuery = (sql: string, ...parameters: (string | number)[]) => { readonly [key: string]: unknown }[];

/** Opens the database at `path` (which may gain files beside it), lets `use` ask it, and closes it. */
export function readForeignDatabase<Result>(path: string, use: (all: ForeignQuery) => Result): Result {
  const db = new Database(path);
  try {
    return use((sql, ...parameters) => db.all(sql, ...parameters));
  } finally {
    db.close();
  }
}
