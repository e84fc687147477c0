/** A tool call's arguments in one line: the one that says what it is about. */
import { plainLine } from './plain-text.js';

/** Arguments that name what a call works on, the most telling first. */
export const tellingArguments = [
  'command',
  'cmd',
  'script',
  'pattern',
  'file_path',
  'filePath',
  'absolute_path',
  'path',
  'notebook_path',
  'query',
  'url',
  'title',
  'description',
  'prompt',
  'message',
  'task',
  'name',
];
const lineCharactersMax = 300;

/**
 * `npm test` of `{"command": "npm test", "timeout": 5}`. Arguments that are no JSON object are shown as they are; paths
 * within `cwd` without it.
 */
export function callLine(argumentsText: string, cwd: string | null): string {
  const values = objectOf(argumentsText);
  const about = values ? aboutOf(values) : argumentsText;
  return plainLine(within(about.slice(0, lineCharactersMax * 4), cwd)).slice(0, lineCharactersMax);
}

function within(text: string, cwd: string | null): string {
  const folder = cwd?.replace(/\/*$/, '/') ?? '';
  return folder.length > 1 && text.startsWith(folder) ? text.slice(folder.length) : text;
}

function aboutOf(values: Readonly<Record<string, unknown>>): string {
  const named = tellingArguments.map((name) => wordsOf(values[name])).find((words) => words !== null);
  return (
    named ??
    Object.values(values)
      .map(wordsOf)
      .find((words) => words !== null) ??
    ''
  );
}

/** `["bash", "-lc", "npm test"]` is the command `npm test`. */
function wordsOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value) || value.length === 0 || !value.every((word) => typeof word === 'string')) return null;
  return /^-\w*c$/.test(value[1] ?? '') ? (value[2] ?? null) : value.join(' ');
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
