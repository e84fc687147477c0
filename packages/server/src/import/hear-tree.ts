/** Hears of changes where the system itself watches a whole tree: macOS and Windows. */
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { AsyncSubscription } from '@parcel/watcher';
import { type FoundRoot, uninteresting } from './discover.js';
import type { Ear, Hearing } from './hearing.js';

export function hearTree(root: FoundRoot, { heard, failed }: Hearing): Ear {
  let subscription: AsyncSubscription | null = null;
  const close = async () => {
    const ended = subscription;
    subscription = null;
    // It may have ended with the folder it was for.
    await ended?.unsubscribe().catch(() => undefined);
  };
  const open = async () => {
    try {
      // Events name real paths, whatever links lead to the root.
      const real = realpathSync(root.path);
      const { subscribe } = await import('@parcel/watcher');
      subscription = await subscribe(
        real,
        (error, events) => {
          // Events were dropped, and the subscription may have ended with them: all is looked through again.
          if (error) return heard('', true);
          for (const { path, type } of events) heard(relative(real, path).split(sep).join('/'), type !== 'update');
        },
        { ignore: uninteresting(root) },
      );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') failed(error);
    }
  };
  return {
    renew: async (folder) => {
      if (folder !== '') return;
      await close();
      await open();
    },
    enter: () => undefined,
    close,
  };
}
