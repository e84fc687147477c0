/**
 * Hears of changes to one file, also where an editor puts another one in its place. Its folder holds the database, which
 * is written all the time, so the file is watched and not the folder; only one that has vanished is waited for there.
 */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors write in several steps; what they leave behind is read once. */
const quietMs = 100;

export class HeardFile {
  readonly #path: string;
  readonly #changed: () => void;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | undefined;
  #wasThere = false;
  #isClosed = false;

  constructor(path: string, changed: () => void) {
    this.#path = path;
    this.#changed = changed;
  }

  /** Where it is heard already, or the file was never there, nothing happens. */
  listen(): void {
    if (this.#isClosed || this.#watcher) return;
    const isThere = existsSync(this.#path);
    this.#wasThere ||= isThere;
    if (this.#wasThere) this.#watcher = isThere ? this.#watch(this.#path) : this.#watch(dirname(this.#path));
  }

  close(): void {
    this.#isClosed = true;
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = null;
  }

  /** `null` where the system cannot: then changes are found when somebody asks. */
  #watch(place: string): FSWatcher | null {
    const name = basename(this.#path);
    try {
      const watcher = watch(place, { persistent: false }, (_event, changed) => {
        if (place === this.#path || changed === null || changed === name) this.#soon();
      });
      return watcher.on('error', () => this.#forget());
    } catch {
      return null;
    }
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // The file may be another one now. It is heard before it is read, so that nothing comes in between.
      this.#forget();
      this.listen();
      this.#changed();
    }, quietMs);
  }
}
