/** Providers' usage records, as they come, in house terms. */
import { describe, expect, it } from 'vitest';
import { usageFrom, usageIn } from './usage.js';

const none = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
};

describe('F2: a provider’s figures in house terms', () => {
  it.each([
    [
      'anthropic',
      {
        input_tokens: 10,
        cache_read_input_tokens: 20,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 25, ephemeral_1h_input_tokens: 5 },
        output_tokens: 7,
      },
      { inputTokens: 60, cacheReadTokens: 20, cacheWriteTokens: 30, cacheWrite1hTokens: 5, outputTokens: 7 },
    ],
    ['anthropic', { input_tokens: 10, output_tokens: 0 }, { inputTokens: 10, outputTokens: 0 }],
    [
      'openai',
      {
        input_tokens: 9,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 3 },
      },
      { inputTokens: 9, cacheReadTokens: 4, outputTokens: 5, reasoningTokens: 3 },
    ],
    [
      'openai-compatible',
      {
        prompt_tokens: 9,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens: 5,
        completion_tokens_details: null,
      },
      { inputTokens: 9, cacheReadTokens: 0, outputTokens: 5 },
    ],
    ['openai-compatible', { completion_tokens: 5 }, { outputTokens: 5 }],
    [
      'google',
      {
        promptTokenCount: 9,
        toolUsePromptTokenCount: 1,
        cachedContentTokenCount: 4,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 3,
      },
      { inputTokens: 10, cacheReadTokens: 4, outputTokens: 8, reasoningTokens: 3 },
    ],
    ['google', { promptTokenCount: 9 }, { inputTokens: 9 }],
  ] as const)('%s: %j', (provider, raw, figures) => {
    expect(usageFrom(provider, raw)).toEqual({ ...none, ...figures });
  });

  it.each([undefined, null, {}, 'words', { input_tokens: '12' }, { output_tokens: -1 }, { input_tokens: 1.5 }])(
    '%j tells nothing',
    (raw) => {
      expect(usageFrom('openai', raw)).toBeNull();
    },
  );
});

describe('A-beyond: usage in a stream’s own events', () => {
  it.each([
    [{ type: 'message_start', message: { usage: { input_tokens: 1 } } }, { input_tokens: 1 }, true],
    [{ type: 'message_delta', usage: { output_tokens: 1 } }, { output_tokens: 1 }, false],
    [{ type: 'response.completed', response: { usage: { input_tokens: 2 } } }, { input_tokens: 2 }, false],
    [{ usageMetadata: { promptTokenCount: 3 } }, { promptTokenCount: 3 }, false],
    [{ choices: [], usage: { prompt_tokens: 4 } }, { prompt_tokens: 4 }, false],
    [{ type: 'message_start' }, undefined, false],
    ['[DONE]', undefined, false],
    [null, undefined, false],
  ])('%j', (event, raw, isBeginning) => {
    expect(usageIn(event)).toEqual({ raw, isBeginning });
  });
});
