/** Keys → models of the AI SDK, each in its provider's own wire. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import { ModelError, type ModelKey } from './contract.js';
import { fetchWithUsage } from './unreported-usage.js';

export type NetworkProvider = Exclude<ModelKey['provider'], 'demo'>;

const usualPaths: Record<NetworkProvider, string> = {
  anthropic: '/v1',
  openai: '/v1',
  google: '/v1beta',
  'openai-compatible': '/v1',
};

/** @throws ModelError where an address is missing that has no usual one. */
export function languageModel(key: ModelKey & { provider: NetworkProvider }, model: string): LanguageModelV3 {
  const options = { apiKey: key.secret ?? 'none', ...(key.baseUrl ? { baseURL: address(key) } : {}) };
  switch (key.provider) {
    case 'anthropic':
      return createAnthropic({ ...options, fetch: fetchWithUsage })(model);
    case 'openai':
      return createOpenAI(options).responses(model);
    case 'google':
      return createGoogleGenerativeAI(options)(model);
    case 'openai-compatible':
      if (!key.baseUrl)
        throw new ModelError(`key ${key.id} needs a base_url: its provider has no usual address`, {
          reason: 'refused',
          httpStatus: null,
          retryAfterMs: null,
        });
      return createOpenAICompatible({ ...options, name: key.id, baseURL: address(key), includeUsage: true })(model);
    default:
      return key.provider satisfies never;
  }
}

/** A bare host means the provider's usual path on it. */
export function address({ baseUrl, provider }: ModelKey & { provider: NetworkProvider }): string {
  const url = new URL(baseUrl ?? '');
  return url.pathname === '/' ? `${url.origin}${usualPaths[provider]}` : url.href.replace(/\/$/, '');
}
