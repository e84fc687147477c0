/** Where a session was restored to: what went, and the way back while there is one. */
import type { RewindMark as Mark } from '@taffrail/wire';
import { Undo2 } from 'lucide-react';
import { useServes } from '../../app/serves.js';
import { counted } from '../../parts/format-number.js';
import { clock, exactTime } from '../../parts/format-time.js';
import { placeWords, restoredWords } from './restore-words.js';
import { UndoButton } from './undo-button.js';

export function RewindMark({ mark, sessionId }: { mark: Mark; sessionId: string }) {
  const restores = useServes('checkpoints');
  const { turnsLeft, turnsAside, restored, files, isOpen, at } = mark;
  const isPartial = restored !== null && restored.outcome !== 'restored';
  return (
    <div className="rewound">
      <Undo2 className="icon-xs" aria-hidden="true" />
      <span className="grow">
        <b>Restored to {placeWords(turnsLeft)}.</b> {counted(turnsAside, 'turn')} set aside.{' '}
        {restored ? restoredWords(restored) : files ? 'The files are being put back.' : ''}{' '}
        {restored?.finishedLater ? 'The server was stopped meanwhile, and finished it afterwards. ' : ''}
        <span className="ink3 xs" title={exactTime(at)}>
          {clock(at)}
        </span>
        {isPartial && restored.left.length > 0 ? (
          <ul className="xs">
            {restored.left.map(({ path, why }) => (
              <li key={path}>
                <span className="mono">{path}</span>: {why}
              </li>
            ))}
          </ul>
        ) : null}
      </span>
      {isOpen && restores ? <UndoButton sessionId={sessionId} /> : null}
    </div>
  );
}
