/** Keys. A place gives its own map; typing in a field and open dialogs keep their keys to themselves. */
import { useEffect, useRef } from 'react';

export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/**
 * How a key press is named in a map: `j`, `?`, `mod+k` (⌘ on Apple machines, Ctrl elsewhere), `mod+shift+t`. Browsers keep
 * some of these to themselves (⌘T, ⌘W), so `alt+` with the same key is the same press.
 */
export function keyName(event: Press): string | null {
  const { altKey, metaKey, ctrlKey, shiftKey } = event;
  // Alt writes other characters on some keyboards: the key's place on the board says which it was.
  const pressed = altKey ? (/^(?:Key|Digit)(\w)$/.exec(event.code)?.[1] ?? null) : event.key;
  if (pressed === null || (altKey && (metaKey || ctrlKey))) return null;
  const key = pressed.length === 1 ? pressed.toLowerCase() : pressed;
  if (!metaKey && !ctrlKey && !altKey) return key;
  return shiftKey ? `mod+shift+${key}` : `mod+${key}`;
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
