/** Short notices at the foot of the page: what just happened, with a way back where there is one. */
import { useSyncExternalStore } from 'react';

export type Toast = { id: number; text: string; isError: boolean; action?: { label: string; run: () => void } };

/** Long enough to read a sentence and reach its button. */
const shownMs = 8000;
const toastsMax = 3;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Returns the number to take it away by. */
export function showToast(toast: Omit<Toast, 'id'>): number {
  lastId += 1;
  const id = lastId;
  set([...toasts, { ...toast, id }].slice(-toastsMax));
  setTimeout(() => hideToast(id), shownMs);
  return id;
}

export function hideToast(id: number): void {
  if (toasts.some((toast) => toast.id === id)) set(toasts.filter((toast) => toast.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}
