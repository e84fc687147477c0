/** How much more an import costs than its floor, and when usage can be asked for. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus } from '../corpus/generate.js';
import { cache, run } from '../programs.js';
import { type Figure, megabytes, seconds, times } from '../table.js';
import type { Floored, ImportedOnce } from '../use.js';

/** The data folder of the corpus' archive: the one that the last import of it made. */
export const archiveOf = (corpus: Corpus): string =>
  join(cache, `archive-${corpus.truth.seed}-${corpus.truth.sizeMb}mb`);

/** Imports the corpus into a new archive, which takes the place of the last one when it is whole. */
export async function importAnew(corpus: Corpus): Promise<ImportedOnce> {
  const making = `${archiveOf(corpus)}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true, mode: 0o700 });
  const imported = await run<ImportedOnce>('importOnce', corpus.home, join(making, 'taffrail.db'));
  rmSync(archiveOf(corpus), { recursive: true, force: true });
  renameSync(making, archiveOf(corpus));
  return imported;
}

/** The archive for measures that only ask; imported if no import was measured before. */
export async function archive(corpus: Corpus): Promise<string> {
  if (!existsSync(archiveOf(corpus))) await importAnew(corpus);
  return archiveOf(corpus);
}

async function floor(corpus: Corpus): Promise<Floored> {
  const database = join(cache, `floor-${process.pid}.db`);
  const remove = () => {
    for (const path of [database, `${database}-wal`, `${database}-shm`]) rmSync(path, { force: true });
  };
  try {
    return await run<Floored>('floor', corpus.home, database);
  } finally {
    remove();
  }
}

export async function measureImport(corpus: Corpus): Promise<Figure[]> {
  const imported = await importAnew(corpus);
  const floored = await floor(corpus);
  const { agents, bytes } = corpus.truth;
  const truth = Object.values(agents);
  const tokens = truth.reduce((sum, each) => sum + (each.inputTokens ?? 0) + (each.outputTokens ?? 0), 0);
  const requests = truth.reduce((sum, each) => sum + each.requests, 0);
  const exact = imported.tokens === tokens && imported.requests === requests;
  const cpu = imported.cpuMs / floored.cpuMs;
  const early = imported.answerable.wallMs / imported.wallMs;
  return [
    { name: 'import: CPU over the floor’s', measured: times(cpu), target: '≤ 1.30 ×', holds: cpu <= 1.3 },
    {
      name: 'import: usage answerable, share of the time until all is searchable',
      measured: times(early),
      target: '< 1 ×',
      holds: early < 1,
    },
    {
      name: 'import: requests and tokens counted, against the truth',
      measured: `${imported.requests} of ${requests}, ${exact ? 'to the token' : `${imported.tokens - tokens} tokens off`}`,
      target: 'equal',
      holds: exact,
    },
    note('import: CPU, of it until answerable', `${seconds(imported.cpuMs)}, ${seconds(imported.answerable.cpuMs)}`),
    note('import: the floor’s CPU', seconds(floored.cpuMs)),
    note('import: rows, and the floor’s', `${imported.rows}, ${floored.rows}`),
    note('import: logs, and the database', `${megabytes(bytes)}, ${megabytes(imported.databaseBytes)}`),
  ];
}

const note = (name: string, measured: string): Figure => ({ name, measured, target: '', holds: null });
