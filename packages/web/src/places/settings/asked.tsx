/** Asked before something is removed: what goes with it, and a way back. */
import type { Result } from '@taffrail/client';
import type { Settings } from '@taffrail/wire';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { showToast } from '../../app/toasts.js';
import { Refusal } from './labelled.js';
import { useSettingsOrder } from './settings-query.js';

type AskedProps = {
  children: ReactNode;
  remove: () => Promise<Result<Settings>>;
  /** Said once it is done. */
  done: string;
  onEnd: () => void;
};

export function Asked({ children, remove, done, onEnd }: AskedProps) {
  const order = useSettingsOrder<void>(remove);
  const send = () =>
    order.send(undefined, () => {
      showToast({ text: done, isError: false });
      onEnd();
    });
  return (
    <div className="asked">
      <div className="row">
        <TriangleAlert className="icon-s" aria-hidden="true" />
        <span className="grow wrap">{children}</span>
        <button type="button" className="btn btn-s" disabled={order.isPending} onClick={send}>
          Remove
        </button>
        {/* biome-ignore lint/a11y/noAutofocus: the question was called up just now, and this is its harmless answer */}
        <button type="button" className="btn btn-s btn-quiet" autoFocus onClick={onEnd}>
          Keep
        </button>
      </div>
      <Refusal problem={order.problem} />
    </div>
  );
}
