/** Brings a data folder to this program's version: forwards only, with a backup first, and never over a newer one. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Database } from './database.js';
import { migrations as all, type Migration } from './schema.js';

export class NewerDataError extends Error {}

/** The version of the data at `db`; 0 for an empty file. */
export function dataVersion(db: Database): number {
  return db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

/**
 * Runs the missing steps, each in its own transaction.
 * @throws NewerDataError when a newer taffrail has written here.
 */
export function migrate(db: Database, migrations: readonly Migration[] = all): void {
  const version = dataVersion(db);
  const latest = migrations.at(-1)?.version ?? 0;
  if (version > latest) {
    throw new NewerDataError(
      `${db.path} was written by a newer taffrail (data version ${version}, this program knows ${latest}). Update taffrail, or name another folder with --data-dir.`,
    );
  }
  const missing = migrations.filter((migration) => migration.version > version);
  if (version > 0 && missing.length > 0) backUp(db, version);
  for (const migration of missing) {
    db.transaction(() => {
      // Another process may have run this step while we waited for the lock.
      if (dataVersion(db) >= migration.version) return;
      db.exec(migration.sql);
      db.exec(`PRAGMA user_version = ${migration.version}`);
    });
  }
}

/** A whole copy beside the data, named by the version it holds. An existing one is kept: it is the older truth. */
function backUp(db: Database, version: number): void {
  const target = `${db.path}.backup-v${version}`;
  if (existsSync(target)) return;
  // Only a whole copy may bear the name: a killed program or a full disk leaves a part behind.
  const part = `${target}.part`;
  rmSync(part, { force: true });
  db.run('VACUUM INTO ?', part);
  renameSync(part, target);
}
