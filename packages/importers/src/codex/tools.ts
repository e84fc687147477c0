/** Tool calls and their results (response items), with what the program's events tell about how they ran. */
import type { EmbeddedFile, Sink } from '../contract.js';
import { isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from '../json.js';
import { imageOf } from './messages.js';
import { type CodexState, noteCall, type PendingCall, type Place, rowBase, takeCall } from './state.js';
import { beginStep, endStep } from './turns.js';

export function readCall(state: CodexState, item: JsonObject, place: Place, out: Sink): void {
  const callId = callIdOf(item, place);
  const namespace = stringAt(item, 'namespace');
  const name = stringAt(item, 'name') ?? stringAt(item, 'type')?.replace(/_call$/, '') ?? 'unknown';
  recordCall(state, { callId, name: namespace ? `${namespace}.${name}` : name, text: argumentsOf(item) }, place, out);
}

/** Tools that the provider runs itself: the call is logged when it is over, without a result of its own. */
export function readHostedCall(state: CodexState, item: JsonObject, place: Place, out: Sink): void {
  const callId = callIdOf(item, place);
  const name = stringAt(item, 'type')?.replace(/_call$/, '') ?? 'unknown';
  const image = stringAt(item, 'result');
  const prompt = stringAt(item, 'revised_prompt');
  recordCall(state, { callId, name, text: prompt ? JSON.stringify({ prompt }) : argumentsOf(item) }, place, out);
  const status = item['status'] === 'failed' ? ('error' as const) : ('ok' as const);
  const files = image ? [{ mediaType: 'image/png', base64: image }] : [];
  recordResult(state, { callId, text: '', status }, files, place, out);
}

function recordCall(
  state: CodexState,
  call: { callId: string; name: string; text: string },
  place: Place,
  out: Sink,
): void {
  beginStep(state);
  if (state.turn) state.turn.callsTool = true;
  out.row({
    ...rowBase(state, place),
    key: `call:${call.callId}`,
    kind: 'item.recorded',
    data: { type: 'tool_call', ...call },
  });
}

function callIdOf(item: JsonObject, place: Place): string {
  return stringAt(item, 'call_id') ?? stringAt(item, 'id') ?? place.hash();
}

/** The arguments word for word: JSON text of a function, free text of a custom tool, the action of a hosted one. */
function argumentsOf(item: JsonObject): string {
  return (
    stringAt(item, 'arguments') ?? stringAt(item, 'input') ?? JSON.stringify(item['arguments'] ?? item['action'] ?? {})
  );
}

export function readOutput(state: CodexState, item: JsonObject, place: Place, out: Sink): void {
  const callId = callIdOf(item, place);
  const { text, failed, files } = outputOf(item);
  const ran = takeCall(state, callId);
  const header = headerOf(text);
  const durationMs = ran.durationMs ?? header.durationMs;
  const isError = ran.failed ?? failed ?? header.failed ?? false;
  const status = /^aborted\b/i.test(text) ? 'interrupted' : isError ? 'error' : 'ok';
  const { childSessionId } = ran;
  recordResult(
    state,
    {
      callId,
      text,
      status,
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(childSessionId ? { childSessionId } : {}),
    },
    files,
    place,
    out,
  );
}

interface Result {
  callId: string;
  text: string;
  status: 'ok' | 'error' | 'interrupted';
  durationMs?: number;
  childSessionId?: string;
}

function recordResult(state: CodexState, result: Result, files: EmbeddedFile[], place: Place, out: Sink): void {
  const data = { type: 'tool_result' as const, ...result };
  out.row({
    ...rowBase(state, place),
    key: `result:${result.callId}`,
    kind: 'item.recorded',
    data,
    ...(files.length > 0 ? { files } : {}),
  });
  endStep(state);
}

interface Output {
  text: string;
  failed: boolean | undefined;
  files: EmbeddedFile[];
}

/** Versions write a text, an object with `content` and `success`, a list of parts, or the tools that a search found. */
function outputOf(item: JsonObject): Output {
  const output = item['output'] ?? item['tools'] ?? '';
  if (typeof output === 'string') return { text: output, failed: undefined, files: [] };
  const failed = isObject(output) && typeof output['success'] === 'boolean' ? !output['success'] : undefined;
  const text = isObject(output) ? stringAt(output, 'content') : undefined;
  if (text !== undefined) return { text, failed, files: [] };
  const parts = Array.isArray(output) ? output.filter(isObject) : objectsAt(objectAt(item, 'output'), 'content');
  const texts = parts.map((part) => stringAt(part, 'text')).filter((each) => each !== undefined);
  const isText = texts.length > 0 || parts.some((part) => 'image_url' in part);
  return {
    text: isText ? texts.join('\n') : JSON.stringify(output),
    failed,
    files: parts.map(imageOf).filter((file) => file !== null),
  };
}

const headerLength = 400;

/** What a command's output says about itself before its text: exit code and time, in the words of several versions. */
function headerOf(text: string): Pick<PendingCall, 'durationMs' | 'failed'> {
  const head = text.slice(0, headerLength).split('\nOutput:')[0] ?? '';
  const tail = text.startsWith('{"output"') ? text.slice(-headerLength) : '';
  const code =
    /^(?:Process exited with code|Exit code:) (-?\d+)$/m.exec(head)?.[1] ?? /"exit_code":(-?\d+)/.exec(tail)?.[1];
  const seconds = /^Wall time: ([\d.]+) seconds$/m.exec(head)?.[1] ?? /"duration_seconds":([\d.]+)/.exec(tail)?.[1];
  return {
    ...(code === undefined ? {} : { failed: code !== '0' }),
    ...(seconds === undefined || !Number.isFinite(Number(seconds))
      ? {}
      : { durationMs: Math.round(Number(seconds) * 1000) }),
  };
}

/** Events that tell how a call ran: `item_completed` of newer logs, `…_end` events of older ones. */
export function readCallEvent(state: CodexState, event: JsonObject): void {
  const callId = stringAt(event, 'call_id') ?? stringAt(event, 'id');
  if (!callId) return;
  const durationMs = durationOf(event['duration']);
  const failed = failureOf(event);
  const childSessionId = stringAt(event, 'agent_thread_id') ?? stringAt(event, 'new_thread_id') ?? spawnedBy(event);
  const note = {
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(failed === undefined ? {} : { failed }),
    ...(childSessionId ? { childSessionId } : {}),
  };
  if (Object.keys(note).length > 0) noteCall(state, callId, note);
}

/** The thread that a call of the older team tools started. */
function spawnedBy(event: JsonObject): string | undefined {
  const receivers = event['receiver_thread_ids'];
  const isSpawn = /^spawn/i.test(stringAt(event, 'tool') ?? '');
  return isSpawn && Array.isArray(receivers) && typeof receivers[0] === 'string' ? receivers[0] : undefined;
}

function durationOf(duration: unknown): number | undefined {
  if (!isObject(duration)) return undefined;
  const [seconds, nanos] = [numberAt(duration, 'secs'), numberAt(duration, 'nanos')];
  if (seconds === undefined && nanos === undefined) return undefined;
  const ms = (seconds ?? 0) * 1000 + Math.round((nanos ?? 0) / 1e6);
  return ms >= 0 ? ms : undefined;
}

function failureOf(event: JsonObject): boolean | undefined {
  const code = numberAt(event, 'exit_code');
  if (code !== undefined) return code !== 0;
  if (typeof event['success'] === 'boolean') return !event['success'];
  if (isObject(event['result']) && ('Err' in event['result'] || 'Ok' in event['result']))
    return 'Err' in event['result'];
  const status = event['status'];
  return status === 'failed' || status === 'declined' ? true : status === 'completed' ? false : undefined;
}
