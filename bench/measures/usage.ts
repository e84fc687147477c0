/** How fast a report of all usage is: as a command beside ccusage, which reads all logs for it, and from the server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus } from '../corpus/generate.js';
import { cliPath, clone, outputOf } from '../programs.js';
import { withServer } from '../server.js';
import { type Figure, median, milliseconds, times } from '../table.js';
import { archive } from './import.js';

const runs = 9;
const share = 1 / 5;
const serverMsMax = 10;

export async function measureUsage(corpus: Corpus): Promise<Figure[]> {
  const dataDir = await archive(corpus);
  const [ours, theirs] = await alternating(
    () => outputOf(process.execPath, [cliPath, '--data-dir', dataDir, 'usage', 'daily', '--json']),
    () => outputOf(ccusagePath(), ['daily', '--json', '--offline'], homeOf(corpus)),
  );
  const [daily, list] = await withServer(dataDir, async (server) => [
    await server.time('/analytics/daily?tz=UTC', 50),
    await server.time('/sessions?limit=100&roots=true', 20),
  ]);
  const ratio = ours / theirs;
  return [
    {
      name: 'usage: `taffrail usage daily --json`, whole process, against ccusage 20.0.20',
      measured: times(ratio),
      target: `≤ ${times(share)}`,
      holds: ratio <= share,
    },
    {
      name: 'usage: the two times',
      measured: `${milliseconds(ours)}, ${milliseconds(theirs)}`,
      target: '',
      holds: null,
    },
    {
      name: 'usage: the server’s answer per day',
      measured: milliseconds(daily.ms),
      target: `< ${serverMsMax} ms`,
      holds: daily.ms < serverMsMax,
    },
    { name: 'usage: the server’s list of 100 sessions', measured: milliseconds(list.ms), target: '', holds: null },
  ];
}

/** Median wall times of two commands that take turns, so that a busy machine disturbs both alike. */
async function alternating(one: () => Promise<string>, other: () => Promise<string>): Promise<[number, number]> {
  const walls: [number[], number[]] = [[], []];
  await one();
  await other();
  for (let run = 0; run < runs; run += 1) {
    walls[0].push(await wallOf(one));
    walls[1].push(await wallOf(other));
  }
  return [median(walls[0]), median(walls[1])];
}

async function wallOf(work: () => Promise<string>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The program itself where npm put one for this machine, else its launcher, which is slower. */
function ccusagePath(): string {
  const native = join(clone, `node_modules/@ccusage/ccusage-${process.platform}-${process.arch}/bin/ccusage`);
  return existsSync(native) ? native : join(clone, 'node_modules/ccusage/src/cli.js');
}

function homeOf({ home }: Corpus): NodeJS.ProcessEnv {
  return { ...process.env, HOME: home, CLAUDE_CONFIG_DIR: join(home, '.claude'), CODEX_HOME: join(home, '.codex') };
}
