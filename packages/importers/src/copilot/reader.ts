/** Copilot CLI's event log, one event at a time: `{type, data, id, timestamp, parentId, agentId?}`. */
import type { SessionDescription } from '@taffrail/wire';
import type { LineInfo, LinesReader, Sink } from '../contract.js';
import { type JsonObject, objectAt, stringAt, timeAt } from '../json.js';
import {
  readAbort,
  readAnswer,
  readCompaction,
  readError,
  readStepEnd,
  readStepStart,
  readToolEnd,
  readToolStart,
  readUserMessage,
  setTitle,
} from './conversation.js';
import { type CopilotState, callOf, noteCall, type Place, startState, type Thread, threadOf } from './state.js';
import { readTotals, readUsageRecord } from './usage.js';

type Reader = (state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink) => void;

const readers: Record<string, Reader> = {
  'session.start': readStart,
  'session.resume': readContext,
  'session.context_changed': readContext,
  'session.model_change': readModel,
  'session.title_changed': (_state, thread, data, place, out) => {
    const title = stringAt(data, 'title');
    if (title) setTitle(thread, title, place, out);
  },
  'session.usage_record': readUsageRecord,
  'session.shutdown': (state, _thread, data, place, out) => readTotals(state, data, place, out),
  'session.error': readError,
  'session.compaction_complete': readCompaction,
  'user.message': readUserMessage,
  'assistant.turn_start': readStepStart,
  'assistant.turn_end': readStepEnd,
  'assistant.message': readAnswer,
  'tool.user_requested': readToolStart,
  'tool.execution_start': readToolStart,
  'tool.execution_complete': readToolEnd,
  'subagent.started': readSubAgent,
  abort: readAbort,
};

/** Machinery, and what stands elsewhere too (a started tool in its result, deltas in their message), in the versions seen. */
const silentFamilies =
  /^(hook|permission|skill|mcp|command|commands|elicitation|sampling|user_input|external_tool|capabilities|exit_plan_mode|extensions|canvas|custom|fusion)[._]/;
const silentTypes = new Set(
  [
    ...[
      'info',
      'warning',
      'idle',
      'truncation',
      'snapshot_rewind',
      'compaction_start',
      'usage_checkpoint',
      'usage_info',
      'context_cleared',
      'task_complete',
      'handoff',
    ],
    ...[
      'mode_changed',
      'plan_changed',
      'todos_changed',
      'workspace_file_changed',
      'permissions_changed',
      'limits_changed',
      'auto_mode_resolved',
      'schedule_created',
    ],
    ...[
      'schedule_cancelled',
      'autopilot_objective_changed',
      'remote_steerable_changed',
      'tools_updated',
      'skills_loaded',
      'custom_agents_updated',
      'end',
    ],
  ]
    .map((name) => `session.${name}`)
    .concat([
      'assistant.intent',
      'assistant.reasoning',
      'assistant.idle',
      'assistant.usage',
      'model.call_failure',
      'model.call_finished',
      'pending_messages.modified',
      'subagent.configured',
      'subagent.completed',
      'subagent.failed',
      'subagent.selected',
      'subagent.deselected',
      'system.message',
      'system.notification',
      'tool.execution_partial_result',
      'tool.execution_progress',
      'tool_search.activated',
    ]),
);

export const copilotLines: LinesReader<CopilotState> = {
  start: startState,
  read(state, event, info, out) {
    const type = stringAt(event, 'type') ?? '';
    const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
    if (!reader) {
      if (!silentTypes.has(type) && !silentFamilies.test(type))
        out.problem('unknown_record', `event type ${type || 'missing'}`);
      return;
    }
    const data = objectAt(event, 'data');
    if (type === 'session.start' && !state.named) state.sessionId = stringAt(data, 'sessionId') ?? state.sessionId;
    const place = placeOf(state, event, info);
    reader(state, threadOf(state, place.sessionId), data, place, out);
  },
};

/** A sub-agent's events stand in the same file, under the agent's id: it is a session of its own. */
function placeOf(state: CopilotState, event: JsonObject, info: LineInfo): Place {
  const agentId = stringAt(event, 'agentId');
  return {
    sessionId: agentId ? `${state.sessionId}.${agentId}` : state.sessionId,
    at: timeAt(event, 'timestamp'),
    eventId: stringAt(event, 'id') ?? info.hash(),
  };
}

function readStart(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  const agentVersion = stringAt(data, 'copilotVersion');
  describe(state, 'program', agentVersion ? { agentVersion } : {}, place, out);
  readContext(state, thread, data, place, out);
}

function readContext(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  // A change of context states it directly; a start or resume states it among other things.
  const context = 'context' in data ? objectAt(data, 'context') : data;
  const [cwd, branch] = [stringAt(context, 'cwd'), stringAt(context, 'branch')];
  describe(state, 'place', { ...(cwd ? { cwd } : {}), ...(branch ? { branch } : {}) }, place, out);
  useModel(state, thread, stringAt(data, 'selectedModel'), stringAt(data, 'reasoningEffort'), place, out);
}

function readModel(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  useModel(state, thread, stringAt(data, 'newModel'), stringAt(data, 'reasoningEffort'), place, out);
}

function useModel(
  state: CopilotState,
  thread: Thread,
  model: string | undefined,
  effort: string | undefined,
  place: Place,
  out: Sink,
): void {
  thread.model = model ?? thread.model;
  describe(state, 'model', { ...(model ? { model } : {}), ...(effort ? { effort } : {}) }, place, out);
}

/** A sub-agent begins: the session whose tool call it answers is its parent. */
function readSubAgent(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  if (place.sessionId === state.sessionId) return;
  const callId = stringAt(data, 'toolCallId');
  const call = callId ? callOf(state, callId) : undefined;
  if (callId && call) noteCall(state, callId, { ...call, childSessionId: place.sessionId });
  describe(state, 'origin', { parentId: call?.sessionId ?? state.sessionId }, place, out);
  useModel(state, thread, stringAt(data, 'model'), undefined, place, out);
  const title = stringAt(data, 'agentDescription') ?? stringAt(data, 'agentDisplayName') ?? stringAt(data, 'agentName');
  if (title) setTitle(thread, title, place, out);
}

/** States something when it changes; many events repeat it. */
function describe(state: CopilotState, key: string, data: SessionDescription, place: Place, out: Sink): void {
  const said = JSON.stringify(data);
  const about = `${place.sessionId} ${key}`;
  if (said === '{}' || state.described[about] === said) return;
  state.described[about] = said;
  out.row({ sessionId: place.sessionId, at: place.at, key, kind: 'session.described', data });
}
