/** Whose log a file is that was handed in alone: told from its first records. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { type Importer, importers, isObject, type JsonObject, parseLine, type SourceFormat } from '@taffrail/importers';

const headBytes = 256 * 1024;

/** The importer that reads the file, and how; `null` for no known log. Asks only `agent`'s importer where one is named. */
export function recognise(
  path: string,
  agent: string | undefined,
): { importer: Importer; format: SourceFormat } | null {
  const head = headOf(path);
  const candidates = importers.filter((importer) => agent === undefined || importer.agent === agent);
  if (head.subarray(0, 15).toString('latin1') === 'SQLite format 3') {
    const importer = candidates.find((each) => each.database);
    return importer ? { importer, format: 'database' } : null;
  }
  const lines = head.toString('utf8').split('\n');
  const records = lines.flatMap((line) => parseLine(Buffer.from(line)).records).slice(0, 50);
  const document = records.length <= 1 ? wholeDocument(path) : null;
  const first = document ? [document] : records;
  if (first.length === 0) return null;
  const importer = candidates.find(
    (each) => (document ? each.document : each.lines) && (agent !== undefined || each.recognises(first)),
  );
  if (importer) return { importer, format: document ? 'document' : 'lines' };
  const single = candidates.find((each) => each.lines && (agent !== undefined || each.recognises(first)));
  return single ? { importer: single, format: 'lines' } : null;
}

const documentBytesMax = 64 * 1024 * 1024;

/** The file as one JSON text, where it is one. */
function wholeDocument(path: string): JsonObject | null {
  if (statSync(path).size > documentBytesMax) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function headOf(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(fd, head, 0, headBytes, 0));
  } finally {
    closeSync(fd);
  }
}
