/** Gives a session another title. */
import type { SessionSummary } from '@taffrail/wire';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { useOrder } from '../../app/orders.js';

export function RenameDialog({ session, onClose }: { session: SessionSummary; onClose: () => void }) {
  const [title, setTitle] = useState(session.title ?? '');
  const patch = useOrder('patch');
  return (
    <Dialog.Root open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="sr-only">Rename the session</Dialog.Title>
          <form
            className="pal-in"
            onSubmit={(event) => {
              event.preventDefault();
              if (title.trim() !== '') patch.send({ sessionId: session.id, title: title.trim() }, onClose);
            }}
          >
            <input
              className="grow"
              aria-label="Title"
              maxLength={300}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
            <button type="submit" className="btn btn-s btn-primary" disabled={title.trim() === '' || patch.isPending}>
              Rename
            </button>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
