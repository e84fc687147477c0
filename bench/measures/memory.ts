/** How much memory the largest logs take. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { giant } from '../corpus/crowd.js';
import { cache, run } from '../programs.js';
import { type Figure, megabytes } from '../table.js';
import type { ImportedOnce } from '../use.js';

const limitBytes = 400e6;

export async function measureMemory(sizeMb: number): Promise<Figure[]> {
  const bytes = Math.min(600, sizeMb) * 1e6;
  const database = join(cache, `giant-${process.pid}.db`);
  const imported = await run<ImportedOnce>('importOnce', giant(cache, bytes), database);
  for (const path of [database, `${database}-wal`, `${database}-shm`]) rmSync(path, { force: true });
  return [
    {
      name: `memory: a file of ${megabytes(bytes)}, at its peak`,
      measured: megabytes(imported.peakBytes),
      target: '< 400 MB',
      holds: imported.peakBytes < limitBytes,
    },
  ];
}
