/** The `taffrail` command: hands the process's arguments over, and its result back. */
import { processTerminal } from './process-terminal.js';
import { run } from './run.js';

// Whoever reads our output may stop early (`| head`): that ends the program, it is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const argv = process.argv.slice(2);
process.exitCode = await run(argv, processTerminal(argv));
