/**
 * Careful access to foreign JSON: a wrong type reads as absent, never throws. Importers meet foreign input
 * through these and nothing else.
 */
import type { Sink } from './contract.js';

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `key`, or an empty one, so that accesses chain. */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

/** The objects in the array at `key`; anything else in it is left out. */
export function objectsAt(value: JsonObject, key: string): JsonObject[] {
  const found = value[key];
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** The non-empty string at `key`. */
export function stringAt(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function booleanAt(value: JsonObject, key: string): boolean {
  return value[key] === true;
}

/** A finite number at `key`; digits in a string count. */
export function numberAt(value: JsonObject, key: string): number | undefined {
  const found = value[key];
  const number = typeof found === 'string' && /^-?\d+(\.\d+)?$/.test(found) ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

// Larger than any context window or bill; a figure beyond it is a broken record, not a big one.
const tokensMax = 1_000_000_000;

/**
 * A token figure at `key`: `null` when absent, null, or not a whole number from 0 to a thousand million.
 * An unusable figure is reported, because the record claimed to know something.
 */
export function tokensAt(value: JsonObject, key: string, out: Sink): number | null {
  const found = value[key];
  if (found === undefined || found === null) return null;
  const number = numberAt(value, key);
  if (number !== undefined && Number.isInteger(number) && number >= 0 && number <= tokensMax) return number;
  out.problem('bad_number', `${key} is not a token count: ${shown(found)}`);
  return null;
}

const timeMin = Date.UTC(2015, 0, 1);
const timeMax = Date.UTC(2100, 0, 1);

/** A time at `key` in milliseconds: an ISO text, or a number of seconds or milliseconds. `null` when unusable. */
export function timeAt(value: JsonObject, key: string): number | null {
  return timeOf(value[key]);
}

export function timeOf(found: unknown): number | null {
  const ms =
    typeof found === 'string' ? Date.parse(found) : typeof found === 'number' ? inMilliseconds(found) : Number.NaN;
  return ms >= timeMin && ms < timeMax ? Math.round(ms) : null;
}

const secondsMax = 100_000_000_000;

function inMilliseconds(time: number): number {
  return time < secondsMax ? time * 1000 : time;
}

const deepest = '"[nested too deeply]"';

/** A value as JSON text. Hostile nesting, which only `JSON.parse` survives, reads as a note instead of a crash. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return deepest;
  }
}

const rawLengthMax = 16 * 1024;

/** The provider's own record, to be kept beside the figures; `undefined` when it is too large or deep to be one. */
export function rawOf(record: JsonObject): JsonObject | undefined {
  const text = jsonText(record);
  return text === deepest || text.length > rawLengthMax ? undefined : record;
}

/** Adds up what is known; `null` only when nothing is. */
export function sumKnown(...figures: (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : known.reduce((sum, figure) => sum + figure, 0);
}

/** A value cut short for a message to people. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : String(typeof value === 'object' ? typeof value : value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
