/** The log and its projections. */
export * from './commit.js';
export { openSqlite, type SqliteOptions } from './sqlite/store.js';
export { NewerDataError } from './sqlite/migrate.js';
export { type ForeignQuery, readForeignDatabase } from './sqlite/foreign.js';
export * from './store.js';
export type { Tables } from './tables.js';
