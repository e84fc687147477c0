/** Which sessions' files are being put back: a server that dies in the middle leaves their names behind for the next. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export class PendingRestores {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, 'checkpoints', 'restoring');
  }

  async begin(sessionId: string): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    await writeFile(this.#at(sessionId), '', { flush: true });
  }

  async end(sessionId: string): Promise<void> {
    await rm(this.#at(sessionId), { force: true });
  }

  async left(): Promise<string[]> {
    const names = await readdir(this.#dir).catch(() => []);
    return names.map(decodeURIComponent);
  }

  #at(sessionId: string): string {
    return join(this.#dir, encodeURIComponent(sessionId));
  }
}
