/** Whether the database file is what SQLite wrote, and which SQLite looks. */
import type { Database } from './database.js';

/** What SQLite finds wrong with its file, at most 20 sentences; empty when it is sound. */
export function integrityOf(db: Database): string[] {
  const lines = db.all<{ integrity_check: string }>('PRAGMA integrity_check(20)').map((row) => row.integrity_check);
  return lines.filter((line) => line !== 'ok');
}

export function engineOf(db: Database): string {
  return `SQLite ${db.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? ''}`;
}
