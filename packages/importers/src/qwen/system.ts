/** `system` lines: telemetry, titles, compressions, commands; and many that say nothing of the conversation. */
import type { Sink } from '../contract.js';
import { baseOf, describe, endTurn, recordItem, type TurnOutcome } from '../conversation.js';
import { readParts } from '../gemini/parts.js';
import { type JsonObject, numberAt, objectAt, objectsAt, shown, stringAt } from '../json.js';
import type { LinePlace } from './place.js';
import type { QwenState } from './state.js';
import { readTelemetry } from './telemetry.js';

type SystemReader = (state: QwenState, line: JsonObject, place: LinePlace, out: Sink) => void;

const readers: Record<string, SystemReader> = {
  ui_telemetry: readTelemetry,
  custom_title: readTitle,
  chat_compression: readCompression,
  slash_command: readCommand,
  parent_session: readParent,
  turn_result: readTurnResult,
};

const silentSubtypes = new Set([
  'agent_bootstrap',
  'agent_launch_prompt',
  'agent_retry',
  'agent_session_ready',
  'at_command',
  'attribution_snapshot',
  'background_task_completed',
  'branch_checkpoint',
  'file_history_snapshot',
  'goal_state',
  'goal_turn_end',
  'omni_recall',
  // A rewind changes what the model sees next; the log keeps what was said and spent.
  'rewind',
  'session_artifact_event',
  'session_artifact_snapshot',
  'session_model',
  'session_source',
  'session_sources_snapshot',
  'user_text_elements',
]);

export function readSystem(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const subtype = stringAt(line, 'subtype') ?? '';
  const reader = readers[subtype];
  if (reader) reader(state, line, place, out);
  else if (!silentSubtypes.has(subtype))
    out.problem('unknown_record', `system line ${shown(subtype || 'without a subtype')}`);
}

function readTitle(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const title = stringAt(objectAt(line, 'systemPayload'), 'customTitle');
  if (!title) return;
  state.titled = true;
  describe(baseOf(state, place.at), `title:${place.id}`, { title }, out);
}

function readCompression(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const payload = objectAt(line, 'systemPayload');
  const info = objectAt(payload, 'info');
  const [before, after] = [wholeAt(info, 'originalTokenCount'), wholeAt(info, 'newTokenCount')];
  const reason = stringAt(info, 'triggerReason');
  const data = {
    type: 'compaction' as const,
    text: summaryIn(objectsAt(payload, 'compressedHistory')),
    trigger:
      reason === undefined ? ('unknown' as const) : reason === 'manual' ? ('manual' as const) : ('auto' as const),
    ...(before === undefined ? {} : { tokensBefore: before }),
    ...(after === undefined ? {} : { tokensAfter: after }),
  };
  recordItem(baseOf(state, place.at), `compaction:${place.id}`, data, out);
}

/** The summary heads the history that the model sees from then on; environment texts may stand before it. */
function summaryIn(history: JsonObject[]): string {
  const texts = history
    .filter((content) => content['role'] === 'user')
    .map((content) => readParts(content['parts']).text);
  return texts.find((text) => text.includes('<state_snapshot>')) ?? texts[0] ?? '';
}

function wholeAt(value: JsonObject, key: string): number | undefined {
  const number = numberAt(value, key);
  return number !== undefined && Number.isInteger(number) && number >= 0 ? number : undefined;
}

/** A command typed to the program, not to the model. */
function readCommand(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const payload = objectAt(line, 'systemPayload');
  const text = stringAt(payload, 'rawCommand');
  if (!text || payload['phase'] === 'result') return;
  const base = baseOf(state, place.at);
  recordItem(base, `message:${place.id}`, { type: 'message', role: 'user', author: 'human', text }, out);
}

function readParent(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const parentId = stringAt(objectAt(line, 'systemPayload'), 'parentSessionId');
  if (parentId) describe(baseOf(state, place.at), `parent:${place.id}`, { parentId }, out);
}

const outcomes: Record<string, TurnOutcome> = { completed: 'complete', cancelled: 'cancelled', error: 'failed' };

function readTurnResult(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const payload = objectAt(line, 'systemPayload');
  const outcome = outcomes[stringAt(payload, 'state') ?? ''];
  if (outcome) endTurn(state, place.at, outcome, out, stringAt(objectAt(payload, 'error'), 'message'));
}
