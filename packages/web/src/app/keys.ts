/** Keys. A place gives its own map; typing in a field and open dialogs keep their keys to themselves. */
import { useEffect, useRef } from 'react';

export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** How a key press is named in a map: `j`, `?`, `mod+k` (⌘ on Apple machines, Ctrl elsewhere). */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey'>): string | null {
  if (event.altKey) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.metaKey || event.ctrlKey ? `mod+${key}` : key;
}

/** Listens while the component lives. Keys with `mod+` work everywhere, the others only outside fields and dialogs. */
export function useKeys(map: KeyMap): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const name = keyName(event);
      const action = name === null ? undefined : latest.current[name];
      if (!action || event.defaultPrevented) return;
      const busy = isTyping(event.target) || document.querySelector('[role="dialog"], [role="menu"]') !== null;
      if (busy && !name?.startsWith('mod+')) return;
      event.preventDefault();
      action(event);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
