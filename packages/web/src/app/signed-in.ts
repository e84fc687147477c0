/** Whether the server still knows this browser. Any 401 says no, for the whole page. */
import { useSyncExternalStore } from 'react';

let signedIn = true;
const listeners = new Set<() => void>();

export function setSignedOut(): void {
  if (!signedIn) return;
  signedIn = false;
  for (const listener of listeners) listener();
}

export function useSignedIn(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => signedIn,
  );
}
