/**
 * Whole records on a line that is not JSON. Two writers or a missing newline put several on one line; a crash puts
 * the next one behind the torn beginning of another.
 */
import { isObject, type JsonObject } from '../json.js';
import { lastVisible, nextVisible, parsed } from './json-text.js';

export interface Saved {
  record: JsonObject;
  text: string;
}

// How often a line may be looked through before what is left of it is given up. Each object that was open where a
// record was torn costs one look at the rest of the line, and records nest about six deep.
const looksMax = 8;
const lookedAtLeast = 4 * 1024 * 1024;
// What a try costs beside the characters looked at, in characters: one object, and one that turns out to be none.
const tryCost = 256;
const failureCost = 4096;
const savedMax = 100_000;

/** What can be saved, in the order of the line. The work is bounded by a multiple of the line's length. */
export function salvage(text: string): Saved[] {
  const saved: Saved[] = [];
  const beginning = /\{\s*"/g;
  let budget = text.length * looksMax + lookedAtLeast;
  for (let begun = beginning.exec(text); begun !== null && budget > 0 && saved.length < savedMax; ) {
    const start = begun.index;
    const end = endOfObject(text, start, start + budget);
    budget -= tryCost + (end === 0 ? text.length : end) - start;
    const candidate = end === 0 ? '' : text.slice(start, end);
    const found = marks.test(candidate) ? parsed(candidate) : null;
    if (found === undefined) budget -= failureCost;
    const whole = isObject(found);
    if (whole && looksLikeRecord(found) && standsAlone(text, start, end))
      saved.push({ record: found, text: candidate });
    // A whole object is passed over: nothing in it is a record of its own.
    beginning.lastIndex = whole ? end : start + 1;
    begun = beginning.exec(text);
  }
  return saved;
}

/** Records of all agents say when or whose they are; the objects inside them do not. */
const recordKeys = ['timestamp', 'uuid', 'sessionId', 'payload', 'leafUuid', '$set'];
const marks = /"(?:timestamp|uuid|sessionId|payload|leafUuid|\$set)"/;

function looksLikeRecord(value: JsonObject): boolean {
  return recordKeys.some((key) => key in value);
}

/** A part of a torn record stands behind a colon, a comma or a bracket, and more follows. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text[lastVisible(text, start - 1)] ?? '';
  return !':,['.includes(before) || before === '' || nextVisible(text, end) === text.length;
}

/** Where the object at `start` ends; 0 when it does not before `stop`. Strings are skipped, depth is counted. */
function endOfObject(text: string, start: number, stop: number): number {
  const last = Math.min(text.length, stop);
  let depth = 0;
  let inString = false;
  for (let at = start; at < last; at += 1) {
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
