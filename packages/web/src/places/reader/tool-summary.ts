/** A tool call in one line: what kind of tool, on what, and what came of it. */
import {
  type Arguments,
  argumentsOf,
  countChanges,
  editsOf,
  linesOf,
  mcpNames,
  pathNames,
  textArgument,
  toolLabel,
} from '@taffrail/session';
import { exactNumber } from '../../parts/format-number.js';
import type { ToolBlock } from './blocks.js';

export type ToolKind = 'read' | 'write' | 'edit' | 'shell' | 'search' | 'web' | 'agent' | 'plan' | 'mcp' | 'other';
export type ToolOutcome =
  | { kind: 'none' }
  | { kind: 'text'; text: string; tone: 'plain' | 'good' | 'bad' }
  | { kind: 'changes'; added: number; removed: number };
export type ToolSummary = { kind: ToolKind; name: string; argument: string; outcome: ToolOutcome };

/** The first that fits a tool's name names its kind; the names are those of the agents whose logs are read. */
const kinds: [RegExp, ToolKind][] = [
  [/(?:^|\.)(?:task|agent|(?:spawn|wait|dispatch|send|close|resume)_agent)$|sub.?agent/i, 'agent'],
  [/todo|update_plan|write_todos|plan$|^tasks$/i, 'plan'],
  [/patch|edit|replace|str_replace|apply/i, 'edit'],
  [/write_stdin/i, 'shell'],
  [/write|create/i, 'write'],
  [/bash|shell|exec|terminal|command|powershell/i, 'shell'],
  [/fetch|web|browser|url/i, 'web'],
  [/grep|glob|search|find|^ls$|^list/i, 'search'],
  [/read|view|open|cat$/i, 'read'],
];

export function toolKind(name: string): ToolKind {
  // What `mcp__files__edit` does, its server alone knows.
  if (mcpNames(name) !== null) return 'mcp';
  return kinds.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

const argumentNames: Record<ToolKind, string[]> = {
  read: pathNames,
  write: pathNames,
  edit: pathNames,
  shell: ['command', 'cmd', 'script', 'chars', 'code'],
  search: ['pattern', 'query', 'glob', 'path'],
  web: ['url', 'query', 'prompt'],
  agent: ['title', 'description', 'prompt', 'message', 'task'],
  plan: [],
  mcp: [...pathNames, 'query', 'title', 'name', 'description', 'prompt', 'command', 'url'],
  other: [...pathNames, 'query', 'description', 'name', 'prompt', 'command', 'url'],
};

/** `cwd` shortens paths to the session's folder. */
export function summaryOf(block: ToolBlock, cwd: string | null): ToolSummary {
  const name = block.call?.item.name ?? 'result';
  const kind = toolKind(name);
  const text = block.call?.item.text ?? '';
  return {
    kind,
    name: toolLabel(name),
    argument: argumentText(kind, name, text, cwd),
    outcome: outcomeOf(block, kind, name),
  };
}

function argumentText(kind: ToolKind, name: string, text: string, cwd: string | null): string {
  const args = argumentsOf(text);
  if (!args) return oneLine(editsOf(name, text)[0]?.path ?? text);
  if (kind === 'plan') return planText(args);
  const words = commandWords(args);
  const named = words ?? textArgument(args, argumentNames[kind]);
  if (named === null) {
    const patched = kind === 'edit' ? editsOf(name, text) : [];
    if (patched.length > 0) return patched.map((edit) => relative(edit.path, cwd)).join(', ');
    const first = Object.values(args).find((value) => typeof value === 'string' || typeof value === 'number');
    return first === undefined ? '' : oneLine(String(first));
  }
  const where = kind === 'search' ? textArgument(args, ['path', 'dir_path', 'include']) : null;
  const suffix = where !== null && where !== named ? ` in ${relative(where, cwd)}` : '';
  return oneLine(`${relative(named, cwd)}${suffix}`);
}

/** `["bash", "-lc", "npm test"]` is the command `npm test`. */
function commandWords(args: Arguments): string | null {
  const words = args.command ?? args.cmd;
  if (!Array.isArray(words)) return null;
  const texts = words.filter((word): word is string => typeof word === 'string');
  return /^-\w*c$/.test(texts[1] ?? '') ? (texts[2] ?? null) : texts.join(' ');
}

function planText(args: Arguments): string {
  const list = [args.todos, args.plan, args.tasks, args.items].find(Array.isArray) as unknown[] | undefined;
  if (!list) return textArgument(args, ['explanation', 'description']) ?? '';
  const isDone = (entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'status' in entry && /^(completed|done)$/.test(String(entry.status));
  return `${list.filter(isDone).length} of ${list.length} done`;
}

/** A path within the session's folder without that folder. */
export function relative(path: string, cwd: string | null): string {
  if (cwd === null || cwd === '') return path;
  const folder = cwd.endsWith('/') ? cwd : `${cwd}/`;
  return path === cwd ? '.' : path.startsWith(folder) ? path.slice(folder.length) : path;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}

/** The exit code a shell tool's answer begins with, in the words of the agents that log one. */
export function exitCode(text: string): number | null {
  const head = text.slice(0, 400);
  const found =
    /(?:^|\n)\s*(?:Exit code:?|Process exited with code|\[exit code:?|Command exited with code)\s*(-?\d+)/i.exec(head);
  return found ? Number(found[1]) : null;
}

function outcomeOf(block: ToolBlock, kind: ToolKind, name: string): ToolOutcome {
  const { call, result } = block;
  if (!result) return call ? { kind: 'text', text: 'no result in this log', tone: 'plain' } : { kind: 'none' };
  const code = kind === 'shell' ? exitCode(result.item.text) : null;
  if (result.item.status === 'interrupted') return { kind: 'text', text: 'interrupted', tone: 'bad' };
  if (result.item.status === 'error')
    return { kind: 'text', text: code === null ? 'failed' : `exit ${code}`, tone: 'bad' };
  if (kind === 'edit' || kind === 'write') {
    const changes = countChanges(call ? editsOf(name, call.item.text).flatMap((edit) => edit.lines) : []);
    if (changes.added + changes.removed > 0) return { kind: 'changes', ...changes };
  }
  if (code !== null) return { kind: 'text', text: `exit ${code}`, tone: code === 0 ? 'plain' : 'bad' };
  if (kind === 'plan') return { kind: 'none' };
  const lines = linesOf(result.item.text).length;
  return { kind: 'text', text: `${exactNumber(lines)} ${lines === 1 ? 'line' : 'lines'}`, tone: 'plain' };
}
