/** The model's lines: text, thoughts and calls; in sub-agents' files one line for the text, one for each call. */
import type { Sink } from '../contract.js';
import { baseOf, describe, endTurn, recordItem, reopenTurn } from '../conversation.js';
import { readParts } from '../gemini/parts.js';
import { isObject, type JsonObject, jsonText, objectAt, stringAt } from '../json.js';
import type { LinePlace } from './place.js';
import { type QwenState, remember } from './state.js';
import { agentRequest } from './telemetry.js';
import { draftOf, figuresOfAnswer, identityOf, nameOf } from './usage.js';

export function readAssistant(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const parts = readParts(objectAt(line, 'message')['parts']);
  const continues = state.agent !== null && !isObject(line['usageMetadata']) && parts.text === '';
  const step = continues ? state.turn && Math.max(0, state.turn.step - 1) : state.turn?.step;
  const base = { ...baseOf(state, place.at), ...(typeof step === 'number' ? { step } : {}) };
  readUsage(state, line, base, place, out);
  describeModel(state, line, place, out);
  if (parts.thoughts) recordItem(base, `thoughts:${place.id}`, { type: 'reasoning', text: parts.thoughts }, out);
  const said = { type: 'message', role: 'assistant', author: 'model', text: parts.text } as const;
  if (parts.text || parts.files.length > 0) recordItem(base, `message:${place.id}`, said, out, parts.files);
  parts.calls.forEach(({ id, name, args }, index) => {
    const callId = id ?? `${place.id}:${index}`;
    recordItem(base, `call:${callId}`, { type: 'tool_call', callId, name, text: jsonText(args ?? {}) }, out);
  });
  if (parts.calls.length > 0) reopenTurn(state, place.at, out);
  else if (parts.text) endTurn(state, place.at, 'complete', out);
  if (state.turn && !continues) state.turn.step += 1;
}

type Base = ReturnType<typeof baseOf>;

/** The request of this answer, unless a telemetry line told it already. */
function readUsage(state: QwenState, line: JsonObject, base: Base, place: LinePlace, out: Sink): void {
  const metadata = line['usageMetadata'];
  if (!isObject(metadata)) return;
  const figures = figuresOfAnswer(metadata, out);
  const name = nameOf(figures);
  if (state.told.includes(name)) return;
  const attemptId = state.agent
    ? agentRequest(state, state.agent.id, name, place)
    : `${stringAt(line, 'parentUuid') ?? place.id}:${name}`;
  if (!state.agent) remember(state.untold, name, attemptId);
  const data = draftOf(attemptId, stringAt(line, 'model') ?? state.agent?.model ?? null, figures);
  out.row({ ...base, key: `usage:${attemptId}`, kind: 'usage.recorded', data, identity: identityOf(attemptId, line) });
}

function describeModel(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const model = stringAt(line, 'model') ?? state.agent?.model;
  if (!model || model === state.model) return;
  state.model = model;
  describe(baseOf(state, place.at), `model:${place.id}`, { model }, out);
}
