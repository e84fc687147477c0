/** Which overlay lies over the page: the palette, the help, or none. */
import { useSyncExternalStore } from 'react';

export type Overlay = 'palette' | 'help' | null;

let current: Overlay = null;
const listeners = new Set<() => void>();

export function showOverlay(overlay: Overlay): void {
  current = overlay;
  for (const listener of listeners) listener();
}

export function useOverlay(): Overlay {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
