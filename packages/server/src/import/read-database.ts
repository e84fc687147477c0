/** Reads a SQLite database that its agent may be writing: from a copy of its own, never touching the original. */
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type DatabaseView, isObject, type JsonObject } from '@taffrail/importers';
import { readForeignDatabase } from '@taffrail/store';
import type { FoundSource } from './discover.js';
import type { KnownSource, ReadContext, ReadOutcome } from './read-source.js';
import { WholeSource } from './whole-source.js';

// A checkpoint may move pages between the two files while they are copied; then they are copied again.
const copyTriesMax = 5;

export async function readDatabase(
  source: FoundSource,
  known: KnownSource | null,
  context: ReadContext,
): Promise<ReadOutcome> {
  const { importer, absolute, root, path, sizeBytes } = source;
  const before = known && known.importer_version === importer.version ? parsedState(known.state) : null;
  const whole = new WholeSource(source, context);
  const state = whole.attempt('unreadable', (out) =>
    withCopy(absolute, (view) => importer.database?.read({ root, path }, view, before, out)),
  );
  await whole.commit({ state: JSON.stringify(state ?? before), fromStart: before === null });
  return { bytes: sizeBytes, skippedLines: 0 };
}

function parsedState(state: string): JsonObject | null {
  const value: unknown = JSON.parse(state);
  return isObject(value) ? value : null;
}

function withCopy<Result>(path: string, use: (view: DatabaseView) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  try {
    const copy = join(folder, basename(path));
    copyTogether(path, copy);
    return readForeignDatabase(copy, (all) => use({ all }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Database and write-ahead log as they stood at one moment. The shared-memory file is rebuilt from them. */
function copyTogether(from: string, to: string): void {
  for (let tries = 0; tries < copyTriesMax; tries += 1) {
    const before = looks(from);
    copyFileSync(from, to);
    if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${to}-wal`);
    if (looks(from) === before) return;
  }
  throw new Error('the database changed each time it was copied: it is read again when it rests');
}

function looks(path: string): string {
  const look = (file: string) => {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stat ? `${stat.size}:${stat.mtimeNs}` : 'none';
  };
  return `${look(path)}|${look(`${path}-wal`)}`;
}
