/** How fast a report of all usage is: as a command beside ccusage, which reads all logs for it, and from the server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { changing } from '../change.js';
import type { Corpus } from '../corpus/generate.js';
import { cliPath, clone, outputOf } from '../programs.js';
import { type Served, withServer } from '../server.js';
import { type Figure, median, milliseconds, ofProcessor, times } from '../table.js';
import { archive } from './import.js';

const runs = 15;
const share = 1 / 5;
const serverMsMax = 10;

export async function measureUsage(corpus: Corpus): Promise<Figure[]> {
  const dataDir = await archive(corpus);
  return [...(await ofCommands(corpus, dataDir)), ...(await ofServer(dataDir))];
}

async function ofCommands(corpus: Corpus, dataDir: string): Promise<Figure[]> {
  const ccusage = await ccusagePath();
  const [ours, theirs, empty] = await alternating([
    () => outputOf(process.execPath, [cliPath, '--data-dir', dataDir, 'usage', 'daily', '--json'], ourEnvironment()),
    () => outputOf(ccusage, ['daily', '--json', '--offline'], homeOf(corpus)),
    () => outputOf(process.execPath, ['-e', '0'], ourEnvironment()),
  ]);
  const ratio = ours / theirs;
  return [
    {
      name: 'usage: `taffrail usage daily --json`, whole process, against ccusage 20.0.20',
      measured: times(ratio),
      target: `≤ ${times(share)}`,
      holds: ratio <= share,
    },
    note('usage: the two times, and that of Node doing nothing', [ours, theirs, empty].map(milliseconds).join(', ')),
  ];
}

async function ofServer(dataDir: string): Promise<Figure[]> {
  return changing(dataDir, (change) =>
    withServer(dataDir, async (server) => {
      const daily = '/analytics/daily?tz=UTC';
      // Until its code is compiled: a server is started once.
      await server.time(daily, 30, change);
      const first = await server.time(daily, 30, change);
      const again = await server.time(daily, 30);
      const list = await server.time('/sessions?limit=100&roots=true', 20);
      return [
        limited('usage: the server’s answer per day, the first time after the log has changed', first),
        limited('usage: the server’s answer per day, asked again', again),
        note('usage: the server’s list of 100 sessions', milliseconds(list.ms)),
      ];
    }),
  );
}

const limited = (name: string, { ms, processorMs }: Awaited<ReturnType<Served['time']>>): Figure => ({
  name,
  measured: `${milliseconds(ms)}${ofProcessor(processorMs)}`,
  target: `< ${serverMsMax} ms`,
  holds: ms < serverMsMax,
});

const note = (name: string, measured: string): Figure => ({ name, measured, target: '', holds: null });

/** Median wall times of commands that take turns, so that a busy machine disturbs all alike. */
async function alternating<const Commands extends readonly (() => Promise<string>)[]>(
  commands: Commands,
): Promise<{ [Index in keyof Commands]: number }> {
  const walls = commands.map((): number[] => []);
  for (const command of commands) await command();
  for (let run = 0; run < runs; run += 1) {
    for (const [index, command] of commands.entries()) walls[index]?.push(await wallOf(command));
  }
  return walls.map(median) as { [Index in keyof Commands]: number };
}

async function wallOf(work: () => Promise<string>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The program itself where npm put one for this machine, else its launcher, which is slower. */
async function ccusagePath(): Promise<string> {
  const launcher = join(clone, 'node_modules/ccusage/src/cli.js');
  const native = join(clone, `node_modules/@ccusage/ccusage-${process.platform}-${process.arch}/bin/ccusage`);
  // The launcher makes the program executable when it runs it.
  await outputOf(process.execPath, [launcher, '--version']);
  return existsSync(native) ? native : launcher;
}

function homeOf({ home }: Corpus): NodeJS.ProcessEnv {
  return { ...process.env, HOME: home, CLAUDE_CONFIG_DIR: join(home, '.claude'), CODEX_HOME: join(home, '.codex') };
}

/** Node reads the certificates of this variable before it does anything: more than a report takes, and not ours. */
function ourEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env;
  return env;
}
