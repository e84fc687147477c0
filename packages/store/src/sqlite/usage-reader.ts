/** The log opened for nothing but usage reports: the shortest way from a command to its figures. */
import type { UsageReader } from '../analytics/usage-source.js';
import { openCurrent } from './open-current.js';
import type { SqliteOptions } from './store.js';
import { usageSource } from './usage-source.js';

/** See `readSqlite`. */
export async function readUsage(options: SqliteOptions): Promise<UsageReader> {
  const db = await openCurrent(options);
  return { ...usageSource(db), close: () => Promise.resolve(db.close()) };
}
