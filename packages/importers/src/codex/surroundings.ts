/** What the log tells about the session: where it runs, on which model, where it comes from. */
import type { SessionDescription } from '@taffrail/wire';
import type { Sink } from '../contract.js';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.js';
import { forkedFrom, noteThreadMark, noteTurnMark, parentOf, readBirth } from './lineage.js';
import type { CodexState, Place } from './state.js';
import { setTitle } from './turns.js';

/** `session_meta`, or the bare first line of the oldest logs. Only the thread's own describes it. */
export function readMeta(state: CodexState, meta: JsonObject, place: Place, out: Sink): void {
  if (!readBirth(state, meta, place.at)) return;
  state.provider = stringAt(meta, 'model_provider') ?? state.provider;
  const branch = stringAt(objectAt(meta, 'git'), 'branch');
  const cwd = stringAt(meta, 'cwd');
  const agentVersion = stringAt(meta, 'cli_version');
  describe(state, 'program', { ...(branch ? { branch } : {}), ...(agentVersion ? { agentVersion } : {}) }, place, out);
  describe(state, 'cwd', cwd ? { cwd } : {}, place, out);
  const parentId = parentOf(meta);
  const origin = forkedFrom(meta, state.sessionId);
  describe(
    state,
    'origin',
    { ...(parentId && parentId !== state.sessionId ? { parentId } : {}), ...(origin ? { forkedFrom: origin } : {}) },
    place,
    out,
  );
  const agent = subAgentName(meta);
  if (agent && !state.titled) setTitle(state, agent, place, out);
}

/** A sub-agent's name in its team, or what kind of helper it is. */
function subAgentName(meta: JsonObject): string | undefined {
  const subAgent = objectAt(meta, 'source')['subagent'];
  const spawn = isObject(subAgent) ? objectAt(subAgent, 'thread_spawn') : {};
  const path = stringAt(meta, 'agent_path') ?? stringAt(spawn, 'agent_path');
  const name = path?.split('/').at(-1) ?? stringAt(meta, 'agent_nickname') ?? stringAt(spawn, 'agent_nickname');
  if (name) return name;
  return typeof subAgent === 'string' && subAgent !== ''
    ? subAgent
    : isObject(subAgent)
      ? stringAt(subAgent, 'other')
      : undefined;
}

/** `turn_context`: the settings of the turn's next requests. */
export function readTurnContext(state: CodexState, context: JsonObject, place: Place, out: Sink): void {
  const turnId = stringAt(context, 'turn_id');
  if (turnId !== undefined && turnId !== state.turn?.id) noteTurnMark(state, turnId, undefined);
  useModel(state, stringAt(context, 'model'), stringAt(context, 'effort'), place, out);
  const cwd = stringAt(context, 'cwd');
  describe(state, 'cwd', cwd ? { cwd } : {}, place, out);
}

/** `thread_settings_applied`: written on resume and after a replay; it names the thread that goes on from here. */
export function readSettings(state: CodexState, event: JsonObject, place: Place, out: Sink): void {
  noteThreadMark(state, stringAt(event, 'thread_id'));
  const settings = objectAt(event, 'thread_settings');
  state.provider = stringAt(settings, 'model_provider_id') ?? state.provider;
  useModel(state, stringAt(settings, 'model'), stringAt(settings, 'reasoning_effort'), place, out);
}

function useModel(
  state: CodexState,
  model: string | undefined,
  effort: string | undefined,
  place: Place,
  out: Sink,
): void {
  state.model = model ?? state.model;
  describe(state, 'model', { ...(model ? { model } : {}), ...(effort ? { effort } : {}) }, place, out);
}

/** States something when it changes; most lines repeat it. */
function describe(state: CodexState, key: string, data: SessionDescription, place: Place, out: Sink): void {
  const said = JSON.stringify(data);
  if (said === '{}' || state.described[key] === said) return;
  state.described[key] = said;
  out.row({ sessionId: state.sessionId, at: place.at, key, kind: 'session.described', data });
}
