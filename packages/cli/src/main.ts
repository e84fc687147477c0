/** `taffrail`: parses the command line, runs one command, and says what went wrong in one line. */
import { Command, CommanderError } from 'commander';

/** Each command is loaded only when it is called, so that small ones start fast. */
const commands: Record<string, (program: Command) => Promise<void>> = {
  serve: async (program) => (await import('./commands/serve.js')).addServe(program),
};

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('taffrail')
    .description('one truthful log for every coding agent')
    .option('--data-dir <dir>', 'data folder (default: $TAFFRAIL_HOME or ~/.taffrail)')
    .exitOverride();
  const named = argv.find((argument) => argument in commands);
  for (const add of named ? [commands[named]] : Object.values(commands)) await add?.(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`taffrail: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Error && error.name === 'UsageError' ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
