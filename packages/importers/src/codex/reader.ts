/** Codex's rollouts, one record at a time: envelopes `{timestamp, type, payload}`, and the bare lines of 2025. */
import type { LineInfo, LinesReader, Sink } from '../contract.js';
import { isObject, type JsonObject, numberAt, objectAt, stringAt, timeAt } from '../json.js';
import { readAgentMessage, readCompaction, readMessage, readReasoning } from './messages.js';
import { readRollback, readShown } from './shown.js';
import { type CodexState, type Place, rowBase, startState } from './state.js';
import { readMeta, readSettings, readTurnContext } from './surroundings.js';
import { readCall, readCallEvent, readHostedCall, readOutput } from './tools.js';
import { codeOf, readTurnAborted, readTurnEnd, readTurnStart, setTitle } from './turns.js';
import { readTokenCount, readUsageRecord } from './usage.js';

type Reader = (state: CodexState, payload: JsonObject, place: Place, out: Sink) => void;

const nothing: Reader = () => undefined;

const items: Record<string, Reader> = {
  message: readMessage,
  agent_message: readAgentMessage,
  reasoning: readReasoning,
  function_call: readCall,
  custom_tool_call: readCall,
  local_shell_call: readCall,
  tool_search_call: readCall,
  function_call_output: readOutput,
  custom_tool_call_output: readOutput,
  local_shell_call_output: readOutput,
  tool_search_output: readOutput,
  web_search_call: readHostedCall,
  image_generation_call: readHostedCall,
  // Encrypted summaries (the `compacted` record tells of the compaction), file snapshots, tool lists.
  ...silent(
    'compaction',
    'compaction_summary',
    'context_compaction',
    'ghost_snapshot',
    'additional_tools',
    'configuration_update',
    'other',
  ),
};

/** Events whose content stands in response items too, or that say nothing about the conversation, are passed over. */
const events: Record<string, Reader> = {
  task_started: readTurnStart,
  turn_started: readTurnStart,
  task_complete: readTurnEnd,
  turn_complete: readTurnEnd,
  turn_aborted: readTurnAborted,
  token_count(state, event, place, out) {
    readTokenCount(state, event, place, out);
    readShown(state, event, place, out);
  },
  thread_rolled_back: readRollback,
  thread_settings_applied: readSettings,
  thread_name_updated: (state, event, place, out) => {
    const name = stringAt(event, 'thread_name');
    if (name) setTitle(state, name, place, out);
  },
  item_completed: (state, event) => readCallEvent(state, objectAt(event, 'item')),
  ...Object.fromEntries(
    ['exec_command_end', 'patch_apply_end', 'mcp_tool_call_end', 'collab_agent_spawn_end', 'sub_agent_activity'].map(
      (type) => [type, readCallEvent],
    ),
  ),
  error: readError(false),
  stream_error: readError(true),
  ...silent(
    'user_message',
    'agent_message',
    'agent_reasoning',
    'agent_reasoning_raw_content',
    'agent_reasoning_section_break',
    'context_compacted',
    'thread_goal_updated',
    'entered_review_mode',
    'exited_review_mode',
    'web_search_end',
    'image_generation_end',
    'view_image_tool_call',
    'plan_update',
    'turn_diff',
    'warning',
    'guardian_assessment',
    'guardian_warning',
    'background_event',
    'deprecation_notice',
    'model_reroute',
    'model_verification',
    'undo_started',
    'undo_completed',
    'exec_command_begin',
    'patch_apply_begin',
    'mcp_tool_call_begin',
    'web_search_begin',
    'collab_agent_interaction_end',
    'collab_waiting_end',
    'collab_close_end',
    'collab_resume_end',
    'dynamic_tool_call_request',
    'dynamic_tool_call_response',
    'item_started',
    'session_configured',
    'shutdown_complete',
    'raw_response_completed',
  ),
};

const records: Record<string, Reader> = {
  session_meta: readMeta,
  turn_context: readTurnContext,
  response_item: (state, payload, place, out) => readKind(items, 'response item', state, payload, place, out),
  event_msg: (state, payload, place, out) => readKind(events, 'event', state, payload, place, out),
  token_usage_record: readUsageRecord,
  compacted: readCompaction,
  ...silent(
    'world_state',
    'inter_agent_communication',
    'inter_agent_communication_metadata',
    'retained_context',
    'security_risk_score',
    'realtime_item',
    'agent_response_observation',
  ),
};

function silent(...types: string[]): Record<string, Reader> {
  return Object.fromEntries(types.map((type) => [type, nothing]));
}

function readKind(
  readers: Record<string, Reader>,
  what: string,
  state: CodexState,
  payload: JsonObject,
  place: Place,
  out: Sink,
): void {
  const type = stringAt(payload, 'type') ?? '';
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader) reader(state, payload, place, out);
  else out.problem('unknown_record', `${what} ${type || 'without a type'}`);
}

function readError(retried: boolean): Reader {
  return (state, event, place, out) => {
    const code = codeOf(event);
    const data = {
      type: 'error' as const,
      text: stringAt(event, 'message') ?? 'error',
      retried,
      ...(code ? { code } : {}),
    };
    out.row({ ...rowBase(state, place), key: `error:${place.hash()}`, kind: 'item.recorded', data });
  };
}

export const codexLines: LinesReader<CodexState> = {
  start: startState,
  read(state, record, info, out) {
    const place = placeOf(record, info);
    const type = stringAt(record, 'type') ?? '';
    if (isObject(record['payload'])) {
      state.hasEnvelopes = true;
      return readEnvelope(state, type, record['payload'], place, out);
    }
    // Where lines have envelopes, a bare item is the inside of a torn one, which comes again when it is whole.
    if (Object.hasOwn(items, type) && !state.hasEnvelopes)
      return readKind(items, 'response item', state, record, place, out);
    // The first line of the oldest logs, and their marks of a place in the program's own history.
    if (type === '' && stringAt(record, 'id') && ('timestamp' in record || 'instructions' in record))
      return readMeta(state, record, place, out);
    if (type === '' && 'record_type' in record) return;
    out.problem('unknown_record', `record type ${type || 'missing'}`);
  },
};

function readEnvelope(state: CodexState, type: string, payload: JsonObject, place: Place, out: Sink): void {
  const reader = Object.hasOwn(records, type) ? records[type] : undefined;
  if (reader) reader(state, payload, place, out);
  else out.problem('unknown_record', `record type ${type || 'missing'}`);
}

function placeOf(record: JsonObject, info: LineInfo): Place {
  return { at: timeAt(record, 'timestamp'), ordinal: numberAt(record, 'ordinal') ?? null, hash: () => info.hash() };
}
