/** The data folder: where everything of one taffrail lives, and what its owner configured. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite, type Store } from '@taffrail/store';
import { type Config, parseConfig } from './config.js';
import { dataDirectory } from './data-directory.js';
import { UsageError } from './usage-error.js';

export interface DataHome {
  dir: string;
  config: Config;
  databasePath: string;
  openStore(): Store;
  /** The secret that API clients show; made at first use, readable by its owner alone. */
  token(): string;
}

/**
 * Opens the data folder and creates it where it is missing.
 * @throws UsageError when it cannot be used or its config.toml is wrong.
 */
export function dataHome(dataDir: string | undefined, env: NodeJS.ProcessEnv = process.env): DataHome {
  const dir = dataDirectory(dataDir, env);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UsageError(`cannot use ${dir} as data folder: ${error instanceof Error ? error.message : String(error)}`);
  }
  const config = readConfig(join(dir, 'config.toml'));
  const databasePath = join(dir, 'taffrail.db');
  return {
    dir,
    config,
    databasePath,
    openStore: () => openSqlite({ path: databasePath, now: Date.now }),
    token: () => env['TAFFRAIL_TOKEN'] || storedToken(join(dir, 'token')),
  };
}

function readConfig(path: string): Config {
  return parseConfig(existsSync(path) ? readFileSync(path, 'utf8') : '', path);
}

function storedToken(path: string): string {
  if (existsSync(path)) {
    const token = readFileSync(path, 'utf8').trim();
    if (token !== '') return token;
  }
  const token = randomBytes(24).toString('base64url');
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
  return token;
}
