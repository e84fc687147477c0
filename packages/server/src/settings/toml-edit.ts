/**
 * Changes to a TOML text that leave all the rest of it as it was written: comments, order, what nobody here knows. Each
 * is tried on the text and on what it means; where the two do not come to the same, nothing is changed.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'smol-toml';
import { type TomlField, type TomlTable, tomlPlaces } from './toml-places.js';

export type TomlValue = string | boolean | number | readonly TomlValue[] | { readonly [key: string]: TomlValue };
export type TomlFields = Readonly<Record<string, TomlValue>>;
type Element = Record<string, unknown>;
type Meaning = Record<string, Element[] | undefined>;
/** The n-th element of `[[array]]`; without an index, the one table `[array]`. */
type Spot = { array: string; index: number | null };

/** The text cannot be changed by parts. */
export class TomlEditError extends Error {}

/** The text with one more element of `[[array]]`. Fields that are tables become tables of their own below it. */
export function withElement(text: string, array: string, fields: TomlFields): string {
  const newline = newlineOf(text);
  const last = tomlPlaces(text).findLast(({ path }) => path[0] === array);
  const at = last ? last.end : text.length;
  const [before, after] = [text.slice(0, at).trimEnd(), text.slice(at)];
  const block = elementText(array, fields).join(newline);
  const next = [...(before === '' ? [] : [before, '']), block].join(newline);
  const whole = `${next}${newline}${after === '' ? '' : newline}${after}`;
  return checked(text, whole, (meaning) => {
    meaning[array] = [...(meaning[array] ?? []), { ...fields }];
  });
}

export function withoutElement(text: string, array: string, index: number): string {
  const next = cut(text, tablesOf(text, array, index));
  return checked(text, next, (meaning) => {
    const rest = (meaning[array] ?? []).filter((_, at) => at !== index);
    if (rest.length > 0) meaning[array] = rest;
    else delete meaning[array];
  });
}

/** The element with these fields; `undefined` takes one out. What is as it should be already is not touched. */
export function withFields(text: string, spot: Spot, fields: Readonly<Record<string, TomlValue | undefined>>): string {
  let next = text;
  for (const [name, value] of Object.entries(fields)) {
    const current = elementAt(parse(next) as Meaning, spot)?.[name];
    if (same(current, value)) continue;
    if (spot.index === null) next = withHeader(next, spot.array);
    next = setField(next, { ...spot, name }, value, current);
  }
  return checked(text, next, (meaning) => {
    if (spot.index === null && next !== text) (meaning as Record<string, unknown>)[spot.array] ??= {};
    const element = elementAt(meaning, spot);
    if (element) for (const [name, value] of Object.entries(fields)) put(element, name, value);
  });
}

function elementAt(meaning: Meaning, { array, index }: Spot): Element | undefined {
  const found: unknown = index === null ? meaning[array] : meaning[array]?.[index];
  return isTable(found) ? (found as Element) : undefined;
}

/** The text with `[table]` in it, below what there is of it. */
function withHeader(text: string, table: string): string {
  const tables = tablesOf(text, table, null);
  if (tables.some(({ path }) => path.length === 1)) return text;
  const newline = newlineOf(text);
  const before = text.trimEnd();
  const next = `${before}${before === '' ? '' : newline + newline}[${keyText(table)}]${newline}`;
  if (meaningOf(next) === null) throw new TomlEditError(`${table} is written in one line`);
  return next;
}

type Place = Spot & { name: string };

function setField(text: string, place: Place, value: TomlValue | undefined, current: unknown): string {
  const tables = tablesOf(text, place.array, place.index);
  const own = tables.find(({ path }) => path.length === 2 && path[1] === place.name);
  if (own && isTable(value) && isTable(current)) return setEntries(text, place, value, current);
  const [head] = tables;
  if (!head) throw new TomlEditError(`there is no ${place.array} ${place.index}`);
  if (value === undefined) return cut(text, partsOf(tables, place.name));
  const field = head.fields.find(({ key }) => key.length === 1 && key[0] === place.name);
  if (field) return splice(text, field.valueStart, field.valueEnd, tomlText(value));
  const bare = cut(text, partsOf(tables, place.name));
  const rest = tablesOf(bare, place.array, place.index);
  return isTable(value) ? withTable(bare, rest, place, value) : withLine(bare, rest[0], place.name, value);
}

/** A table that has its own header keeps what stands in it. */
function setEntries(text: string, place: Place, value: TomlFields, current: Record<string, unknown>): string {
  let next = text;
  for (const name of new Set([...Object.keys(current), ...Object.keys(value)])) {
    const wanted = own(value, name);
    if (same(own(current, name), wanted)) continue;
    const tables = tablesOf(next, place.array, place.index).filter(({ path }) => path[1] === place.name);
    const [table] = tables;
    const field = table?.fields.find(({ key }) => key.length === 1 && key[0] === name);
    if (field && wanted !== undefined) {
      next = splice(next, field.valueStart, field.valueEnd, tomlText(wanted));
      continue;
    }
    next = cut(next, partsOf(tables, name));
    const [rest] = tablesOf(next, place.array, place.index).filter(({ path }) => path[1] === place.name);
    if (wanted !== undefined) next = withLine(next, rest, name, wanted);
  }
  return next;
}

function withTable(text: string, tables: readonly TomlTable[], { array, name }: Place, value: TomlFields): string {
  const newline = newlineOf(text);
  const at = tables.at(-1)?.end ?? text.length;
  const after = text.slice(at);
  const block = [`[${array}.${keyText(name)}]`, ...fieldLines(value)].join(newline);
  return `${text.slice(0, at).trimEnd()}${newline}${block}${newline}${after === '' ? '' : newline}${after}`;
}

function withLine(text: string, table: TomlTable | undefined, name: string, value: TomlValue): string {
  if (!table) throw new TomlEditError(`there is no table for ${name}`);
  const newline = newlineOf(text);
  const at = table.fields.at(-1)?.end ?? table.bodyStart;
  const isOpen = at > 0 && text[at - 1] !== '\n';
  return splice(text, at, at, `${isOpen ? newline : ''}${keyText(name)} = ${tomlText(value)}${newline}`);
}

/** The tables of the array's n-th element, or of the one table, its own first. */
function tablesOf(text: string, array: string, index: number | null): TomlTable[] {
  if (index === null) {
    const tables = tomlPlaces(text).filter(({ path }) => path[0] === array);
    return tables.toSorted((one, other) => Number(other.path.length === 1) - Number(one.path.length === 1));
  }
  let at = -1;
  return tomlPlaces(text).filter(({ path, isElement }) => {
    if (path[0] !== array) return false;
    if (isElement && path.length === 1) at += 1;
    return at === index;
  });
}

/** All that says something of a field: `name = …`, `name.x = …` and, below, `[….name]`. */
function partsOf([head, ...below]: readonly TomlTable[], name: string): (TomlTable | TomlField)[] {
  const depth = head?.path.length ?? 0;
  const fields = head?.fields.filter(({ key }) => key[0] === name) ?? [];
  return [...fields, ...below.filter(({ path }) => path[depth] === name)];
}

function cut(text: string, ranges: readonly { start: number; end: number }[]): string {
  const fromTheEnd = [...ranges].sort((one, other) => other.start - one.start);
  return fromTheEnd.reduce((rest, { start, end }) => splice(rest, start, end, ''), text);
}

function splice(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

function elementText(array: string, fields: TomlFields): string[] {
  const entries = Object.entries(fields);
  const plain = Object.fromEntries(entries.filter(([, value]) => !isTable(value)));
  const tables = entries.flatMap(([name, value]) =>
    isTable(value) ? [`[${array}.${keyText(name)}]`, ...fieldLines(value)] : [],
  );
  return [`[[${array}]]`, ...fieldLines(plain), ...tables];
}

const fieldLines = (fields: TomlFields): string[] =>
  Object.entries(fields).map(([name, value]) => `${keyText(name)} = ${tomlText(value)}`);

function tomlText(value: TomlValue): string {
  if (Array.isArray(value)) return `[${value.map((one: TomlValue) => tomlText(one)).join(', ')}]`;
  if (isTable(value)) return Object.keys(value).length === 0 ? '{}' : `{ ${fieldLines(value).join(', ')} }`;
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}

/** A pattern may be called `constructor`. */
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const keyText = (name: string): string => (/^[\w-]+$/.test(name) ? name : tomlText(name));

const newlineOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

function isTable(value: unknown): value is TomlFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function put(element: Record<string, unknown>, name: string, value: TomlValue | undefined): void {
  if (value === undefined) delete element[name];
  else element[name] = value;
}

/** @throws TomlEditError where the changed text does not mean what it should. */
function checked(before: string, after: string, change: (meaning: Meaning) => void): string {
  const wanted = parse(before) as Meaning;
  change(wanted);
  if (same(meaningOf(after), wanted)) return after;
  throw new TomlEditError('it is written in a way that cannot be changed by parts');
}

function meaningOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

const same = (one: unknown, other: unknown): boolean => isDeepStrictEqual(plain(one), plain(other));

/** What the parser makes has no prototype, dates have one of their own. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
