/** Which folder holds the data. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `--data-dir`, else `TAFFRAIL_HOME`, else `~/.taffrail`. */
export function dataDirectory(dataDir: string | undefined, env: NodeJS.ProcessEnv): string {
  return resolve(dataDir ?? (env['TAFFRAIL_HOME'] || join(homedir(), '.taffrail')));
}
