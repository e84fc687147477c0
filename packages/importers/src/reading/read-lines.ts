/** Drives a lines reader over raw lines: parses, names problems by line, and keeps one bad record from harming the rest. */
import { createHash } from 'node:crypto';
import type { LineInfo, LinesReader, ProblemKind, RowDraft, Sink } from '../contract.js';
import { isObject, type JsonObject, rawOf } from '../json.js';
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
  const { records, broken, texts } = parseLine(bytes);
  if (broken) out.problem('not_json', broken, raw.number);
  records.forEach((record, index) => {
    // Of several records on a line each is named by its own text, as if it stood alone.
    const info = { number: raw.number, hash: () => hashOf(texts?.[index] ?? bytes) };
    readRecord(reader, state, record, info, { sink: out, mayBeLarge: bytes.length > largeFromBytes });
  });
  return broken === null;
}

// A record must be longer than this to hold anything too large or too deep to be stored.
const largeFromBytes = 8 * 1024;

interface Target {
  sink: LineSink;
  mayBeLarge: boolean;
}

function readRecord(
  reader: LinesReader<unknown>,
  state: unknown,
  record: JsonObject,
  info: LineInfo,
  { sink, mayBeLarge }: Target,
): void {
  const out: Sink = {
    row: (draft) => sink.row(mayBeLarge ? storable(draft) : draft),
    problem: (kind, message) => sink.problem(kind, message, info.number),
  };
  try {
    reader.read(state, record, info, out);
  } catch (error) {
    // A shape nobody foresaw must not cost the rest of the file.
    out.problem('wrong_shape', error instanceof Error ? error.message : String(error));
  }
}

/** Without the provider's own record where that is no record but an attack on whoever writes it down. */
function storable(draft: RowDraft): RowDraft {
  if (draft.kind !== 'usage.recorded' || typeof draft.data.raw !== 'object') return draft;
  if (isObject(draft.data.raw) && rawOf(draft.data.raw)) return draft;
  const { raw: _raw, ...data } = draft.data;
  return { ...draft, data };
}

function hashOf(bytes: Buffer | string): string {
  return createHash('sha1').update(bytes).digest('base64url').slice(0, 16);
}
