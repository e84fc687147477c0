/** A folder to try things in, for whoever has none at hand: it is made with the data folder. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export function sandboxIn(dataDir: string): string {
  const folder = join(dataDir, 'sandbox');
  mkdirSync(folder, { recursive: true });
  return folder;
}
