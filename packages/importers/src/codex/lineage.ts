/**
 * Whose line is it? Forks and sub-agents begin with a replay of their parent's lines, stamped anew. Their own
 * lines are told from it by what the log states: the record's thread, the ordinal, the turn's birth against the
 * threads' births. See README.md.
 */
import { isObject, type JsonObject, numberAt, objectAt, stringAt, timeAt, timeOf } from '../json.js';
import type { Birth, CodexState, Lineage, Place } from './state.js';

const ancestorsMax = 32;
// Versions from here on may write usage records, and drop them where they replay a parent's running totals.
const recordsSince = [0, 140] as const;
// A line stamped this much before its own file was made was copied into it.
const clockSlackMs = 1000;

/** Takes in a `session_meta` line. True when it is this thread's own. */
export function readBirth(state: CodexState, meta: JsonObject, lineAt: number | null): boolean {
  const id = stringAt(meta, 'id');
  const own = id === undefined || id === state.sessionId || (!state.named && state.lineage.own === null);
  if (own) {
    if (state.lineage.own) return true;
    if (!state.named && id) state.sessionId = id;
    noteOwn(state.lineage, meta, birthOf(state.sessionId, meta, lineAt));
    return true;
  }
  noteAncestor(state, birthOf(id as string, meta, null));
  return false;
}

function birthOf(id: string, meta: JsonObject, lineAt: number | null): Birth {
  return { id, at: uuidTime(id) ?? timeAt(meta, 'timestamp') ?? lineAt };
}

function noteOwn(lineage: Lineage, meta: JsonObject, own: Birth): void {
  const parentId = parentOf(meta) ?? forkedFrom(meta, own.id);
  lineage.own = own;
  lineage.parentId = parentId && parentId !== own.id ? parentId : lineage.parentId;
  lineage.forked = forkedFrom(meta, own.id) !== undefined;
  lineage.historyBase = isObject(meta['history_base']);
  lineage.ownFromOrdinal = numberAt(meta, 'subagent_history_start_ordinal') ?? null;
  const version = /^(\d+)\.(\d+)\./.exec(stringAt(meta, 'cli_version') ?? '');
  lineage.writesRecords =
    version !== null && (Number(version[1]) > recordsSince[0] || Number(version[2]) >= recordsSince[1]);
}

function noteAncestor(state: CodexState, birth: Birth): void {
  const { lineage } = state;
  if (lineage.ancestors.some((known) => known.id === birth.id) || lineage.ancestors.length >= ancestorsMax) return;
  lineage.ancestors.push(birth);
  lineage.parentId ??= birth.id;
  // What follows is a replay, or the thread's own lines right after it: the next mark of a turn tells.
  state.turnOwner = null;
}

/** The thread that spawned this one; `undefined` for a thread of its own and for a plain fork. */
export function parentOf(meta: JsonObject): string | undefined {
  const spawn = objectAt(objectAt(objectAt(meta, 'source'), 'subagent'), 'thread_spawn');
  return stringAt(meta, 'parent_thread_id') ?? stringAt(spawn, 'parent_thread_id');
}

/** The thread whose history this one goes on from. */
export function forkedFrom(meta: JsonObject, ownId: string): string | undefined {
  const from = stringAt(meta, 'forked_from_id') ?? stringAt(objectAt(meta, 'history_base'), 'thread_id');
  return from === ownId ? undefined : from;
}

/** Takes in a turn's mark: its id and, where stated, when it began (seconds). */
export function noteTurnMark(state: CodexState, turnId: string | undefined, startedAt: unknown): void {
  if (turnId === undefined && startedAt === undefined) return;
  state.turnOwner = ownerOfTurn(state.lineage, turnId, timeOf(startedAt));
}

/** A mark that names its thread. */
export function noteThreadMark(state: CodexState, threadId: string | undefined): void {
  if (threadId) state.turnOwner = threadId;
}

/** A turn belongs to the youngest thread of the line that had been made when it began. */
function ownerOfTurn(lineage: Lineage, turnId: string | undefined, startedAt: number | null): string | null {
  const { own, parentId } = lineage;
  if (!own) return null;
  if (!parentId) return own.id;
  const exact = turnId === undefined ? null : uuidTime(turnId);
  const began = exact ?? startedAt;
  if (began === null || own.at === null) return null;
  if (began >= own.at) return own.id;
  // A start in whole seconds may lie in the very second in which the thread was made.
  if (exact === null && began + 1000 > own.at) return null;
  const parent: Birth = { id: parentId, at: uuidTime(parentId) };
  const line = [...lineage.ancestors, parent].filter((birth) => birth.at !== null && birth.at <= began);
  return (
    line.reduce<Birth | null>(
      (youngest, birth) => (!youngest || (birth.at ?? 0) > (youngest.at ?? 0) ? birth : youngest),
      null,
    )?.id ?? parentId
  );
}

/** The thread that a line belongs to, `null` where it cannot be told: then it is the thread's own or a replay. */
export function ownerOfLine(state: CodexState, place: Place): string | null {
  const { own, parentId, ownFromOrdinal } = state.lineage;
  if (!own) return null;
  if (!parentId) return own.id;
  if (ownFromOrdinal !== null && place.ordinal !== null && place.ordinal < ownFromOrdinal)
    return foreign(state) ?? parentId;
  if (place.at !== null && own.at !== null && place.at < own.at - clockSlackMs) return foreign(state) ?? parentId;
  return state.turnOwner;
}

/**
 * The thread that a line of unknown owner would be replayed from, if it is a replay. A sub-agent whose file names a
 * parent but shows no replay can only have had one in the moment it was made.
 */
export function replayedFrom(state: CodexState, place: Place): string | null {
  const { own, parentId, ancestors, forked } = state.lineage;
  const replays =
    forked || ancestors.length > 0 || place.at === null || own?.at == null || place.at <= own.at + clockSlackMs;
  return replays ? parentId : null;
}

function foreign(state: CodexState): string | null {
  return state.turnOwner === state.sessionId ? null : state.turnOwner;
}

/** The time inside a version 7 UUID, in milliseconds; `null` for any other id. */
export function uuidTime(id: string): number | null {
  const found = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.exec(id);
  return found ? timeOf(Number.parseInt(`${found[1]}${found[2]}`, 16)) : null;
}
