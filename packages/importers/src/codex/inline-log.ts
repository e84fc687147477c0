/** Writes small rollouts for tests and reads them: the records of a log as objects, one line each. */

import type { RowDraft } from '../contract.js';
import { type Line, type Read, readLog } from '../inline-log.js';
import { codex } from './index.js';

const start = Date.UTC(2026, 0, 1);

/** The time `seconds` after the tests' beginning, as logs write it. */
export const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

/** A version 7 UUID made `seconds` after the beginning: threads and turns are named so. */
export function madeAt(seconds: number): string {
  const hex = (start + seconds * 1000).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** One line in its envelope. */
export const line = (seconds: number, type: string, payload: object): Line => ({
  timestamp: at(seconds),
  type,
  payload,
});
export const event = (seconds: number, type: string, data: object = {}): Line =>
  line(seconds, 'event_msg', { type, ...data });
export const item = (seconds: number, type: string, data: object): Line =>
  line(seconds, 'response_item', { type, ...data });

export const meta = (seconds: number, id: string, data: object = {}): Line =>
  line(seconds, 'session_meta', {
    id,
    timestamp: at(seconds),
    cwd: '/home/dev/code',
    model_provider: 'openai',
    ...data,
  });

export const context = (seconds: number, model = 'gpt-5.1-codex', data: object = {}): Line =>
  line(seconds, 'turn_context', { cwd: '/home/dev/code', model, effort: 'medium', ...data });

export const prompt = (seconds: number, text = 'Say hello.'): Line =>
  item(seconds, 'message', { role: 'user', content: [{ type: 'input_text', text }] });

export const answer = (seconds: number, text = 'Hello.'): Line =>
  item(seconds, 'message', { role: 'assistant', content: [{ type: 'output_text', text }] });

/** `requests` requests of 1,000 tokens in and 100 out. */
export const tokens = (requests: number): object => ({
  input_tokens: 1000 * requests,
  cached_input_tokens: 400 * requests,
  output_tokens: 100 * requests,
  reasoning_output_tokens: 20 * requests,
  total_tokens: 1100 * requests,
});

/** The running totals after `requests` requests. */
export const tokenCount = (seconds: number, requests: number, last: object = tokens(1)): Line =>
  event(seconds, 'token_count', { info: { total_token_usage: tokens(requests), last_token_usage: last } });

export const usageRecord = (seconds: number, thread: string, responseId: string, data: object = {}): Line =>
  line(seconds, 'token_usage_record', { thread_id: thread, response_id: responseId, usage: tokens(1), ...data });

/** Reads one rollout from its first line to its last, its state written down and read back after each. */
export function readRollout(thread: string, lines: readonly Line[]): Read {
  return readLog(codex, `2026/01/01/rollout-2026-01-01T00-00-00-${thread}.jsonl`, lines);
}

/** All drafts of several rollouts, in the order they are given. */
export function draftsOf(rollouts: Readonly<Record<string, readonly Line[]>>): RowDraft[] {
  return Object.entries(rollouts).flatMap(([thread, lines]) => readRollout(thread, lines).drafts);
}
