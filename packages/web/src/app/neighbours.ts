/** The order of the list a session was opened from, so that [ and ] walk it. */

let order: readonly string[] = [];

export function rememberOrder(ids: readonly string[]): void {
  order = ids;
}

/** The session before (-1) or after (1) another in the remembered list; none at its ends or outside it. */
export function neighbourOf(id: string, step: -1 | 1, ids: readonly string[] = order): string | null {
  const at = ids.indexOf(id);
  return at === -1 ? null : (ids[at + step] ?? null);
}
