/** Opens the archive for a reading command, and says what to do where there is none. */
import { type Archive, openArchive } from '@taffrail/server';
import { Failure } from '../failure.js';
import type { Setting } from '../program.js';
import { closing } from './closing.js';

/** Runs `use` on the archive (`null` where nothing was ever imported) and closes it whatever happens. */
export async function withArchive(
  { dataDir, terminal }: Setting,
  use: (archive: Archive | null) => Promise<void>,
): Promise<void> {
  return closing(await openArchive({ dataDir, env: terminal.env }), use);
}

/** The same for commands that make no sense without an archive. */
export async function archiveNeeded(setting: Setting, use: (archive: Archive) => Promise<void>): Promise<void> {
  await withArchive(setting, async (archive) => {
    if (!archive)
      throw new Failure('nothing is imported yet; "taffrail import" reads the logs of the agents on this machine');
    await use(archive);
  });
}
