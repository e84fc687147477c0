/**
 * The log opened for questions alone. A command that only reads starts faster without the code that writes, takes no
 * lock, and leaves the file as it found it.
 */
import { Kysely } from 'kysely';
import type { StoreReader } from '../store.js';
import type { Tables } from '../tables.js';
import type { Database } from './database.js';
import { dialectOver } from './dialect.js';
import { engineOf, integrityOf } from './integrity.js';
import { openCurrent } from './open-current.js';
import { searchSqlite } from './search.js';
import type { SqliteOptions } from './store.js';
import { pendingRows } from './text-index.js';
import { usageSource } from './usage-source.js';

/**
 * Opens an existing store for reading. Data of an older version is brought up to date first, which writes.
 * @throws NewerDataError when the data is newer than this program.
 */
export async function readSqlite(options: SqliteOptions): Promise<StoreReader> {
  return readerOver(await openCurrent(options));
}

function readerOver(db: Database): StoreReader {
  return {
    queries: new Kysely<Tables>({ dialect: dialectOver(db) }),
    usage: usageSource(db),
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
