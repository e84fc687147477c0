/** How long is waited for servers. */

export interface Patience {
  /** A turn waits so long for a server that starts, and then goes on without it. */
  startMs: number;
  /** After this a start is given up: the first one of a package has to be fetched. */
  giveUpMs: number;
  /** What could not be started is not tried again for so long. */
  restMs: number;
  /** A call of which nothing is heard, no progress either, is given up. */
  callMs: number;
  /** A connection that nobody uses is let go. */
  idleMs: number;
}

export const usualPatience: Patience = {
  startMs: 10_000,
  giveUpMs: 60_000,
  restMs: 30_000,
  callMs: 120_000,
  idleMs: 600_000,
};
