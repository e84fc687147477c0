/** For tests: the records of a Gemini CLI log, with times counted in seconds from the start of a year. */
import type { RowDraft, Siblings } from '../contract.js';
import { type Line, readLog } from '../inline-log.js';
import type { JsonObject } from '../json.js';
import { gemini } from './index.js';

export const path = 'demo/chats/session-2026-01-01T00-00-aaaaaaaa.jsonl';
export const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
export const header = (seconds = 0, more: object = {}) => ({
  sessionId: 's1',
  projectHash: 'p',
  startTime: at(seconds),
  kind: 'main',
  ...more,
});
export const user = (seconds: number, id: string, text: string) => ({
  id,
  timestamp: at(seconds),
  type: 'user',
  content: [{ text }],
});
export const tokens = { input: 1000, output: 100, cached: 400, thoughts: 20, tool: 0, total: 1120 };
export const answer = (seconds: number, id: string, more: object = {}) => ({
  id,
  timestamp: at(seconds),
  type: 'gemini',
  content: 'Hello.',
  thoughts: [],
  tokens,
  model: 'gemini-2.5-flash',
  ...more,
});
export const call = (status = 'success', more: object = {}) => ({
  id: 'call-1',
  name: 'read_file',
  args: { path: '/x' },
  status,
  timestamp: at(9),
  result: [{ functionResponse: { id: 'call-1', name: 'read_file', response: { output: 'text' } } }],
  ...more,
});
export const set = (messages: object[], seconds = 50) => ({ $set: { messages, lastUpdated: at(seconds) } });
export const read = (...lines: Line[]) => readLog(gemini, path, lines);
export const document = (
  messages: object[],
  more: object = {},
  siblings: Siblings = nobody,
  file = 'demo/chats/session-1.json',
) => {
  const drafts: RowDraft[] = [];
  const problems: string[] = [];
  const sink = {
    row: (draft: RowDraft) => void drafts.push(draft),
    problem: (kind: string) => void problems.push(kind),
  };
  gemini.document?.read(
    { root: '/logs', path: file },
    { ...header(), messages, ...more } as JsonObject,
    siblings,
    sink,
  );
  return { drafts, problems };
};
export const nobody: Siblings = { readJson: () => null, list: () => [] };
