/**
 * The floor of an import: what any program must do that puts these logs into SQLite with a text index. It reads every
 * line, parses it, and inserts rows and their text, a transaction per file; it knows nothing of owners, totals,
 * growth or crashes. Run as `floor HOME DATABASE`; prints what it used as JSON.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Floored } from '../use.js';
import { type FloorRecord, RowsOf } from './rows-of.js';

// The archive's own settings, for table and index alike.
const setUp = `PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF;
  PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;
  CREATE TABLE rows (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, turn_id TEXT, step INTEGER,
    key TEXT, item_type TEXT, label TEXT, data TEXT NOT NULL, text TEXT, revises INTEGER, revised_by INTEGER);
  CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2");
  INSERT INTO search (search, rank) VALUES ('hashsize', 33554432), ('automerge', 8);`;
const chunkBytes = 1024 * 1024;
const idSpan = 2 ** 32;
const newline = 10;

/** Calls `take` with each line of the file at `path`. */
function eachLine(path: string, take: (line: string) => void): void {
  const fd = openSync(path, 'r');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let held: Buffer = Buffer.alloc(0);
  for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
    const read = chunk.subarray(0, length);
    let from = 0;
    for (let at = read.indexOf(newline); at !== -1; at = read.indexOf(newline, from)) {
      const line = read.subarray(from, at);
      take((held.length === 0 ? line : Buffer.concat([held, line])).toString());
      held = held.subarray(held.length);
      from = at + 1;
    }
    held = Buffer.concat([held, read.subarray(from)]);
  }
  closeSync(fd);
}

/** A torn or empty line is none. */
function parsed(line: string): FloorRecord | null {
  try {
    return JSON.parse(line) as FloorRecord;
  } catch {
    return null;
  }
}

/** Returns how many rows were inserted. */
function readAll(home: string, database: string): number {
  const db = new DatabaseSync(database);
  db.exec(setUp);
  const insert = db.prepare(
    'INSERT INTO rows (id, at, kind, turn_id, step, key, item_type, label, data, text, revises) VALUES (?,?,?,?,?,?,?,?,?,?,?)',
  );
  const index = db.prepare('INSERT INTO search (rowid, text) VALUES (?, ?)');
  let rows = 0;
  const paths = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.jsonl'));
  for (const [file, path] of paths.entries()) {
    const rowsOf = new RowsOf();
    let [id, turn] = [(file + 1) * idSpan, ''];
    db.exec('BEGIN');
    eachLine(join(home, path), (line) => {
      const record = parsed(line);
      if (!record) return;
      const at = Date.parse(record.timestamp ?? '');
      for (const { kind, key, itemType, label, data, text, searched } of rowsOf.record(record)) {
        id += 1;
        rows += 1;
        if (kind === 'turn.started') turn = key;
        insert.run(id, at, kind, turn, 0, key, itemType, label, data, text, null);
        if (text) index.run(id, searched ?? text);
      }
    });
    db.exec('COMMIT');
  }
  db.close();
  return rows;
}

const [home, database] = process.argv.slice(2);
if (!home || !database) throw new Error('usage: floor HOME DATABASE');
const rows = readAll(home, database);
const { userCPUTime, systemCPUTime } = process.resourceUsage();
const floored: Floored = { rows, cpuMs: (userCPUTime + systemCPUTime) / 1000, wallMs: performance.now() };
console.log(JSON.stringify(floored));
