/** For tests: the lines of a Qwen Code log, with times counted in seconds from the start of a year. */
import type { Siblings } from '../contract.js';
import { type Line, readLog } from '../inline-log.js';
import { qwen } from './index.js';

export const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

const base = (seconds: number, uuid: string, type: string) => ({
  uuid,
  parentUuid: null as string | null,
  sessionId: 's1',
  timestamp: at(seconds),
  type,
  cwd: '/home/dev/code',
  version: '0.24.4',
  gitBranch: 'main',
});

export const user = (seconds: number, uuid: string, text: string, more: object = {}) => ({
  ...base(seconds, uuid, 'user'),
  provenance: 'real_user',
  message: { role: 'user', parts: [{ text }] },
  ...more,
});

export const system = (seconds: number, uuid: string, subtype: string, systemPayload: object, more: object = {}) => ({
  ...base(seconds, uuid, 'system'),
  subtype,
  systemPayload,
  ...more,
});

/** Figures as both kinds of line state them: input, output, cached, thoughts. */
export type Figures = readonly [number, number, number, number];
export const figures: Figures = [1000, 100, 400, 20];

/** The telemetry line of one answered request. */
export const told = (seconds: number, uuid: string, more: object = {}, [input, output, cached, thoughts] = figures) =>
  system(seconds, uuid, 'ui_telemetry', {
    uiEvent: {
      'event.name': 'qwen-code.api_response',
      response_id: `chatcmpl-${uuid}`,
      model: 'qwen3-coder-plus',
      input_token_count: input,
      output_token_count: output,
      cached_content_token_count: cached,
      thoughts_token_count: thoughts,
      total_token_count: input + output,
      ...more,
    },
  });

export const event = (seconds: number, uuid: string, name: string, more: object) =>
  system(seconds, uuid, 'ui_telemetry', { uiEvent: { 'event.name': `qwen-code.${name}`, ...more } });

/** The answer's own line; `parentUuid` is the line before it. */
export const answer = (
  seconds: number,
  uuid: string,
  parentUuid: string,
  more: object = {},
  [input, output, cached, thoughts] = figures,
) => ({
  ...base(seconds, uuid, 'assistant'),
  parentUuid,
  model: 'qwen3-coder-plus',
  message: { role: 'model', parts: [{ text: 'Hello.' }] },
  usageMetadata: {
    promptTokenCount: input,
    candidatesTokenCount: output,
    thoughtsTokenCount: thoughts,
    totalTokenCount: input + output,
    cachedContentTokenCount: cached,
  },
  ...more,
});

export const callsTool = (id = 'call-1', name = 'read_file', args: object = { path: '/x' }) => ({
  message: { role: 'model', parts: [{ functionCall: { id, name, args } }] },
});

export const result = (seconds: number, uuid: string, output: string, toolCallResult: object = {}, id = 'call-1') => ({
  ...base(seconds, uuid, 'tool_result'),
  message: { role: 'user', parts: [{ functionResponse: { id, name: 'read_file', response: { output } } }] },
  toolCallResult,
});

/** A line as a fork copies it. */
export const copied = <Made extends object>(line: Made, from: string, to: string) => ({
  ...line,
  sessionId: to,
  forkedFrom: { sessionId: from, messageUuid: 'x' },
});

/** A line of a sub-agent's own file. */
export const ofAgent = <Made extends object>(line: Made, agentRound = 1) => ({
  ...line,
  // Sub-agents' lines do not name the model.
  model: undefined,
  agentId: 'general-call-1',
  agentName: 'general',
  isSidechain: true,
  agentRound,
});

export const fromAgent = {
  subagent_name: 'general',
  subagent_id: 'general-call-1',
  subagent_type: 'general',
  subagent_task_name: 'Look',
};

export const read = (...lines: Line[]) => readLog(qwen, 'projects/demo/chats/s1.jsonl', lines);
export const readAgent = (lines: Line[], siblings?: Siblings) =>
  readLog(qwen, 'projects/demo/subagents/s1/agent-general-call-1.jsonl', lines, siblings);
