/** Query strings: the one place that decides how absent, empty and several values are written. */

export type QueryValue = string | number | boolean | readonly string[] | null | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

/** `?a=1&b=x%2Cy`, or an empty string. Absent values and empty lists are left out; the API separates values by commas. */
export function queryString(query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    // A list of one empty value asks for what names none; an empty text asks for nothing.
    const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
    if (text !== '' || (Array.isArray(value) && value.length > 0)) search.append(key, text);
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}
