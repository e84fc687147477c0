/** Turns of Claude Code's conversations: begun by a prompt, or by what the program says in the person's name. */
import type { RowDraft, Sink } from '../contract.js';
import { titleFrom } from '../text.js';
import type { Thread } from './state.js';

export interface LinePlace {
  sessionId: string;
  at: number | null;
  /** Names the line where nothing in it does. */
  fallbackKey: string;
}

/** Begins the turn that the line `uuid` asks for. A turn left open before it ended without saying so. */
export function startTurn(thread: Thread, uuid: string, prompt: string, place: LinePlace, out: Sink): void {
  if (thread.turnId && !thread.ended)
    endTurn(thread, { ...place, at: thread.lastAt }, { outcome: restingOutcome(thread) }, out);
  const { sessionId, at } = place;
  thread.turnId = uuid;
  thread.ended = false;
  thread.trigger = null;
  thread.step = 0;
  thread.message = null;
  out.row({ sessionId, at, turnId: uuid, key: `turn:${uuid}`, kind: 'turn.started', data: {} });
  const title = thread.titled ? undefined : titleFrom(prompt);
  if (!title) return;
  thread.titled = true;
  out.row({ sessionId, at, key: `title:${uuid}`, kind: 'session.described', data: { title } });
}

/** Old versions do not mark the last message of a turn; one that waits for no tool was the last. */
function restingOutcome(thread: Thread): 'complete' | 'interrupted' {
  return thread.message?.lastBlock === 'text' ? 'complete' : 'interrupted';
}

/** The model answers: if nothing is open, what the program said last began the turn. */
export function continueTurn(thread: Thread, place: LinePlace, out: Sink): void {
  const { trigger } = thread;
  if (!trigger || (thread.turnId && !thread.ended)) return;
  startTurn(thread, trigger.uuid, trigger.title ?? '', { ...place, at: trigger.at ?? place.at }, out);
}

type Ending = Extract<RowDraft, { kind: 'turn.completed' }>['data'];

export function endTurn(thread: Thread, place: LinePlace, data: Ending, out: Sink): void {
  const { turnId } = thread;
  if (!turnId) return;
  thread.ended = true;
  thread.trigger = null;
  const { sessionId, at } = place;
  out.row({ sessionId, at, turnId, key: `end:${turnId}`, kind: 'turn.completed', data });
}
