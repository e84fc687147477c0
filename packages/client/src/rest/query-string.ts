/** Query strings: the one place that decides how absent, empty and several values are written. */

import { severalWritten } from '@taffrail/wire';

export type QueryValue = string | number | boolean | readonly string[] | null | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

/** `?a=1&b=x&b=y`, or an empty string. Absent values and empty lists are left out; of a list each value comes by itself. */
export function queryString(query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    // A list of one empty value asks for what names none; an empty text asks for nothing.
    if (isList(value)) for (const one of severalWritten(value)) search.append(key, one);
    else if (value !== null && value !== undefined && value !== '') search.append(key, String(value));
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}

const isList = (value: QueryValue): value is readonly string[] => Array.isArray(value);
