/** The list of files that opens while `@` is typed: what it holds, and which keys belong to it. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { folderFilesQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { type Mention, mentionAt, withPath } from './path-mention.js';

export interface PathMenu {
  paths: readonly string[];
  isPartial: boolean;
  chosen: number;
  /** Whether the list stands open. */
  isOpen: boolean;
  /** True where the key was meant for the list. */
  onKey: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
  /** Text or caret have changed. */
  look: () => void;
  close: () => void;
  pick: (path: string) => void;
}

type Field = { ref: RefObject<HTMLTextAreaElement | null>; change: (text: string) => void };

const none: readonly string[] = [];

export function usePathMenu(sessionId: string, { ref, change }: Field): PathMenu {
  const [mention, setMention] = useState<Mention | null>(null);
  const [chosen, setChosen] = useState(0);
  const namesFiles = useServes('attachments');
  // An `@` that was closed with Esc stays closed.
  const closedAt = useRef(-1);
  const caretAfter = useRef<number | null>(null);
  const found = useQuery({
    ...folderFilesQuery(sessionId, mention?.typed ?? ''),
    enabled: namesFiles && mention !== null,
    placeholderData: keepPreviousData,
  });
  const paths = mention === null || !namesFiles ? none : (found.data?.files ?? none);
  useLayoutEffect(() => {
    if (caretAfter.current === null) return;
    ref.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = null;
  });

  const look = () => {
    const field = ref.current;
    const next =
      field && field.selectionStart === field.selectionEnd ? mentionAt(field.value, field.selectionStart) : null;
    if (next === null) closedAt.current = -1;
    const shown = next !== null && next.at !== closedAt.current ? next : null;
    if (shown?.typed !== mention?.typed) setChosen(0);
    setMention(shown);
  };
  const close = () => {
    closedAt.current = mention?.at ?? -1;
    setMention(null);
  };
  const pick = (path: string) => {
    const field = ref.current;
    if (!field || !mention) return;
    const next = withPath(field.value, field.selectionStart, mention, path);
    caretAfter.current = next.caret;
    change(next.text);
    setMention(null);
    field.focus();
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    if (mention === null || event.metaKey || event.ctrlKey || event.altKey) return false;
    if (event.key === 'Escape') close();
    else if (paths.length === 0) return false;
    else if (event.key === 'ArrowDown') setChosen((chosen + 1) % paths.length);
    else if (event.key === 'ArrowUp') setChosen((chosen + paths.length - 1) % paths.length);
    else if (event.key === 'Enter' || event.key === 'Tab') pick(paths[Math.min(chosen, paths.length - 1)] ?? '');
    else return false;
    return true;
  };
  const isOpen = namesFiles && mention !== null && (paths.length > 0 || found.isSuccess);
  return { paths, isPartial: found.data?.isPartial ?? false, chosen, isOpen, onKey, look, close, pick };
}
