/** `taffrail import --watch`: follows the logs as they grow, until it is stopped. */
import { Follower } from '@taffrail/server';
import { counted } from '@taffrail/session';
import type { ImportJob } from './import.js';

export async function follow({ terminal, store, home, agents, stop }: ImportJob): Promise<void> {
  let work: Promise<void> = Promise.resolve();
  const problem = (message: string) => terminal.err(`taffrail: ${message}\n`);
  const follower = new Follower({
    store,
    surroundings: { home, env: terminal.env },
    agents,
    enqueue: (task) => {
      work = work.then(task).catch((error: unknown) => problem(error instanceof Error ? error.message : String(error)));
    },
    onCommit: ({ newRows, changed }) => {
      if (newRows > 0)
        terminal.err(`${counted(newRows, 'row')} in ${changed.map(({ sessionId }) => sessionId).join(', ')}\n`);
    },
    onProblem: problem,
  });
  await follower.start();
  terminal.err('Following the logs. Ctrl-C stops.\n');
  await stopped(stop);
  await follower.stop();
  await work;
}

function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A signal alone does not keep a process alive.
    const alive = setInterval(() => {}, 2 ** 30);
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    if (stop.aborted) end();
    else stop.addEventListener('abort', end, { once: true });
  });
}
