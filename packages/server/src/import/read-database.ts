/** Reads a SQLite database that its agent may be writing: from a copy of its own, never touching the original. */
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type DatabaseView, isObject, type JsonObject } from '@taffrail/importers';
import { openForeignDatabase } from '@taffrail/store';
import type { FoundSource } from './discover.js';
import type { KnownSource, ReadContext, ReadOutcome } from './read-source.js';
import { WholeSource } from './whole-source.js';

// A checkpoint may move pages between the two files while they are copied; then they are copied again.
const copyTriesMax = 5;

/** Reads what changed, a slice at a time, so that a large database need not fit into one batch. */
export async function readDatabase(
  source: FoundSource,
  known: KnownSource | null,
  context: ReadContext,
): Promise<ReadOutcome> {
  const before = known && known.importer_version === source.importer.version ? parsedState(known.state) : null;
  const whole = new WholeSource(source, context);
  const reading: Reading = { state: before, fromStart: before === null };
  try {
    await withCopy(source.absolute, (view) => readSlices(source, view, reading, whole));
  } catch (error) {
    // A write that failed is the archive's trouble, not the database's.
    if (whole.failed) throw error;
    whole.problem('unreadable', error instanceof Error ? error.message : String(error));
  }
  await whole.commit({ state: JSON.stringify(reading.state), fromStart: reading.fromStart, last: true });
  return { bytes: source.sizeBytes, skippedLines: 0 };
}

interface Reading {
  state: JsonObject | null;
  fromStart: boolean;
}

async function readSlices(
  source: FoundSource,
  view: DatabaseView,
  reading: Reading,
  whole: WholeSource,
): Promise<void> {
  const reader = source.importer.database;
  if (!reader) return;
  const slices = reader.slices?.(source, view, reading.state, whole.sink) ?? [
    reader.read(source, view, reading.state, whole.sink),
  ];
  for (const state of slices) {
    reading.state = state;
    if (!whole.full) continue;
    await whole.commit({ state: JSON.stringify(state), fromStart: reading.fromStart, last: false });
    reading.fromStart = false;
  }
}

function parsedState(state: string): JsonObject | null {
  const value: unknown = JSON.parse(state);
  return isObject(value) ? value : null;
}

async function withCopy(path: string, use: (view: DatabaseView) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  try {
    const copy = join(folder, basename(path));
    copyTogether(path, copy);
    const database = openForeignDatabase(copy);
    try {
      await use(database);
    } finally {
      database.close();
    }
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
