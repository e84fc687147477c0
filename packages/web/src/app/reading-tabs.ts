/** The sessions being read in this browser, as tabs on top. They are a convenience of this browser, not of the server. */
import { useSyncExternalStore } from 'react';

export type ReadingTab = { id: string; title: string };

const storageKey = 'taffrail.reading';
export const tabsMax = 8;
const listeners = new Set<() => void>();

/** Puts a session among the tabs, or gives it its newer title. The oldest goes when there are too many. */
export function withTab(tabs: readonly ReadingTab[], tab: ReadingTab): ReadingTab[] {
  if (tabs.some((one) => one.id === tab.id)) return tabs.map((one) => (one.id === tab.id ? tab : one));
  return [...tabs, tab].slice(-tabsMax);
}

/** Closes a tab and names the one to show instead: its right neighbour, else its left, else none. */
export function withoutTab(tabs: readonly ReadingTab[], id: string): { tabs: ReadingTab[]; next: string | null } {
  const at = tabs.findIndex((tab) => tab.id === id);
  const rest = tabs.filter((tab) => tab.id !== id);
  return { tabs: rest, next: at === -1 ? null : (rest[Math.min(at, rest.length - 1)]?.id ?? null) };
}

function stored(): ReadingTab[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(value) ? value.filter(isTab).slice(-tabsMax) : [];
  } catch {
    return [];
  }
}

function isTab(value: unknown): value is ReadingTab {
  return typeof value === 'object' && value !== null && 'id' in value && 'title' in value;
}

let current = stored();

function set(tabs: ReadingTab[]): void {
  current = tabs;
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(tabs));
  } catch {
    // Storage can be switched off; the tabs then last as long as the page.
  }
  for (const listener of listeners) listener();
}

export function openTab(tab: ReadingTab): void {
  const known = current.find((one) => one.id === tab.id);
  if (known?.title !== tab.title) set(withTab(current, tab));
}

/** Closes a tab; returns the session to show instead, if any is left. */
export function closeTab(id: string): string | null {
  const { tabs, next } = withoutTab(current, id);
  set(tabs);
  return next;
}

export function useReadingTabs(): readonly ReadingTab[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
