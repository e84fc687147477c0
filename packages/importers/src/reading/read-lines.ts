/** Drives a lines reader over raw lines: parses, names problems by line, and keeps one bad record from harming the rest. */
import { createHash } from 'node:crypto';
import type { LineInfo, LinesReader, ProblemKind, RowDraft, Sink } from '../contract.js';
import type { JsonObject } from '../json.js';
import { parseLine } from './parse-line.js';
import type { RawLine } from './split-lines.js';

export interface LineSink {
  row(draft: RowDraft): void;
  problem(kind: ProblemKind, message: string, line: number): void;
}

/** Feeds one line to a reader. Returns false when the line held no whole record (torn, too long, not JSON). */
export function readLine(reader: LinesReader<unknown>, state: unknown, raw: RawLine, out: LineSink): boolean {
  if (raw.bytes === null) {
    out.problem('too_long', `a line of ${raw.end - raw.start} bytes is over the limit`, raw.number);
    return false;
  }
  const bytes = raw.bytes;
  const { records, broken } = parseLine(bytes);
  if (broken) out.problem('not_json', broken, raw.number);
  for (const record of records)
    readRecord(reader, state, record, { number: raw.number, hash: () => hashOf(bytes) }, out);
  return broken === null;
}

function readRecord(
  reader: LinesReader<unknown>,
  state: unknown,
  record: JsonObject,
  info: LineInfo,
  out: LineSink,
): void {
  const sink: Sink = {
    row: (draft) => out.row(draft),
    problem: (kind, message) => out.problem(kind, message, info.number),
  };
  try {
    reader.read(state, record, info, sink);
  } catch (error) {
    // A shape nobody foresaw must not cost the rest of the file.
    sink.problem('wrong_shape', error instanceof Error ? error.message : String(error));
  }
}

function hashOf(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('base64url').slice(0, 16);
}
