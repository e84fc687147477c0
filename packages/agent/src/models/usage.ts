/**
 * A provider's own usage record → figures in house terms. The AI SDK says 0 where nothing was reported; only the raw
 * record tells the two apart. Input includes cache reads and writes, output includes reasoning.
 */
import type { TokenCounts } from '@taffrail/wire';
import type { ModelKey } from './contract.js';

type Raw = Readonly<Record<string, unknown>>;

const count = (record: unknown, name: string): number | null => {
  const value = isRecord(record) ? record[name] : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
};

const sum = (...figures: (number | null)[]): number | null =>
  figures.every((figure) => figure === null)
    ? null
    : figures.reduce<number>((total, figure) => total + (figure ?? 0), 0);

function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null;
}

/** `usage` of Anthropic Messages: its input leaves out what was read from or written to the cache. */
function fromAnthropic(raw: Raw): TokenCounts {
  const read = count(raw, 'cache_read_input_tokens');
  const written = count(raw, 'cache_creation_input_tokens');
  return {
    inputTokens: count(raw, 'input_tokens') === null ? null : sum(count(raw, 'input_tokens'), read, written),
    outputTokens: count(raw, 'output_tokens'),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    cacheWrite1hTokens: count(raw['cache_creation'], 'ephemeral_1h_input_tokens'),
    reasoningTokens: count(raw['output_tokens_details'], 'thinking_tokens'),
  };
}

/** `usage` of OpenAI Responses, and of Chat Completions and those compatible with it. */
function fromOpenAi(raw: Raw): TokenCounts {
  const isChat = 'prompt_tokens' in raw || 'completion_tokens' in raw;
  const input = raw[isChat ? 'prompt_tokens_details' : 'input_tokens_details'];
  return {
    inputTokens: count(raw, isChat ? 'prompt_tokens' : 'input_tokens'),
    outputTokens: count(raw, isChat ? 'completion_tokens' : 'output_tokens'),
    cacheReadTokens: count(input, 'cached_tokens'),
    cacheWriteTokens: count(input, 'cache_write_tokens'),
    cacheWrite1hTokens: null,
    reasoningTokens: count(raw[isChat ? 'completion_tokens_details' : 'output_tokens_details'], 'reasoning_tokens'),
  };
}

/** `usageMetadata` of Gemini: its candidates leave out the thoughts. */
function fromGoogle(raw: Raw): TokenCounts {
  const thoughts = count(raw, 'thoughtsTokenCount');
  return {
    inputTokens: sum(count(raw, 'promptTokenCount'), count(raw, 'toolUsePromptTokenCount')),
    outputTokens: sum(count(raw, 'candidatesTokenCount'), thoughts),
    cacheReadTokens: count(raw, 'cachedContentTokenCount'),
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: thoughts,
  };
}

/** `null` where the provider reported nothing. */
export function usageFrom(provider: ModelKey['provider'], raw: unknown): TokenCounts | null {
  if (!isRecord(raw)) return null;
  const figures =
    provider === 'anthropic' ? fromAnthropic(raw) : provider === 'google' ? fromGoogle(raw) : fromOpenAi(raw);
  return Object.values(figures).every((figure) => figure === null) ? null : figures;
}

/** The usage record in a raw event of any provider's stream. `isBeginning`: the answer has yet to be written. */
export function usageIn(event: unknown): { raw: unknown; isBeginning: boolean } {
  if (!isRecord(event)) return { raw: undefined, isBeginning: false };
  const begun = event['type'] === 'message_start' ? event['message'] : undefined;
  if (isRecord(begun)) return { raw: begun['usage'], isBeginning: true };
  const response = event['response'];
  const raw = event['usage'] ?? event['usageMetadata'] ?? (isRecord(response) ? response['usage'] : undefined);
  return { raw, isBeginning: false };
}
