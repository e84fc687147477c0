/** Homes for what the corpus does not measure: a crowd of small logs, and one log larger than any. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claudeKinds } from './claude-traps.js';
import { Workshop } from './workshop.js';

const start = Date.UTC(2026, 5, 1, 8);
const smallBytes = 2_000;

/** A home of `files` sessions of a turn or two each. */
export function crowd(folder: string, files: number): string {
  return home(folder, `crowd-${files}`, (workshop) => {
    for (let index = 0; index < files; index += 1) writeSession(workshop, start + index * 60_000, smallBytes);
  });
}

/** A home with a single session of `bytes`. */
export function giant(folder: string, bytes: number): string {
  return home(folder, `giant-${Math.round(bytes / 1e6)}mb`, (workshop) => writeSession(workshop, start, bytes));
}

function writeSession(workshop: Workshop, at: number, bytes: number): void {
  claudeKinds[0]?.write(workshop, { at, bytes });
}

function home(folder: string, name: string, write: (workshop: Workshop) => void): string {
  const place = join(folder, name);
  if (!existsSync(place)) {
    const making = `${place}.making-${process.pid}`;
    rmSync(making, { recursive: true, force: true });
    write(new Workshop(making, 1));
    renameSync(making, place);
  }
  return place;
}
