/**
 * The archive as commands see it that only read: opened without creating, writing or locking anything, and without
 * loading what a question may not need (prices, the configuration's parser).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PriceTable } from '@taffrail/store';
import { dataDirectory } from './data-directory.js';

export interface ArchiveOf<Reader> {
  dir: string;
  databasePath: string;
  store: Reader;
  /** @throws UsageError when config.toml is wrong. */
  prices(): Promise<PriceTable>;
}

/** Where the data folder is: see `dataHome`. */
export interface DataPlace {
  dataDir: string | undefined;
  env: NodeJS.ProcessEnv;
}

/** Opens what is in the data folder; `null` where nothing was ever stored. */
export async function openWith<Reader>(
  open: (options: { path: string; now: () => number }) => Promise<Reader>,
  { dataDir, env }: DataPlace,
): Promise<ArchiveOf<Reader> | null> {
  const dir = dataDirectory(dataDir, env);
  const databasePath = join(dir, 'taffrail.db');
  if (!existsSync(databasePath)) return null;
  const store = await open({ path: databasePath, now: Date.now });
  return { dir, databasePath, store, prices: () => pricesOf(join(dir, 'config.toml')) };
}

async function pricesOf(configPath: string): Promise<PriceTable> {
  const { priceTable } = await import('./prices.js');
  if (!existsSync(configPath)) return priceTable();
  const { parseConfig } = await import('./config.js');
  return priceTable(parseConfig(readFileSync(configPath, 'utf8'), configPath).prices);
}
