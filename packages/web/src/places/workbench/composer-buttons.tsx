/** The buttons below the message: attach, stop, send. */
import { ArrowUp, CornerDownLeft, Paperclip, Square } from 'lucide-react';
import { useRef } from 'react';
import { Kbd } from '../../parts/kbd.js';

type FootButton = { isPhone: boolean; isDisabled: boolean; onClick: () => void };

export function StopButton({ isPhone, isDisabled, onClick }: FootButton) {
  return (
    <button type="button" className="btn btn-s" disabled={isDisabled} title="Stop (Esc)" onClick={onClick}>
      <Square className="icon-xs" aria-hidden="true" />
      {isPhone ? (
        <span className="sr-only">Stop</span>
      ) : (
        <>
          Stop <Kbd>Esc</Kbd>
        </>
      )}
    </button>
  );
}

export function SendButton({ isPhone, isDisabled, onClick }: FootButton) {
  return (
    <button
      type="button"
      className="btn btn-s btn-primary"
      disabled={isDisabled}
      title="Send (Enter); a new line with Shift and Enter"
      onClick={onClick}
    >
      {isPhone ? (
        <>
          <ArrowUp className="icon-xs" aria-hidden="true" />
          <span className="sr-only">Send</span>
        </>
      ) : (
        <>
          Send <CornerDownLeft className="icon-xs" aria-hidden="true" />
        </>
      )}
    </button>
  );
}

/** Opens the browser's own choice of files. */
export function AttachButton({
  isDisabled,
  onFiles,
}: {
  isDisabled: boolean;
  onFiles: (files: Iterable<File>) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          // The same file may be chosen again.
          target.value = '';
        }}
      />
      <button
        type="button"
        className="btn btn-quiet btn-s btn-icon"
        title="Attach files: images, PDF documents, text. They can be pasted and dropped too."
        aria-label="Attach files"
        disabled={isDisabled}
        onClick={() => input.current?.click()}
      >
        <Paperclip className="icon-s" aria-hidden="true" />
      </button>
    </>
  );
}
