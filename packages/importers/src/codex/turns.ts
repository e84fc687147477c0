/** Turns and steps: marked by the program in newer logs, begun by a prompt in older ones. */
import type { Sink } from '../contract.js';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.js';
import { titleFrom } from '../text.js';
import { noteTurnMark } from './lineage.js';
import { noteTurn } from './shown.js';
import { type CodexState, type Place, rowBase } from './state.js';

/** `task_started`. */
export function readTurnStart(state: CodexState, event: JsonObject, place: Place, out: Sink): void {
  const turnId = stringAt(event, 'turn_id');
  noteTurnMark(state, turnId, event['started_at']);
  startTurn(state, turnId ?? place.hash(), true, place, out);
}

function startTurn(state: CodexState, id: string, marked: boolean, place: Place, out: Sink): void {
  state.turn = {
    id,
    marked,
    open: true,
    prompted: false,
    step: 0,
    stepOver: false,
    callsTool: false,
  };
  noteTurn(state, id);
  out.row({ sessionId: state.sessionId, at: place.at, turnId: id, key: `turn:${id}`, kind: 'turn.started', data: {} });
}

/** A person's prompt. It begins a turn unless the program has marked one; within a turn it steers. */
export function startPrompt(state: CodexState, prompt: string, place: Place, out: Sink): void {
  if (!state.turn?.marked || !state.turn.open) startTurn(state, place.hash(), false, place, out);
  if (state.turn) state.turn.prompted = true;
  const title = state.titled ? undefined : titleFrom(prompt);
  if (title) setTitle(state, title, place, out);
}

export function setTitle(state: CodexState, title: string, place: Place, out: Sink): void {
  state.titled = true;
  out.row({ sessionId: state.sessionId, at: place.at, key: 'title', kind: 'session.described', data: { title } });
}

/** `task_complete`: done, or given up with an error. */
export function readTurnEnd(state: CodexState, event: JsonObject, place: Place, out: Sink): void {
  const turnId = stringAt(event, 'turn_id');
  const { error } = event;
  if (isObject(error)) failTurn(state, turnId, error, place, out);
  else endTurn(state, turnId, { outcome: 'complete' }, place, out);
}

function failTurn(state: CodexState, turnId: string | undefined, error: JsonObject, place: Place, out: Sink): void {
  const text = stringAt(error, 'message') ?? 'the turn failed';
  const code = codeOf(error);
  const data = { type: 'error' as const, text, ...(code ? { code } : {}) };
  out.row({ ...rowBase(state, place), key: `error:${turnId ?? place.hash()}`, kind: 'item.recorded', data });
  endTurn(state, turnId, { outcome: 'failed', reason: text }, place, out);
}

export function codeOf(error: JsonObject): string | undefined {
  return stringAt(error, 'codex_error_info') ?? Object.keys(objectAt(error, 'codex_error_info'))[0];
}

/** `turn_aborted`: stopped by a person, or replaced by another turn. */
export function readTurnAborted(state: CodexState, event: JsonObject, place: Place, out: Sink): void {
  endTurn(
    state,
    stringAt(event, 'turn_id'),
    { outcome: 'interrupted', reason: stringAt(event, 'reason') ?? 'interrupted' },
    place,
    out,
  );
}

type Ending = { outcome: 'complete' | 'failed' | 'interrupted'; reason?: string };

function endTurn(state: CodexState, stated: string | undefined, data: Ending, place: Place, out: Sink): void {
  const turnId = stated ?? state.turn?.id;
  if (!turnId) return;
  if (state.turn?.id === turnId) state.turn.open = false;
  out.row({ sessionId: state.sessionId, at: place.at, turnId, key: `end:${turnId}`, kind: 'turn.completed', data });
}

/** The model begins to speak: the next step, where the last one is over. */
export function beginStep(state: CodexState): void {
  const { turn } = state;
  if (!turn?.stepOver) return;
  turn.step += 1;
  turn.stepOver = false;
  turn.callsTool = false;
}

/** The response's usage, or the output of a tool it called, was logged. */
export function endStep(state: CodexState): void {
  if (state.turn) state.turn.stepOver = true;
}

/** Old logs do not mark a turn's end: it is over when a response that asks for no tool is counted. */
export function endUnmarkedTurn(state: CodexState, place: Place, out: Sink): void {
  const { turn } = state;
  if (turn && !turn.marked && turn.open && !turn.callsTool)
    endTurn(state, turn.id, { outcome: 'complete' }, place, out);
}
