/** For tests: the entries of a pi session, with times counted in seconds from the start of a year. */
import { type Line, readLog } from '../inline-log.js';
import { pi } from './index.js';

const start = Date.UTC(2026, 0, 1);
export const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();

export const header = (seconds = 0, more: object = {}) => ({
  type: 'session',
  version: 3,
  id: 's1',
  timestamp: at(seconds),
  cwd: '/home/dev/code',
  ...more,
});

export const entry = (seconds: number, id: string, message: object) => ({
  type: 'message',
  id,
  parentId: null,
  timestamp: at(seconds),
  message: { timestamp: start + seconds * 1000, ...message },
});

export const user = (seconds: number, id: string, text: string) =>
  entry(seconds, id, { role: 'user', content: [{ type: 'text', text }] });

export const usage = {
  input: 100,
  output: 50,
  cacheRead: 800,
  cacheWrite: 30,
  totalTokens: 980,
  cost: { input: 0.1, output: 0.2, cacheRead: 0, cacheWrite: 0, total: 0.3 },
};
export const unreported = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, cost: {} };

export const answer = (seconds: number, id: string, more: object = {}) =>
  entry(seconds, id, {
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello.' }],
    api: 'anthropic-messages',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    usage,
    stopReason: 'stop',
    responseId: `msg_01uxFh8sUVj9DQuoE7${id}`,
    ...more,
  });

export const call = {
  content: [{ type: 'toolCall', id: 'call-1', name: 'bash', arguments: { command: 'ls' } }],
  stopReason: 'toolUse',
};

export const read = (...lines: Line[]) => readLog(pi, '--home-dev--/2026-01-01T00-00-00-000Z_s1.jsonl', lines);
