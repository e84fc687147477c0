/** A key in the table: how it stands, a test with one click, and what can be done with it. */
import type { KeySetting } from '@taffrail/wire';
import { CircleAlert, Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { rest } from '../../app/api.js';
import { Unknown } from '../../parts/figure.js';
import { duration } from '../../parts/format-time.js';
import { Asked } from './asked.js';
import { keyState, providerLabel, sourceWords } from './key-words.js';
import { StateCell } from './state-cell.js';

type RowProps = {
  item: KeySetting;
  now: Date;
  isTesting: boolean;
  onTest: () => void;
  onChange: () => void;
};

export function KeyRow({ item, now, isTesting, onTest, onChange }: RowProps) {
  const [isRemoving, setIsRemoving] = useState(false);
  const state = keyState(item, now);
  const note = isTesting ? null : state.note;
  return (
    <>
      <tr className={note === null && !isRemoving ? undefined : 'nob'}>
        <td className="strong mono trunc" title={item.id}>
          {item.id}
        </td>
        <td className="key-provider">{providerLabel(item)}</td>
        <td className="ink2 mono trunc key-source" title={item.baseUrl ?? undefined}>
          {item.source.kind === 'none' && item.baseUrl ? item.baseUrl : sourceWords(item.source, item.baseUrl)}
        </td>
        <td className="key-state">
          {isTesting ? <span className="ink3">Asking its provider…</span> : <StateCell state={state} />}
        </td>
        <td className="num ink2 key-time">
          {item.tested ? (
            duration(item.tested.durationMs)
          ) : (
            <Unknown why="It was not tested since the server started" />
          )}
        </td>
        <td className="key-do">
          <span className="row">
            <button
              type="button"
              className="btn btn-quiet btn-s"
              aria-label={`Test ${item.id}`}
              disabled={isTesting}
              onClick={onTest}
            >
              Test
            </button>
            {item.origin === 'config' ? (
              <KeyMenu id={item.id} onChange={onChange} onRemove={() => setIsRemoving(true)} />
            ) : (
              <span className="key-gap" />
            )}
          </span>
        </td>
      </tr>
      {note === null ? null : (
        <tr className={state.tone === 'failed' ? 'problem problem-failed' : 'problem'}>
          <td colSpan={6}>
            <div>
              <CircleAlert className="icon-s" aria-hidden="true" />
              <span className="grow wrap">{note}</span>
            </div>
          </td>
        </tr>
      )}
      {isRemoving ? (
        <tr className="form-row">
          <td colSpan={6}>
            <Asked
              remove={() => rest.removeKey(item.id, { revision: item.revision })}
              done={`Key ${item.id} is removed.`}
              onEnd={() => setIsRemoving(false)}
            >
              Remove {item.id}? {item.source.kind === 'stored' ? 'Its secret is deleted from the server. ' : ''}Sessions
              that use it go on with their agent’s other models.
            </Asked>
          </td>
        </tr>
      ) : null}
    </>
  );
}

function KeyMenu({ id, onChange, onRemove }: { id: string; onChange: () => void; onRemove: () => void }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="btn btn-quiet btn-s btn-icon" aria-label={`More for ${id}`}>
        <Ellipsis className="icon-s" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          // What is called up takes the focus, not the button that called it.
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          <DropdownMenu.Item className="menu-i" onSelect={onChange}>
            Change
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-i" onSelect={onRemove}>
            Remove
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
