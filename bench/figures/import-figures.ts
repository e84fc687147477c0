/** What an import costs beside a program that does the least possible, and what reading again costs. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus } from '../corpus/generate.js';
import { bundled, type Figure, run, workFolder } from '../measure.js';

interface Used {
  rows: number;
  cpuMs: number;
  wallMs: number;
  answerable?: { cpuMs: number; wallMs: number };
  peakKb?: number;
}

/** A new archive of the corpus; returns its figures and leaves it at `database` for the questions after. */
export async function importFigures({ home }: Corpus, database: string): Promise<Figure[]> {
  const [importer, floor] = [await bundled('import-once'), await bundled('floor/floor')];
  const ours = await once(importer, home, database);
  const least = await once(floor, home, join(workFolder, 'floor.db'));
  const ratio = ours.cpuMs / least.cpuMs;
  const early = ours.answerable ? ours.answerable.wallMs / ours.wallMs : Number.NaN;
  return [
    {
      name: `import, CPU: ${seconds(ours.cpuMs)} for ${ours.rows} rows, floor ${seconds(least.cpuMs)} for ${least.rows}`,
      measured: `${ratio.toFixed(2)} ×`,
      target: '≤ 1.3 ×',
      held: ratio <= 1.3,
    },
    {
      name: 'usage answerable after, of the whole import',
      measured: `${(early * 100).toFixed(0)} %`,
      target: '< 100 %',
      held: early < 1,
    },
  ];
}

async function once(program: string, home: string, database: string): Promise<Used> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
  const { stdout } = await run(process.execPath, [program, home, database]);
  return JSON.parse(stdout) as Used;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
