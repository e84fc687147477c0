/** The store's contract, held on SQLite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Place } from '../contract/place.js';
import { storeContract } from '../contract/store-contract.js';
import { openSqlite } from './store.js';

const folders: string[] = [];

function newPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'taffrail-store-'));
  folders.push(folder);
  const open = () => Promise.resolve(openSqlite({ path: join(folder, 'taffrail.db'), now: Date.now }));
  return Promise.resolve({ open });
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

storeContract('SQLite', newPlace);
