/** The `taffrail` command: hands the process's arguments over, and its result back. */
import { processTerminal } from './process-terminal.js';
import { run } from './run.js';

const argv = process.argv.slice(2);
void run(argv, processTerminal(argv)).then((code) => {
  process.exitCode = code;
});
