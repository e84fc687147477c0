/** How following hears of changes below a root, whichever way the system tells of them. */
import type { FoundRoot } from './discover.js';

export interface Hearing {
  /**
   * Something changed at `path`, below the root with `/`; `''` is the root itself, and all below it may have changed.
   * `moved`: it came, went or is another one now; else only what it holds changed.
   */
  heard: (path: string, moved: boolean) => void;
  failed: (error: unknown) => void;
}

export interface Ear {
  /** Stops hearing of `folder` and what is below, which is about to be entered again where it is still there. */
  renew(folder: string): Promise<void>;
  /** Called for each folder before its entries are listed: what comes after the listing must be heard. */
  enter(folder: string): void;
  close(): Promise<void>;
}

export type Hear = (root: FoundRoot, hearing: Hearing) => Ear;

/** Whether `path` is `folder` or below it, both below a root. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
