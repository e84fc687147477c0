/** Lines → records. A broken line loses only itself: records glued to its end or around it are still found. */
import { isObject, type JsonObject } from '../json.js';

export interface ParsedLine {
  records: JsonObject[];
  /** What was wrong with the line, if anything; `records` then holds what could be saved. */
  broken: string | null;
}

const blank: ParsedLine = { records: [], broken: null };
// How many places inside a broken line are tried as the beginning of a whole record.
const restartsMax = 32;

export function parseLine(bytes: Buffer): ParsedLine {
  // A crash can leave NULs where text was to be; an editor can leave a byte-order mark.
  const text = bytes.toString('utf8').replace(/^[\0\uFEFF\s]+|[\0\s]+$/g, '');
  if (text === '') return blank;
  const whole = parse(text);
  if (whole !== undefined)
    return isObject(whole) ? { records: [whole], broken: null } : { records: [], broken: 'not a JSON object' };
  return { records: saved(text), broken: 'not JSON' };
}

/**
 * Two writers or a missing newline put several records on one line, or a record behind the torn beginning of
 * another. A record is kept when it reaches to the end of the line or to where the next one begins.
 */
function saved(text: string): JsonObject[] {
  const records: JsonObject[] = [];
  let rest = text;
  for (let tries = 0; rest !== '' && tries < restartsMax; tries += 1) {
    const end = endOfFirst(rest);
    const first = end > 0 ? parse(rest.slice(0, end)) : undefined;
    if (isObject(first)) {
      records.push(first);
      rest = rest.slice(end).trimStart();
      continue;
    }
    const next = rest.indexOf('{"', 1);
    if (next === -1) break;
    rest = rest.slice(next);
  }
  return records.filter((record) => typeof record['type'] === 'string' || 'message' in record || 'payload' in record);
}

/** Where the first balanced object of a text ends; 0 when it does not. Strings are skipped, depth is counted. */
function endOfFirst(text: string): number {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === 0x5c) at += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x7b) depth += 1;
    else if (character === 0x7d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return 0;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
