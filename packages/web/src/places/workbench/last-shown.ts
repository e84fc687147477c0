/** Which session was on view last in this browser: the workbench opens with it. */

const storageKey = 'taffrail.shown';

export function lastShown(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

export function rememberShown(id: string): void {
  try {
    localStorage.setItem(storageKey, id);
  } catch {
    // Without storage the workbench opens with its first tab.
  }
}
