/** Lines in the user's role: a person's prompts, what the program says in their name, and tools' results. */
import type { Sink } from '../contract.js';
import { baseOf, describe, recordItem, startTurn } from '../conversation.js';
import { partList, readParts } from '../gemini/parts.js';
import { type JsonObject, numberAt, objectAt, stringAt } from '../json.js';
import { titleFrom } from '../text.js';
import type { LinePlace } from './place.js';
import { agentSession, type QwenState } from './state.js';

const reminder = /^\s*<system-reminder>/;

export function readUser(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const list = partList(objectAt(line, 'message')['parts']);
  const isReminder = (part: JsonObject) => reminder.test(stringAt(part, 'text') ?? '');
  const { text, files } = readParts(list.filter((part) => !isReminder(part)));
  const reminders = readParts(list.filter(isReminder)).text;
  const typed = stringAt(objectAt(line, 'systemPayload'), 'displayText') ?? text;
  const human = isHuman(state, line) && (text !== '' || files.length > 0);
  beginTurn(state, line, place, human, out);
  const base = baseOf(state, place.at);
  const harness = { type: 'message', role: 'user', author: 'harness' } as const;
  if (reminders) recordItem(base, `reminder:${place.id}`, { ...harness, text: reminders }, out);
  if (text === '' && files.length === 0) return;
  if (!human) recordItem(base, `message:${place.id}`, { ...harness, text }, out, files);
  else recordItem(base, `message:${place.id}`, { ...harness, author: 'human', text: typed }, out, files);
  if (human && typed !== text) recordItem(base, `sent:${place.id}`, { ...harness, text }, out);
  entitle(state, typed, place, out);
}

// What the program sends in the user's role: news of background work, scheduled prompts, its own goals.
const harnessSubtypes = new Set(['notification', 'cron', 'goal_runtime']);

/** What a sub-agent is told was written by the model that started it. */
function isHuman(state: QwenState, line: JsonObject): boolean {
  if (state.agent || harnessSubtypes.has(stringAt(line, 'subtype') ?? '')) return false;
  return (stringAt(line, 'provenance') ?? 'real_user') === 'real_user';
}

/** A prompt begins a turn; so does what the program says when nothing runs. A word thrown in while it runs does not. */
function beginTurn(state: QwenState, line: JsonObject, place: LinePlace, human: boolean, out: Sink): void {
  const runs = state.turn !== null && state.turn.outcome === null;
  const thrownIn = !human || line['subtype'] === 'mid_turn_user_message';
  if (!runs || !thrownIn) startTurn(state, place.id, place.at, out);
}

function entitle(state: QwenState, prompt: string, place: LinePlace, out: Sink): void {
  const title = state.titled ? undefined : titleFrom(prompt);
  if (!title) return;
  state.titled = true;
  describe(baseOf(state, place.at), `title:${place.id}`, { title }, out);
}

const statuses: Record<string, 'ok' | 'error' | 'interrupted'> = {
  success: 'ok',
  error: 'error',
  cancelled: 'interrupted',
};

export function readToolResult(state: QwenState, line: JsonObject, place: LinePlace, out: Sink): void {
  const { answers, files, text } = readParts(objectAt(line, 'message')['parts']);
  const result = objectAt(line, 'toolCallResult');
  const base = { ...baseOf(state, place.at), ...(state.turn ? { step: Math.max(0, state.turn.step - 1) } : {}) };
  const told = answers.length > 0 ? answers : [{ id: undefined, text, failed: false }];
  told.forEach((answer, index) => {
    const callId = answer.id ?? stringAt(result, 'callId') ?? place.id;
    const status = statuses[stringAt(result, 'status') ?? ''] ?? (answer.failed ? 'error' : 'ok');
    const durationMs = numberAt(result, 'durationMs') ?? state.durations[callId];
    delete state.durations[callId];
    const child = childOf(state, callId, answer.text);
    const data = {
      type: 'tool_result' as const,
      callId,
      text: answer.text,
      status,
      ...(durationMs === undefined || durationMs < 0 ? {} : { durationMs }),
      ...(child ? { childSessionId: agentSession(place.session, child) } : {}),
    };
    recordItem(base, `result:${callId}`, data, out, index === 0 ? files : []);
  });
}

/** The sub-agent that a call started: its id ends with the call's, in telemetry or in what the model was told. */
function childOf(state: QwenState, callId: string, text: string): string | undefined {
  const known = state.children[callId];
  if (known) return known;
  const end = text.indexOf(`-${callId}`);
  if (end < 0) return undefined;
  const type = /[\w.-]+$/.exec(text.slice(Math.max(0, end - 100), end))?.[0];
  return type ? `${type}-${callId}` : undefined;
}
