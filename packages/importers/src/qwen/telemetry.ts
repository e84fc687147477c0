/** Telemetry lines (`system/ui_telemetry`): requests, refused requests, and how long tools took. */
import type { Sink } from '../contract.js';
import { baseOf, describe, endTurn, idAt, type RowBase, recordItem } from '../conversation.js';
import { type JsonObject, numberAt, objectAt, stringAt } from '../json.js';
import { isCopy, type LinePlace } from './place.js';
import { agentSession, type QwenState, remember, rememberIn } from './state.js';
import { draftOf, figuresOfEvent, identityOf, nameOf } from './usage.js';

type EventReader = (state: QwenState, line: JsonObject, event: JsonObject, place: LinePlace, out: Sink) => void;

// Other events say nothing of the conversation.
const readers: Record<string, EventReader> = {
  'qwen-code.api_response': readResponse,
  'qwen-code.api_error': readRefusal,
  'qwen-code.tool_call': noteDuration,
};

export function readTelemetry(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const event = objectAt(objectAt(line, 'systemPayload'), 'uiEvent');
  readers[stringAt(event, 'event.name') ?? '']?.(state, line, event, place, out);
}

// Helpers that the program runs behind the person's back: they leave no transcript of their own.
const hidden = /^managed-/;

/** The sub-agent that sent the request, if it is one with a transcript of its own. */
function agentOf(event: JsonObject): string | undefined {
  const id = idAt(event, 'subagent_id');
  return id && !hidden.test(id) ? id : undefined;
}

/** The main conversation's own request, whose answer stands in the same file. */
function isFromMain(event: JsonObject): boolean {
  return stringAt(event, 'subagent_id') === undefined && stringAt(event, 'subagent_name') === undefined;
}

function readResponse(state: QwenState, line: JsonObject, event: JsonObject, place: LinePlace, out: Sink): void {
  const figures = figuresOfEvent(event, out);
  const agentId = agentOf(event);
  const name = nameOf(figures);
  const attemptId = agentId ? agentRequest(state, agentId, name, place) : mainRequest(state, name, place);
  const isMain = isFromMain(event);
  if (isMain) rememberIn(state.told, name);
  // A fork holds its parent's sub-agents' requests, not the sub-agents.
  const base = agentId && !isCopy(line) ? agentBase(state, event, agentId, place, out) : baseOf(state, place.at);
  const step = isMain && state.turn ? { step: state.turn.step } : {};
  const data = draftOf(attemptId, stringAt(event, 'model') ?? null, figures);
  const identity = identityOf(attemptId, line);
  out.row({ ...base, ...step, key: `usage:${attemptId}`, kind: 'usage.recorded', data, identity });
}

/** Named by the telemetry line, which the answer's line follows: it has this line as its parent. */
function mainRequest(state: QwenState, name: string, place: LinePlace): string {
  return state.untold[name] ?? `${place.id}:${name}`;
}

/** Named by the agent and the figures: all that the main file and the agent's own file have in common. */
export function agentRequest(state: QwenState, agentId: string, name: string, place: LinePlace): string {
  const request = `${agentId}:${name}`;
  const tellers = state.agentRequests[request] ?? [];
  rememberIn(tellers, place.id);
  remember(state.agentRequests, request, tellers);
  const count = tellers.indexOf(place.id);
  return count > 0 ? `${request}~${count + 1}` : request;
}

/** A sub-agent's request belongs to the sub-agent's session, which the main file may tell of first. */
function agentBase(state: QwenState, event: JsonObject, agentId: string, place: LinePlace, out: Sink): RowBase {
  const base = { sessionId: agentSession(place.session, agentId), at: place.at };
  const type = stringAt(event, 'subagent_type') ?? stringAt(event, 'subagent_name');
  if (type && agentId.startsWith(`${type}-`)) remember(state.children, agentId.slice(type.length + 1), agentId);
  const title = stringAt(event, 'subagent_task_name');
  const model = stringAt(event, 'model');
  const data = { parentId: place.session, ...(title ? { title } : {}), ...(model ? { model } : {}) };
  describe(base, `agent:${agentId}`, data, out);
  return base;
}

function readRefusal(state: QwenState, line: JsonObject, event: JsonObject, place: LinePlace, out: Sink): void {
  const text = stringAt(event, 'error_message') ?? stringAt(event, 'error_type') ?? 'API error';
  const code = stringAt(event, 'status_code') ?? numberAt(event, 'status_code')?.toString();
  const agentId = agentOf(event);
  const base = agentId && !isCopy(line) ? agentBase(state, event, agentId, place, out) : baseOf(state, place.at);
  recordItem(base, `error:${place.id}`, { type: 'error', text, ...(code ? { code } : {}) }, out);
  const isMain = isFromMain(event);
  if (isMain) endTurn(state, place.at, 'failed', out, text.slice(0, 200));
}

function noteDuration(state: QwenState, _line: JsonObject, event: JsonObject): void {
  const callId = stringAt(event, 'call_id');
  const durationMs = numberAt(event, 'duration_ms');
  if (callId && durationMs !== undefined && durationMs >= 0) remember(state.durations, callId, durationMs);
}
