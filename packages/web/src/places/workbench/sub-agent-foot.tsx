/** In place of the composer for a sub-agent: it answers to the session that started it. It may be stopped, or taken over. */
import type { SessionSummary } from '@taffrail/wire';
import { Bot, Square } from 'lucide-react';
import { useIsPhone } from '../../app/media.js';
import { useOrder } from '../../app/orders.js';
import { useTabMoves } from '../../app/use-tab-moves.js';
import { Kbd } from '../../parts/kbd.js';

export function SubAgentFoot({ session }: { session: SessionSummary }) {
  const interrupt = useOrder('interrupt');
  const isPhone = useIsPhone();
  const { reopen } = useTabMoves();
  const isBusy = session.status === 'running' || session.status === 'waiting';
  return (
    <footer className="reader-foot">
      <Bot className="icon-s" aria-hidden="true" />
      <span className="trunc">
        {isBusy
          ? 'A sub-agent at work. Its last message goes to the session that started it.'
          : 'A sub-agent. Its last message went to the session that started it.'}
      </span>
      <span className="grow" />
      {isBusy ? (
        <button
          type="button"
          className="btn btn-s"
          disabled={interrupt.isPending}
          title="Stops this sub-agent only (Esc)"
          onClick={() => interrupt.send({ sessionId: session.id })}
        >
          <Square className="icon-xs" aria-hidden="true" />
          Stop {isPhone ? null : <Kbd>Esc</Kbd>}
        </button>
      ) : (
        <button
          type="button"
          className="link nowrap"
          title="Gives it a tab of its own, where you can ask it more"
          onClick={() => reopen(session.id)}
        >
          Ask it more
        </button>
      )}
    </footer>
  );
}
