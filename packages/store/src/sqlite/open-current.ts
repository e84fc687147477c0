/** Opens an existing database for reading, once its data is of this program's version. */
import { Database } from './database.js';
import { dataVersion } from './migrate.js';
import { migrations } from './schema.js';
import type { SqliteOptions } from './store.js';

/**
 * Takes no lock and changes nothing, unless the data is of an older version: that is brought up to date first.
 * @throws NewerDataError when the data is newer than this program.
 */
export async function openCurrent(options: SqliteOptions): Promise<Database> {
  const db = new Database(options.path, { readOnly: true });
  if (isCurrent(db)) return db;
  db.close();
  const { openSqlite } = await import('./store.js');
  await openSqlite(options).close();
  return new Database(options.path, { readOnly: true });
}

function isCurrent(db: Database): boolean {
  try {
    db.exec('PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY');
    return dataVersion(db) === migrations.at(-1)?.version;
  } catch (error) {
    db.close();
    throw error;
  }
}
