/** The SQLite package, loaded. Imported, its CommonJS would first be read for its exports: a report has no time for that. */
import { createRequire } from 'node:module';

export const sqlitePackage: typeof import('@photostructure/sqlite') = createRequire(import.meta.url)(
  '@photostructure/sqlite',
);
