/**
 * The log opened for questions alone. A command that only reads starts faster without the code that writes, takes no
 * lock, and leaves the file as it found it.
 */
import { Kysely } from 'kysely';
import type { StoreReader } from '../store.js';
import type { Tables } from '../tables.js';
import { Database } from './database.js';
import { dialectOver } from './dialect.js';
import { engineOf, integrityOf } from './integrity.js';
import { dataVersion } from './migrate.js';
import { migrations } from './schema.js';
import { searchSqlite } from './search.js';
import type { SqliteOptions } from './store.js';
import { pendingRows } from './text-index.js';

/**
 * Opens an existing store for reading. Data of an older version is brought up to date first, which writes.
 * @throws NewerDataError when the data is newer than this program.
 */
export async function readSqlite(options: SqliteOptions): Promise<StoreReader> {
  const db = new Database(options.path, { readOnly: true });
  if (isCurrent(db)) return readerOver(db);
  db.close();
  const { openSqlite } = await import('./store.js');
  return openSqlite(options);
}

function isCurrent(db: Database): boolean {
  try {
    return dataVersion(db) === migrations.at(-1)?.version;
  } catch (error) {
    db.close();
    throw error;
  }
}

function readerOver(db: Database): StoreReader {
  db.exec('PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY');
  return {
    queries: new Kysely<Tables>({ dialect: dialectOver(db) }),
    pendingRows: () => Promise.resolve(pendingRows(db)),
    search: (question) => Promise.resolve(searchSqlite(db, question)),
    integrity: () => Promise.resolve(integrityOf(db)),
    dataVersion: () => db.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0,
    engine: () => engineOf(db),
    close: () => {
      db.close();
      return Promise.resolve();
    },
  };
}
