/**
 * The way to a root: tells when the root, or a folder that leads to it, comes or goes. So an agent that is installed
 * later is found, and one whose folder is deleted and made again is followed on.
 */
import { type FSWatcher, watch } from 'node:fs';
import { join, parse, relative, resolve, sep } from 'node:path';

export class RootWay {
  readonly #steps: { folder: string; next: string }[];
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  #watchers: FSWatcher[] = [];

  constructor(path: string, changed: () => void, failed: (error: unknown) => void) {
    this.#steps = stepsTo(path);
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Listens along the way as it stands now. A step is heard before the next is looked for, so that none is missed. */
  listen(): void {
    this.close();
    for (const { folder, next } of this.#steps) {
      try {
        const watcher = watch(folder, (event, name) => {
          if (event === 'rename' && (name === next || name === null)) this.#changed();
        });
        watcher.on('error', () => {
          watcher.close();
          this.#changed();
        });
        this.#watchers.push(watcher);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return;
        // A folder that may be passed but not read tells nothing; the others still do.
        if (code !== 'EACCES' && code !== 'EPERM') this.#failed(error);
      }
    }
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }
}

/** `/a/b`: in `/` to `a`, in `/a` to `b`. */
function stepsTo(path: string): { folder: string; next: string }[] {
  const absolute = resolve(path);
  const start = parse(absolute).root;
  const names = relative(start, absolute).split(sep);
  return names.map((next, index) => ({ folder: join(start, ...names.slice(0, index)), next }));
}
