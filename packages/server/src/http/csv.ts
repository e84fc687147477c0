/** Objects → CSV: nested fields become dotted columns, what is unknown stays blank. */

/** RFC 4180 with a header line. Columns are those of all lines, in the order they first appear, unless they are given. */
export function csv(lines: readonly object[], given?: readonly string[]): string {
  const flat = lines.map((line) => new Map(flattened('', line)));
  const columns = given ?? [...new Set(flat.flatMap((line) => [...line.keys()]))];
  const rows = flat.map((line) => columns.map((column) => cell(line.get(column))).join(','));
  return [columns.map(cell).join(','), ...rows, ''].join('\r\n');
}

function flattened(path: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[path, Array.isArray(value) ? JSON.stringify(value) : value]];
  return Object.entries(value).flatMap(([key, part]) => flattened(path === '' ? key : `${path}.${key}`, part));
}

/** A text that a spreadsheet would run as a formula is marked as text. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = String(value).replace(/^(?=[=+\-@\t\r])/, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
