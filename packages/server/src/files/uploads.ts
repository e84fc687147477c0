/**
 * Files on their way into a message: kept beside the log until an order names them, because nothing is in the log that
 * nobody said. What is never named goes after a day.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewFile } from '@taffrail/session';
import type { Store } from '@taffrail/store';
import type { KeptFile, NamedFile } from '@taffrail/wire';
import { OrderError } from '../runner/order-error.js';
import { checkedFile, refuseMany } from './checked-file.js';

const keptMs = 24 * 3_600_000;
/** All together; the oldest make room. */
const bytesMax = 512 * 1024 * 1024;

export class Uploads {
  readonly #dir: string;
  readonly #store: Store;
  readonly #now: () => number;
  #parts = 0;

  constructor({ dataDir, store, now }: { dataDir: string; store: Store; now: () => number }) {
    this.#dir = join(dataDir, 'uploads');
    this.#store = store;
    this.#now = now;
  }

  /** @throws OrderError where it is nothing that can be attached. */
  async keep(bytes: Buffer, givenName: string): Promise<KeptFile> {
    const { name, mediaType } = checkedFile(bytes, givenName);
    await this.sweep(bytes.length);
    const hash = createHash('sha256').update(bytes).digest('hex');
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    this.#parts += 1;
    const part = join(this.#dir, `${hash}.${process.pid}.${this.#parts}.part`);
    await writeFile(part, bytes, { mode: 0o600 });
    const at = this.#now() / 1_000;
    await utimes(part, at, at);
    await rename(part, join(this.#dir, hash));
    return { hash, sizeBytes: bytes.length, mediaType, name };
  }

  /** Bytes that were sent and not yet named, or that a log holds. */
  async read(hash: string): Promise<Buffer | null> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return null;
    const sent = await readFile(join(this.#dir, hash)).catch(() => null);
    if (sent) return sent;
    const row = await this.#store.queries
      .selectFrom('blobs')
      .select('bytes')
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row ? Buffer.from(row.bytes) : null;
  }

  /** The files that an order names. @throws OrderError where one is not here, or is nothing that can be attached. */
  async named(files: readonly NamedFile[]): Promise<NewFile[]> {
    const found: NewFile[] = [];
    for (const { hash, name } of files) {
      const bytes = await this.read(hash);
      if (!bytes) throw new OrderError('refused', `${name} is no longer here: files wait for a day. Attach it again.`);
      found.push(checkedFile(bytes, name));
    }
    refuseMany(found);
    return found;
  }

  /** Removes what nobody named in time, and the oldest where `roomBytes` would be missing. */
  async sweep(roomBytes = 0): Promise<void> {
    const names = await readdir(this.#dir).catch(() => []);
    const files = await Promise.all(names.map((name) => this.#standing(name)));
    let left = files.reduce((sum, { size }) => sum + size, roomBytes);
    for (const { path, size, at } of files.sort((one, other) => one.at - other.at)) {
      if (at > this.#now() - keptMs && left <= bytesMax) return;
      await rm(path, { force: true });
      left -= size;
    }
  }

  async #standing(name: string): Promise<{ path: string; size: number; at: number }> {
    const path = join(this.#dir, name);
    const found = await stat(path).catch(() => null);
    return { path, size: found?.size ?? 0, at: found?.mtimeMs ?? 0 };
  }
}
