/** A session's items in the words of other clients: a tool's call and its result are one item there. */
import { callLine, mcpNames, type SessionState } from '@taffrail/session';
import type { Item, PlacedItem } from '@taffrail/wire';
import type { ThreadItem } from '../wire/items.js';

export type CallItem = Extract<Item, { type: 'tool_call' }>;
type ResultItem = Extract<Item, { type: 'tool_result' }>;
type Around = Pick<SessionState, 'items' | 'description'>;

const commandTools = new Set(['run_command', 'shell', 'shell_command', 'exec_command', 'local_shell', 'Bash', 'bash']);
const fileTools = new Set(['edit', 'write']);

export type CallKind = 'command' | 'file' | 'other';

export function callKind(name: string): CallKind {
  if (commandTools.has(name)) return 'command';
  return fileTools.has(name) ? 'file' : 'other';
}

/** Of no use to other clients: what the program said in a person's name, results, and what is told by other means. */
export function isShown(item: Item): boolean {
  switch (item.type) {
    case 'message':
      return item.author === 'model' || (item.author === 'human' && item.role === 'user');
    case 'reasoning':
      return item.text !== '' || item.streaming === true;
    case 'tool_call':
      return item.name !== 'title' && item.streaming !== true;
    case 'compaction':
      return true;
    default:
      return false;
  }
}

/** The item of this placed item, where it has one. `clientId`: the name that a client gave its input. */
export function itemOf(placed: PlacedItem, around: Around, clientId: string | null = null): ThreadItem | null {
  const { item } = placed;
  if (!isShown(item)) return null;
  const startedAtMs = Date.parse(placed.at);
  const base = { id: placed.id, startedAtMs, completedAtMs: 'streaming' in item ? null : startedAtMs };
  switch (item.type) {
    case 'message':
      return item.role === 'user'
        ? {
            ...base,
            type: 'userMessage',
            clientId,
            content: [{ type: 'text', text: item.text, text_elements: [] }],
          }
        : { ...base, type: 'agentMessage', text: item.text, phase: null, memoryCitation: null };
    case 'reasoning':
      return { ...base, type: 'reasoning', summary: item.text === '' ? [] : [item.text], content: [] };
    case 'tool_call':
      return callOf(placed.id, item, startedAtMs, around);
    case 'compaction':
      return { ...base, type: 'contextCompaction' };
    default:
      return null;
  }
}

function callOf(id: string, call: CallItem, startedAtMs: number, around: Around): ThreadItem {
  const result = finished(around, call.callId);
  const durationMs = result?.item.durationMs === undefined ? null : Math.round(result.item.durationMs);
  const base = { id, startedAtMs, completedAtMs: result ? startedAtMs + (durationMs ?? 0) : null };
  const { cwd = '/' } = around.description;
  switch (callKind(call.name)) {
    case 'command':
      return { ...base, ...commandOf(call, result?.item ?? null, cwd), durationMs };
    case 'file':
      return { ...base, ...changeOf(call, result?.item ?? null, cwd) };
    default:
      return { ...base, ...otherOf(call, result?.item ?? null), durationMs };
  }
}

function finished({ items }: Around, callId: string): { item: ResultItem } | null {
  const item = items.get(`result:${callId}`)?.item;
  return item?.type === 'tool_result' && item.streaming !== true ? { item } : null;
}

const refused = 'Not allowed:';

function endOf(result: ResultItem | null): 'inProgress' | 'completed' | 'failed' | 'declined' {
  if (!result) return 'inProgress';
  if (result.status === 'ok') return 'completed';
  return result.text.startsWith(refused) ? 'declined' : 'failed';
}

export function commandLine(call: Pick<CallItem, 'text'>, cwd: string): string {
  return callLine(call.text, cwd) || '(nothing)';
}

function commandOf(call: CallItem, result: ResultItem | null, cwd: string) {
  const command = commandLine(call, cwd);
  const exitCode = /(?:Exit code:? |exited with code )(-?\d+)\b/.exec(result?.text ?? '')?.[1];
  return {
    type: 'commandExecution' as const,
    command,
    cwd,
    processId: null,
    source: 'agent' as const,
    status: endOf(result),
    commandActions: [{ type: 'unknown' as const, command }],
    aggregatedOutput: result?.text ?? null,
    exitCode: exitCode === undefined ? null : Number(exitCode),
  };
}

function changeOf(call: CallItem, result: ResultItem | null, cwd: string) {
  const text = result?.text ?? '';
  const isNew = text.startsWith('Created ');
  const input = argumentsOf(call.text);
  const path = isRecord(input) && typeof input['path'] === 'string' ? input['path'] : commandLine(call, cwd);
  const content = isRecord(input) && typeof input['content'] === 'string' ? input['content'] : '';
  const kind = isNew ? { type: 'add' as const } : { type: 'update' as const, move_path: null };
  const diff = isNew ? content : text.slice(text.indexOf('\n') + 1);
  return { type: 'fileChange' as const, changes: [{ path, kind, diff }], status: endOf(result) };
}

function otherOf(call: CallItem, result: ResultItem | null) {
  const end = endOf(result);
  const failed = end === 'failed' || end === 'declined';
  const content = [{ type: 'text' as const, text: result?.text ?? '' }];
  return {
    type: 'mcpToolCall' as const,
    ...(mcpNames(call.name) ?? { server: 'taffrail', tool: call.name }),
    status: end === 'declined' ? ('failed' as const) : end,
    arguments: argumentsOf(call.text),
    result: result && !failed ? { content } : null,
    error: result && failed ? { message: result.text } : null,
  };
}

function argumentsOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
