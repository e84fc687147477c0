/** What is typed and not yet sent, per session. It outlives a change of tabs and a reload. */
import { useCallback, useState } from 'react';

const storageKey = (id: string) => `taffrail.draft.${id}`;

function stored(id: string): string {
  try {
    return sessionStorage.getItem(storageKey(id)) ?? '';
  } catch {
    return '';
  }
}

export function useDraft(id: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => stored(id));
  const change = useCallback(
    (next: string) => {
      setText(next);
      try {
        if (next === '') sessionStorage.removeItem(storageKey(id));
        else sessionStorage.setItem(storageKey(id), next);
      } catch {
        // Storage can be switched off; the draft then lasts as long as its tab is on view.
      }
    },
    [id],
  );
  return [text, change];
}
