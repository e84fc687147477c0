/** Going back in a session: what it would do, with the files or without, and then doing it. */
import type { RewindPreview, SessionSummary } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { problemFrom } from '../../app/api.js';
import { give, useOrder } from '../../app/orders.js';
import { previewQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { counted } from '../../parts/format-number.js';
import { Failed } from '../../parts/states.js';
import { placeWords, turnsWords } from '../reader/restore-words.js';
import type { ShownTurn } from '../reader/timeline-rows.js';
import { sayRestored } from '../reader/undo-restore.js';
import { RestoreFiles } from './restore-files.js';

type DialogProps = {
  session: SessionSummary;
  turns: readonly ShownTurn[];
  /** The turn before which the conversation is to go on. */
  turnId: string;
  isBusy: boolean;
  onClose: () => void;
};

export function RestoreDialog(props: DialogProps) {
  const { session, turns, turnId, onClose } = props;
  const preview = useQuery(previewQuery(session.id, turnId));
  const turnsLeft = turns.findIndex((turn) => turn.turnId === turnId);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="restore"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // Not the button that closes it: what there is to choose takes the focus once it is here.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
        >
          <div className="row restore-head">
            <Dialog.Title className="strong grow">Restore to {placeWords(Math.max(0, turnsLeft))}</Dialog.Title>
            <Dialog.Close className="btn btn-quiet btn-s btn-icon" title="Close (Esc)" aria-label="Close">
              <X className="icon-s" aria-hidden="true" />
            </Dialog.Close>
          </div>
          {preview.isError ? (
            <Failed
              what="What it would do could not be found out"
              problem={problemFrom(preview.error)}
              onRetry={() => void preview.refetch()}
            />
          ) : preview.data ? (
            <Choice {...props} preview={preview.data} />
          ) : (
            <p className="ink3 restore-wait" role="status">
              Comparing with the folder as it is…
            </p>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Choice({ session, turns, turnId, isBusy, onClose, preview }: DialogProps & { preview: RewindPreview }) {
  const { files, turnsLeft, turnsAside, itemsAside } = preview;
  const [withFiles, setWithFiles] = useState(files.state === 'kept');
  const [isGoing, setIsGoing] = useState(false);
  const before = turns[turnsLeft - 1];
  const forks = useServes('fork');
  // The dialog may be gone before the answer comes: its turn leaves the conversation.
  const restore = async () => {
    setIsGoing(true);
    try {
      const { restored } = await give('rewind', { sessionId: session.id, turnId, files: withFiles });
      onClose();
      sayRestored(session.id, turnsLeft, restored);
    } catch {
      // It was said.
      setIsGoing(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void restore();
      }}
    >
      <p className="xs ink2">
        {turnsWords(turnsLeft, turnsAside)} ({counted(itemsAside, 'entry', 'entries')}){' '}
        {turnsAside === 1 ? 'is' : 'are'} set aside, not deleted: all of it stays in the log, and until something new is
        asked it can be brought back.
      </p>
      <fieldset className="restore-choice">
        <legend className="sr-only">What goes back</legend>
        <Option isOn={withFiles} isDisabled={files.state !== 'kept'} onChoose={() => setWithFiles(true)}>
          Conversation and files
          {files.state === 'kept' ? null : <span className="ink3 xs"> not possible: {files.why}</span>}
        </Option>
        <Option isOn={!withFiles} isDisabled={false} onChoose={() => setWithFiles(false)}>
          Conversation only <span className="ink3 xs"> keeps all files as they are now</span>
        </Option>
      </fieldset>
      {withFiles && files.state === 'kept' ? <RestoreFiles files={files} /> : null}
      {isBusy ? <p className="xs restore-busy">A turn is running. Stop it first.</p> : null}
      <div className="row restore-foot">
        <button type="submit" className="btn btn-primary" disabled={isBusy || isGoing}>
          {isGoing ? 'Restoring…' : 'Restore'}
        </button>
        {before && forks ? <ForkInstead sessionId={session.id} turnId={before.turnId} number={turnsLeft} /> : null}
        <span className="grow" />
        <Dialog.Close className="btn btn-quiet">Cancel</Dialog.Close>
      </div>
    </form>
  );
}

type OptionProps = { isOn: boolean; isDisabled: boolean; onChoose: () => void; children: ReactNode };

function Option({ isOn, isDisabled, onChoose, children }: OptionProps) {
  const input = useRef<HTMLInputElement>(null);
  const startsOn = useRef(isOn);
  useEffect(() => {
    if (startsOn.current) input.current?.focus();
  }, []);
  return (
    <label className={isDisabled ? 'restore-opt ink3' : 'restore-opt'}>
      <input ref={input} type="radio" name="what" checked={isOn} disabled={isDisabled} onChange={onChoose} />
      <span>{children}</span>
    </label>
  );
}

function ForkInstead({ sessionId, turnId, number }: { sessionId: string; turnId: string; number: number }) {
  const navigate = useNavigate();
  const fork = useOrder('fork');
  const copy = () => fork.send({ sessionId, turnId }, (made) => void navigate({ to: '/', search: { s: made.id } }));
  return (
    <button
      type="button"
      className="btn"
      disabled={fork.isPending}
      title="A copy of the conversation up to there, in the folder as it is; this session stays as it is"
      onClick={copy}
    >
      Fork from turn {number} instead
    </button>
  );
}
