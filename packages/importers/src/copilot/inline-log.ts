/** Writes small event logs for tests and reads them, the reader's state written down and read back after each line. */
import { type Line, type Read, readLog } from '../inline-log.js';
import { copilot } from './index.js';

const start = Date.UTC(2026, 0, 1);
export const session = '3aee8325-9110-402b-b4e5-e8e0ee345135';

/** The time `seconds` after the tests' beginning, as logs write it. */
export const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

/** An event; `agentId` in `more` makes it a sub-agent's. */
export const event = (seconds: number, type: string, data: object = {}, more: object = {}): Line => ({
  type,
  data,
  id: `${type}-${seconds}`,
  timestamp: at(seconds),
  parentId: null,
  ...more,
});

export const begin = (data: object = {}): Line =>
  event(0, 'session.start', {
    sessionId: session,
    copilotVersion: '1.0.102',
    selectedModel: 'gpt-4.1',
    context: { cwd: '/home/dev/code', branch: 'main' },
    ...data,
  });

export const prompt = (seconds: number, content = 'Say hello.', data: object = {}, more: object = {}): Line =>
  event(seconds, 'user.message', { content, interactionId: `turn-${seconds}`, ...data }, more);

export const answer = (seconds: number, content = 'Hello.', data: object = {}, more: object = {}): Line =>
  event(
    seconds,
    'assistant.message',
    { messageId: `m-${seconds}`, content, toolRequests: [], model: 'gpt-4.1', ...data },
    more,
  );

export const figures = {
  inputTokens: 1000,
  outputTokens: 100,
  cacheReadTokens: 400,
  cacheWriteTokens: 0,
  reasoningTokens: 20,
};

export const usage = (seconds: number, usageId: string, data: object = {}, more: object = {}): Line =>
  event(
    seconds,
    'session.usage_record',
    {
      usage: {
        model: 'gpt-4.1',
        modelProvider: 'other',
        providerType: 'openai',
        ...figures,
        accounting: { sourceSessionId: session, usageId },
        ...data,
      },
    },
    more,
  );

export function readEvents(lines: readonly Line[], folder = session): Read {
  return readLog(copilot, `${folder}/events.jsonl`, lines);
}
