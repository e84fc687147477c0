/** Keys in words: whose they are, where their secret comes from, how they stand. Pure. */
import type { KeyProvider, KeySetting, SecretSource } from '@taffrail/wire';
import { clock } from '../../parts/format-time.js';
import type { StateTone } from './state-cell.js';

export const providers: readonly { value: Exclude<KeyProvider, 'demo'>; label: string; usual: string; hint: string }[] =
  [
    { value: 'anthropic', label: 'Anthropic', usual: 'https://api.anthropic.com/v1', hint: 'sk-ant-…' },
    { value: 'openai', label: 'OpenAI', usual: 'https://api.openai.com/v1', hint: 'sk-…' },
    { value: 'google', label: 'Google', usual: 'https://generativelanguage.googleapis.com/v1beta', hint: 'AIza…' },
    { value: 'openai-compatible', label: 'Compatible', usual: '', hint: 'where it wants one' },
  ];

export function providerLabel({ provider, origin }: Pick<KeySetting, 'provider' | 'origin'>): string {
  if (origin === 'found') return 'Ollama';
  return providers.find(({ value }) => value === provider)?.label ?? 'Demo';
}

export function sourceWords(source: SecretSource, baseUrl: string | null): string {
  if (source.kind === 'environment') return `env ${source.name}`;
  if (source.kind === 'stored') return 'stored on the server';
  return baseUrl === null ? 'no secret' : 'needs none';
}

export type KeyState = { tone: StateTone; text: string; note: string | null };

/** How a key stands, in a few words; `note` is what its provider said where it did not answer. */
export function keyState(key: Pick<KeySetting, 'isPresent' | 'resting' | 'tested' | 'source'>, now: Date): KeyState {
  const { isPresent, resting, tested, source } = key;
  if (!isPresent) {
    const text = source.kind === 'environment' ? `${source.name} is not set` : 'Its secret is missing';
    return { tone: 'warn', text, note: null };
  }
  if (resting !== null && new Date(resting.until) > now)
    return { tone: 'waiting', text: `Exhausted, next try ${clock(resting.until)}`, note: resting.reason };
  if (tested === null) return { tone: 'unknown', text: 'Not tested', note: null };
  if (!tested.ok) return { tone: 'failed', text: `Failed, tested ${clock(tested.at)}`, note: tested.message };
  const models = tested.models.length;
  const found = models === 0 ? '' : `, ${models === 1 ? '1 model' : `${models} models`}`;
  return { tone: 'ok', text: `Works${found}, tested ${clock(tested.at)}`, note: null };
}

/** A name that is still free: `openai`, else `openai-2` and so on. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let count = 2; ; count += 1) if (!taken.includes(`${wanted}-${count}`)) return `${wanted}-${count}`;
}
