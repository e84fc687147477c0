/** A lock between processes that ends with its holder, however that ends: the system lets go of it, no file is left to lie. */
import { Database } from './database.js';

export interface HeldLock {
  release(): void;
}

/**
 * Takes the lock at `path`, alone or with others who share it.
 * @returns `null` where it is held in a way that does not allow this.
 */
export function takeLock(path: string, kind: 'alone' | 'shared'): HeldLock | null {
  const db = new Database(path);
  try {
    // Nothing is ever written: a journal on the disk would only be left behind.
    db.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY');
    db.exec(kind === 'alone' ? 'BEGIN EXCLUSIVE' : 'BEGIN');
    // A transaction holds nothing before it has read.
    if (kind === 'shared') db.get('SELECT count(*) FROM sqlite_schema');
    return { release: () => release(db) };
  } catch (error) {
    db.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) return null;
    throw error;
  }
}

/** Closing alone would let go of it only once the statement is collected. */
function release(db: Database): void {
  db.exec('ROLLBACK');
  db.close();
}
