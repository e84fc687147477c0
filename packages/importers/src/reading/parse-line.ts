/** Lines → records. A broken line loses only itself: records glued to its end or around it are still found. */
import { isObject, type JsonObject } from '../json.js';
import { nestsDeeperThan, parsed, trimmed } from './json-text.js';
import { salvage } from './salvage.js';

export interface ParsedLine {
  records: JsonObject[];
  /** What was wrong with the line, if anything; `records` then holds what could be saved. */
  broken: string | null;
  /** The text of each record, where the line is not the record. */
  texts?: string[];
}

const blank: ParsedLine = { records: [], broken: null };

// Real records nest a few dozen levels. Only a line longer than this can nest deep enough to exhaust memory.
const depthCheckedFromBytes = 1024 * 1024;
const depthMax = 100_000;

export function parseLine(bytes: Buffer): ParsedLine {
  if (bytes.length > depthCheckedFromBytes && nestsDeeperThan(bytes, depthMax)) {
    return { records: [], broken: 'nested too deeply' };
  }
  const text = trimmed(bytes.toString('utf8'));
  if (text === '') return blank;
  const whole = parsed(text);
  if (isObject(whole)) return { records: [whole], broken: null };
  if (whole !== undefined) return { records: [], broken: 'not a JSON object' };
  const saved = salvage(text);
  return { records: saved.map((each) => each.record), broken: 'not JSON', texts: saved.map((each) => each.text) };
}
