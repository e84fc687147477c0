/** How a view's state is written in the address: plain keys, lists as repeated keys, nothing quoted. */

export type RawSearch = Record<string, string | string[]>;

/** Reads an address's query. A key that comes twice is a list. */
export function parseSearch(text: string): RawSearch {
  const raw: RawSearch = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const before = raw[key];
    raw[key] = before === undefined ? value : [before, value].flat();
  }
  return raw;
}

/** Writes a query. Absent values, empty texts and empty lists are left out; an empty value in a list is a value. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (Array.isArray(value)) for (const one of value) params.append(key, String(one));
    else if (value !== undefined && value !== null && value !== '') params.append(key, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** A list of at least one value, or nothing. An empty value stands for what names none. */
export function listOf(value: unknown): string[] | undefined {
  const list = [value].flat().filter((one): one is string => typeof one === 'string');
  return list.length > 0 ? [...new Set(list)] : undefined;
}

/** A text that is not empty, or nothing. */
export function textOf(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' && one !== '' ? one : undefined;
}

/** One of the known values, or nothing: what an old or hand-made link can't name is ignored. */
export function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((one) => one === textOf(value));
}

/** A whole number of at least `least`, or nothing. */
export function wholeOf(value: unknown, least: number): number | undefined {
  const text = textOf(value);
  const parsed = text === undefined ? (value as unknown) : Number(text);
  return typeof parsed === 'number' && Number.isSafeInteger(parsed) && parsed >= least ? parsed : undefined;
}

/** A day `YYYY-MM-DD`, or nothing. */
export function dayParam(value: unknown): string | undefined {
  const text = textOf(value);
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const at = Date.parse(text);
  // 30 February reads as 2 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? text : undefined;
}

/**
 * What a view reads of its address, and nothing else: the router hands on as it stands what a reader leaves out, so that
 * a value that cannot be read is taken out by name.
 */
export function onlyRead<Search extends object>(read: (raw: Record<string, unknown>) => Search) {
  return (raw: Record<string, unknown>): Search => {
    const blank = Object.fromEntries(Object.keys(raw).map((key) => [key, undefined]));
    return { ...blank, ...read(raw) };
  };
}

/** A search with some keys changed: what is given is set, `undefined` is taken out, the rest stays. */
export function withChanges<Search extends object>(old: Search, next: Partial<Search>): Search {
  return Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, value]) => value !== undefined)) as Search;
}
