/** Where one writes to a session: text, what it is answered by, send and stop. */
import type { FollowedSession } from '@taffrail/client';
import { newTurnId, type SessionSummary } from '@taffrail/wire';
import { ArrowUp, CornerDownLeft, Square } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useDraft } from '../../app/drafts.js';
import { useIsPhone } from '../../app/media.js';
import { useOrder } from '../../app/orders.js';
import { Kbd } from '../../parts/kbd.js';
import { Segmented } from '../../parts/segmented.js';
import { ComposerPickers } from './composer-pickers.js';
import { ContextMeter } from './context-meter.js';
import { promptsOf, recalled } from './history.js';
import { QueueList } from './queue-list.js';

type ComposerProps = { session: SessionSummary; followed: FollowedSession; onSent: () => void };
type Mode = 'steer' | 'queue';

const modes = [
  { value: 'steer', label: <span title="Told at the next step of the running turn">Steer</span> },
  { value: 'queue', label: <span title="Begins the next turn">Queue</span> },
] as const;

export function Composer({ session, followed, onSent }: ComposerProps) {
  const { status } = followed.session;
  const isBusy = status === 'running' || status === 'waiting';
  const isPhone = useIsPhone();
  const [mode, setMode] = useState<Mode>('queue');
  const writing = useWriting({ sessionId: session.id, followed, mode, onSent });
  const interrupt = useOrder('interrupt');
  const stop = () => interrupt.send({ sessionId: session.id });

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const sends = event.key === 'Enter' && (event.metaKey || event.ctrlKey || !(event.shiftKey || isPhone));
    if (sends) writing.send();
    else if (event.key === 'Escape' && isBusy) stop();
    else if (!writing.recall(event)) return;
    event.preventDefault();
  };
  return (
    <div className="composer">
      <div className="composer-in">
        <QueueList sessionId={session.id} queue={followed.session.queue} isRunning={isBusy} />
        <div className="box">
          <textarea
            className="box-text"
            data-composer=""
            aria-label="Message"
            rows={1}
            value={writing.text}
            readOnly={writing.isSending}
            placeholder={isBusy ? 'Steer the running turn, or queue what comes next' : 'What is to be done?'}
            onChange={(event) => writing.change(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <div className={isBusy ? 'box-foot is-busy' : 'box-foot'}>
            <ComposerPickers session={session} description={followed.session.description} />
            <span className="gap" />
            <ContextMeter followed={followed} sessionId={session.id} />
            {isBusy ? <Segmented label="While it runs" value={mode} options={modes} onChange={setMode} /> : null}
            {isBusy ? <StopButton isPhone={isPhone} isDisabled={interrupt.isPending} onClick={stop} /> : null}
            <SendButton isPhone={isPhone} isDisabled={!writing.canSend} onClick={writing.send} />
          </div>
        </div>
      </div>
    </div>
  );
}

type FootButton = { isPhone: boolean; isDisabled: boolean; onClick: () => void };

function StopButton({ isPhone, isDisabled, onClick }: FootButton) {
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

function SendButton({ isPhone, isDisabled, onClick }: FootButton) {
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

const compactCommand = '/compact';

type Writing = { sessionId: string; followed: FollowedSession; mode: Mode; onSent: () => void };

/** The text being written: sent once, kept until it is taken, and what was sent before at hand with ↑. */
function useWriting({ sessionId, followed, mode, onSent }: Writing) {
  const [text, setText] = useDraft(sessionId);
  const order = useOrder('start');
  const compact = useOrder('compact');
  // The same text sent again after a lost answer is the same order: the server does it once.
  const lastOrder = useRef({ id: '', text: '' });
  const canSend = text.trim() !== '' && !order.isPending;

  const send = () => {
    if (!canSend) return;
    if (text.trim() === compactCommand) {
      compact.send({ sessionId }, () => setText(''));
      return;
    }
    if (lastOrder.current.text !== text) lastOrder.current = { id: newTurnId(), text };
    order.send({ sessionId, id: lastOrder.current.id, input: text.trim(), mode }, () => {
      lastOrder.current = { id: '', text: '' };
      setText('');
      onSent();
    });
  };
  const recall = (event: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return false;
    const prompts = promptsOf(followed.session.items.values());
    const next = recalled(prompts, text, event.key === 'ArrowUp' ? 1 : -1);
    if (next === null) return false;
    setText(next);
    return true;
  };
  return { text, change: setText, send, recall, canSend, isSending: order.isPending };
}
