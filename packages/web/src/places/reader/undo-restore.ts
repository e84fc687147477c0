/** What is said after a restore, and the way back from it. */
import type { FilesRestored } from '@taffrail/wire';
import { give } from '../../app/orders.js';
import { hideToast, showToast } from '../../app/toasts.js';
import { placeWords, restoredWords } from './restore-words.js';

/** The notice that offers to undo: it goes once that was done, wherever it was asked for. */
let offered: number | null = null;

export function sayRestored(sessionId: string, turnsLeft: number, restored: FilesRestored | null): void {
  offered = showToast({
    text: `Restored to ${placeWords(turnsLeft)}.${restored ? ` ${restoredWords(restored)}` : ''}`,
    isError: restored?.outcome === 'failed',
    action: { label: 'Undo', run: () => void undoRestore(sessionId) },
  });
}

/** Undoes the session's last restore, and says how that went. */
export async function undoRestore(sessionId: string): Promise<void> {
  if (offered !== null) hideToast(offered);
  offered = null;
  try {
    const { restored } = await give('undoRewind', { sessionId });
    const isError = restored?.outcome === 'failed';
    showToast({ text: `Everything is back.${restored ? ` ${restoredWords(restored)}` : ''}`, isError });
  } catch {
    // It was said.
  }
}
