/** The command line: every command with its flags and help. What a command does is loaded when it is run. */
import { version } from '@taffrail/server';
import { Argument, Command, Option } from 'commander';
import type { Terminal } from './terminal.js';

interface GlobalOptions {
  dataDir?: string;
}

/** What each command is given besides its own arguments. */
export interface Setting {
  terminal: Terminal;
  dataDir: string | undefined;
}

/** `argv` tells which command is meant, so that only that one need be described. */
export function programFor(terminal: Terminal, argv: readonly string[]): Command {
  const program = new Command('taffrail')
    .description('One truthful log of every coding agent on this machine: what it did, and every token it spent.')
    .option('--data-dir <dir>', 'data folder (or TAFFRAIL_HOME; default ~/.taffrail)')
    .option('--no-color', 'plain text (also NO_COLOR=1)')
    .version(version, '-v, --version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHelpWidth: () => Math.min(terminal.columns, 100),
      getErrHelpWidth: () => Math.min(terminal.columns, 100),
      getOutHasColors: () => terminal.colours.shown,
      outputError: (text, write) => write(`taffrail: ${oneLine(text)}\n`),
    });
  const setting = (): Setting => ({ terminal, dataDir: program.opts<GlobalOptions>().dataDir });
  const meant = argv.find((word, index) => !word.startsWith('-') && argv[index - 1] !== '--data-dir');
  const described = commands.filter(({ name }) => name === meant);
  for (const { name, describe } of described.length > 0 ? described : commands)
    describe(program.command(name), setting);
  program.addHelpText('after', '\nStart with "taffrail serve" (web app) or "taffrail import", then "taffrail usage".');
  return program;
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ');
}

interface CommandEntry {
  name: string;
  describe(command: Command, setting: () => Setting): void;
}

const repeated = (value: string, previous: string[] = []): string[] => [...previous, value];
const several = (value: string, previous: string[]): string[] => [...previous, ...value.split(',').filter(Boolean)];

/** In the order of the help text. */
const commands: readonly CommandEntry[] = [
  { name: 'serve', describe: describeServe },
  { name: 'import', describe: describeImport },
  { name: 'run', describe: describeRun },
  { name: 'app-server', describe: describeAppServer },
  { name: 'usage', describe: describeUsage },
  { name: 'sessions', describe: describeSessions },
  { name: 'show', describe: describeShow },
  { name: 'search', describe: describeSearch },
  { name: 'export', describe: describeExport },
  { name: 'doctor', describe: describeDoctor },
];

function describeServe(command: Command, setting: () => Setting): void {
  command
    .description('start the server and the web app; finds, imports and follows the agents’ logs')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '7420')
    .option('--no-open', 'do not open a browser')
    .option('--no-import', 'do not read the agents’ logs')
    .option('--home <dir>', 'read logs as if this were the home folder')
    .option('--db <url>', 'keep the data in this database instead of the data folder')
    .action(async (options) => (await import('./commands/serve.js')).serveCommand(setting(), options));
}

function describeImport(command: Command, setting: () => Setting): void {
  command
    .description('read the logs of the coding agents on this machine, or the given log files')
    .argument('[file...]', 'log files to hand in, wherever they are')
    .option('--home <dir>', 'look for logs as if this were the home folder')
    .option('--agent <name>', 'only this agent; may be repeated', several, [])
    .option('--watch', 'keep following the logs as they grow')
    .option('--json', 'print the report as JSON')
    .action(async (files, options) => (await import('./commands/import.js')).importCommand(setting(), files, options));
}

function describeRun(command: Command, setting: () => Setting): void {
  command
    .description('let an agent do something here, without a browser; in the running server where there is one')
    .argument('<prompt...>', 'what it is to do')
    .option('--cwd <dir>', 'the folder to work in')
    .option('--model <key/model>', 'the model to begin with')
    .option('--session <id>', 'go on in this session: its id, or the beginning of it')
    .option('--file <path...>', 'give these files along: images, PDF documents, text')
    .option('--json', 'print the log’s rows, one JSON object to a line')
    .action(async (words, options) => (await import('./commands/run.js')).runCommand(setting(), words, options));
}

function describeAppServer(command: Command, setting: () => Setting): void {
  command
    .description('serve sessions to clients of the Codex app-server protocol, such as the codex terminal program')
    .option(
      '--listen <address>',
      'stdio:// or ws://HOST:PORT; clients on a port show the data folder’s token',
      'stdio://',
    )
    .action(async (options) => (await import('./commands/app-server.js')).appServerCommand(setting(), options));
}

function addFilters(command: Command): Command {
  return command
    .option('--since <day>', 'first day, YYYY-MM-DD')
    .option('--until <day>', 'last day, YYYY-MM-DD')
    .option('--tz <zone>', 'time zone of days, such as Europe/Berlin (default: the system’s)')
    .option('--agent <name>', 'only this agent; may be repeated', repeated)
    .option('--project <folder>', 'only this project: its folder, or the folder’s name; may be repeated', repeated)
    .option('--model <name>', 'only this model; may be repeated (a name with a comma: given twice)', repeated);
}

const reports = ['total', 'daily', 'weekly', 'monthly', 'session', 'project', 'model', 'agent'] as const;

const figuresHelp = `
Input includes cache reads and writes, output includes reasoning. — is unknown: nobody reported it.
≥ stands before a sum that some of its requests did not report, or that have no known price.
Sub-agents count with the session that started them.`;

function describeUsage(command: Command, setting: () => Setting): void {
  command
    .description('tokens and cost, with what they were counted from')
    .addArgument(new Argument('[by]', 'one line per …').choices(reports).default('daily'));
  addFilters(command)
    .addOption(new Option('--json', 'print as JSON').conflicts('csv'))
    .option('--csv', 'print as CSV; what is unknown stays blank')
    .option('--exact', 'every digit instead of 12.3k')
    .addHelpText('after', figuresHelp)
    .action(async (by, options) => (await import('./commands/usage.js')).usageCommand(setting(), by, options));
}

function describeSessions(command: Command, setting: () => Setting): void {
  addFilters(command.description('list sessions, the latest first'))
    .option('--sort <by>', 'updated, created, title, agent, project, model, turns, input, output or cost', 'updated')
    .option('--reverse', 'the other way round')
    .option('--limit <n>', 'at most so many', '50')
    .option('--all', 'sub-agents too')
    .option('--json', 'print as JSON')
    .option('--exact', 'every digit instead of 12.3k')
    .action(async (options) => (await import('./commands/sessions.js')).sessionsCommand(setting(), options));
}

function describeShow(command: Command, setting: () => Setting): void {
  command
    .description('print a session')
    .argument('<id>', 'session id, or its beginning')
    .option('--full', 'thinking and tool output in full')
    .option('--trace', 'when everything happened: model calls, tools, waits, sub-agents')
    .option('--json', 'print session, usage and items as JSON; with --trace its spans')
    .action(async (id, options) => (await import('./commands/show.js')).showCommand(setting(), id, options));
}

function describeSearch(command: Command, setting: () => Setting): void {
  command
    .description('find words in everything said, thought, called and returned')
    .argument('<text...>', 'words that must all occur; "a phrase" in quotes')
    .option('--agent <name>', 'only this agent; may be repeated', repeated)
    .option('--project <folder>', 'only this project: its folder, or the folder’s name; may be repeated', repeated)
    .option('--limit <n>', 'at most so many', '20')
    .option('--json', 'print as JSON')
    .action(async (text, options) => (await import('./commands/search.js')).searchCommand(setting(), text, options));
}

function describeExport(command: Command, setting: () => Setting): void {
  command
    .description('write a session out as one file')
    .argument('<id>', 'session id, or its beginning')
    .addOption(
      new Option(
        '--format <format>',
        'md and html to read, json with usage and items, jsonl is the log itself, otlp its spans for OpenTelemetry',
      )
        .choices(['md', 'html', 'json', 'jsonl', 'otlp'])
        .default('md'),
    )
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .option('--full', 'long tool output in full')
    .option('--endpoint <url>', 'with otlp: send the spans to this collector')
    .option('--content', 'with otlp: what was said and done too')
    .action(async (id, options) => (await import('./commands/export.js')).exportCommand(setting(), id, options));
}

function describeDoctor(command: Command, setting: () => Setting): void {
  command
    .description('check the data folder, and say what was found where')
    .option('--home <dir>', 'look for logs as if this were the home folder')
    .option('--json', 'print as JSON')
    .action(async (options) => (await import('./commands/doctor.js')).doctorCommand(setting(), options));
}
