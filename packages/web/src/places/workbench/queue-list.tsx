/** Messages that wait: for the next step of the running turn, or for the next turn. */
import type { FollowedSession } from '@taffrail/client';
import { CornerDownRight, Paperclip, X } from 'lucide-react';
import { useOrder } from '../../app/orders.js';
import { counted } from '../../parts/format-number.js';

type QueueProps = { sessionId: string; queue: FollowedSession['session']['queue']; isRunning: boolean };

export function QueueList({ sessionId, queue, isRunning }: QueueProps) {
  const drop = useOrder('drop');
  if (queue.size === 0) return null;
  return (
    <ul aria-label="Waiting messages">
      {[...queue.values()].map(({ inputId, mode, text, attachments = [] }) => (
        <li key={inputId} className="queue">
          <CornerDownRight className="icon-xs" aria-hidden="true" />
          <span className="ink3 nowrap">{!isRunning ? 'Waits' : mode === 'steer' ? 'At the next step' : 'Next'}</span>
          <span className="trunc grow" title={text}>
            {text || attachments.map(({ name }) => name).join(', ')}
          </span>
          {attachments.length === 0 ? null : (
            <span className="ink3 nowrap queue-files" title={attachments.map(({ name }) => name).join(', ')}>
              <Paperclip className="icon-xs" aria-hidden="true" />
              {counted(attachments.length, 'file')}
            </span>
          )}
          <button
            type="button"
            className="btn btn-quiet btn-s btn-icon"
            title="Take it back"
            aria-label="Take it back"
            disabled={drop.isPending}
            onClick={() => drop.send({ sessionId, inputId })}
          >
            <X className="icon-xs" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
