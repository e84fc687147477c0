/** Undoes the session's last restore. */
import { useState } from 'react';
import { undoRestore } from './undo-restore.js';

export function UndoButton({ sessionId, className = '' }: { sessionId: string; className?: string }) {
  const [isGoing, setIsGoing] = useState(false);
  const undo = async () => {
    setIsGoing(true);
    await undoRestore(sessionId);
    setIsGoing(false);
  };
  return (
    <button type="button" className={`btn btn-s ${className}`} disabled={isGoing} onClick={() => void undo()}>
      Undo
    </button>
  );
}
