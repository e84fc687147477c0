/** What is typed and attached and not yet sent, per session. It outlives a change of tabs and a reload. */
import { type KeptFile, keptFileSchema } from '@taffrail/wire';
import { useCallback, useState } from 'react';

const textKey = (id: string) => `taffrail.draft.${id}`;
const filesKey = (id: string) => `taffrail.draft-files.${id}`;

export function useDraft(id: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => stored(textKey(id)));
  const change = useCallback(
    (next: string) => {
      setText(next);
      store(textKey(id), next);
    },
    [id],
  );
  return [text, change];
}

/** Files of the draft that the server has: it keeps them for a day. */
export function draftFiles(id: string): KeptFile[] {
  try {
    return keptFileSchema.array().parse(JSON.parse(stored(filesKey(id)) || '[]'));
  } catch {
    return [];
  }
}

export function storeDraftFiles(id: string, files: readonly KeptFile[]): void {
  store(filesKey(id), files.length === 0 ? '' : JSON.stringify(files));
}

function stored(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function store(key: string, value: string): void {
  try {
    if (value === '') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // Storage can be switched off; the draft then lasts as long as its tab is on view.
  }
}
