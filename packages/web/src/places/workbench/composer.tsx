/** Where one writes to a session: text, what it is answered by, send and stop. */
import type { FollowedSession } from '@taffrail/client';
import type { SessionSummary } from '@taffrail/wire';
import { useState } from 'react';
import { useIsPhone } from '../../app/media.js';
import { useOrder } from '../../app/orders.js';
import { useServes } from '../../app/serves.js';
import { Segmented } from '../../parts/segmented.js';
import { BudgetMeter } from './budget-meter.js';
import { AttachButton, SendButton, StopButton } from './composer-buttons.js';
import { ComposerFiles } from './composer-files.js';
import { ComposerPickers } from './composer-pickers.js';
import { ComposerText } from './composer-text.js';
import { ContextMeter } from './context-meter.js';
import { QueueList } from './queue-list.js';
import { useDraftFiles } from './use-draft-files.js';
import { useFileDrop } from './use-file-drop.js';
import { type Mode, useWriting } from './use-writing.js';

type ComposerProps = { session: SessionSummary; followed: FollowedSession; onSent: () => void };

const modes = [
  { value: 'steer', label: <span title="Told at the next step of the running turn">Steer</span> },
  { value: 'queue', label: <span title="Begins the next turn">Queue</span> },
] as const;

export function Composer({ session, followed, onSent }: ComposerProps) {
  const { status } = followed.session;
  const isBusy = status === 'running' || status === 'waiting';
  const isPhone = useIsPhone();
  const [mode, setMode] = useState<Mode>('queue');
  const takesFiles = useServes('attachments');
  const files = useDraftFiles(session.id);
  // An agent with a program of its own hears nothing while it works.
  const steers = followed.session.description.hosted === undefined;
  const writing = useWriting({
    sessionId: session.id,
    followed,
    files: takesFiles ? files : null,
    mode: steers ? mode : 'queue',
    onSent,
  });
  const isOver = useFileDrop(takesFiles ? files.add : null);
  const interrupt = useOrder('interrupt');
  const stop = () => interrupt.send({ sessionId: session.id });
  return (
    <div className="composer">
      <div className="composer-in">
        <QueueList sessionId={session.id} queue={followed.session.queue} isRunning={isBusy} />
        <div className={isOver ? 'box box-over' : 'box'}>
          {takesFiles ? (
            <ComposerFiles files={files.list} isLocked={writing.isSending} onRemove={files.remove} />
          ) : null}
          <ComposerText
            sessionId={session.id}
            writing={writing}
            placeholder={isBusy ? placeholderBusy(steers) : takesFiles ? askWithFiles : 'What is to be done?'}
            isPhone={isPhone}
            onStop={isBusy ? stop : null}
            onFiles={takesFiles ? files.add : null}
          />
          {isOver ? <p className="box-drop">Drop to attach</p> : null}
          <div className={isBusy ? 'box-foot is-busy' : 'box-foot'}>
            {takesFiles ? <AttachButton isDisabled={writing.isSending} onFiles={files.add} /> : null}
            <ComposerPickers session={session} description={followed.session.description} />
            <span className="gap" />
            <BudgetMeter sessionId={session.id} />
            <ContextMeter followed={followed} sessionId={session.id} />
            {isBusy && steers ? (
              <Segmented label="While it runs" value={mode} options={modes} onChange={setMode} />
            ) : null}
            {isBusy ? <StopButton isPhone={isPhone} isDisabled={interrupt.isPending} onClick={stop} /> : null}
            <SendButton isPhone={isPhone} isDisabled={!writing.canSend} onClick={writing.send} />
          </div>
        </div>
      </div>
    </div>
  );
}

const askWithFiles = 'What is to be done? @ names a file';

function placeholderBusy(steers: boolean): string {
  return steers
    ? 'Steer the running turn, or queue what comes next'
    : 'Queue what comes next: this agent cannot be steered';
}
