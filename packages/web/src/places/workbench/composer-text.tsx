/** The text of a message: keys that send, stop and recall, `@` for files, and pictures from the clipboard. */
import { type ClipboardEvent, type KeyboardEvent, useId, useRef } from 'react';
import { PathList, pathOptionId } from './path-list.js';
import { usePathMenu } from './use-path-menu.js';
import type { Writing } from './use-writing.js';

type TextProps = {
  sessionId: string;
  writing: Writing;
  placeholder: string;
  isPhone: boolean;
  onStop: (() => void) | null;
  onFiles: ((files: Iterable<File>) => void) | null;
};

export function ComposerText({ sessionId, writing, placeholder, isPhone, onStop, onFiles }: TextProps) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const menu = usePathMenu(sessionId, { ref, change: writing.change });

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const sends = event.key === 'Enter' && (event.metaKey || event.ctrlKey || !(event.shiftKey || isPhone));
    if (!menu.onKey(event)) {
      if (sends) writing.send();
      else if (event.key === 'Escape' && onStop) onStop();
      else if (!writing.recall(event)) return;
    }
    event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent) => {
    const { files, types } = event.clipboardData;
    // Office programs put a picture of the text beside it.
    if (!onFiles || files.length === 0 || types.includes('text/plain')) return;
    event.preventDefault();
    onFiles([...files]);
  };
  return (
    <>
      <PathList menu={menu} id={listId} />
      <textarea
        ref={ref}
        className="box-text"
        data-composer=""
        aria-label="Message"
        aria-autocomplete="list"
        aria-controls={listId}
        {...(menu.isOpen && menu.paths.length > 0
          ? { 'aria-activedescendant': pathOptionId(listId, menu.chosen) }
          : {})}
        rows={1}
        value={writing.text}
        readOnly={writing.isSending}
        placeholder={placeholder}
        onChange={(event) => {
          writing.change(event.target.value);
          menu.look();
        }}
        onSelect={menu.look}
        onBlur={menu.close}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
    </>
  );
}
