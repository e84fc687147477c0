/** Opens somebody else's SQLite file, a copy of it, for reading. */
import { Database } from './database.js';

export interface ForeignDatabase {
  all(sql: string, ...parameters: (string | number)[]): { readonly [key: string]: unknown }[];
  close(): void;
}

/** Opens the database at `path`, which may gain files beside it. */
export function openForeignDatabase(path: string): ForeignDatabase {
  const db = new Database(path);
  return { all: (sql, ...parameters) => db.all(sql, ...parameters), close: () => db.close() };
}
