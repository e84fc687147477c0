/** What models a key's provider says it has: the cheapest question that shows whether the key is accepted. */
import { z } from 'zod';
import { ModelError, type ModelKey } from './contract.js';
import { address, type NetworkProvider } from './providers.js';

type NetworkKey = ModelKey & { provider: NetworkProvider };

const usualAddresses: Record<Exclude<NetworkProvider, 'openai-compatible'>, string> = {
  anthropic: 'https://api.anthropic.com/v1',
  openai: 'https://api.openai.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
};

const answerBytesMax = 4 * 1024 * 1024;
const modelsMax = 500;

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
const googleListSchema = z.object({
  models: z.array(z.object({ name: z.string(), supportedGenerationMethods: z.array(z.string()).optional() })),
});

/** `null`: it answers, but gives no such list. @throws ModelError where the provider refuses or does not answer. */
export async function listModels(key: NetworkKey, signal: AbortSignal): Promise<string[] | null> {
  const response = await ask(key, signal);
  const text = await textOf(response);
  // These say that there is no such list here, not that the key is wrong.
  if ([400, 404, 405, 501].includes(response.status)) return null;
  if (!response.ok) throw refusal(response.status, `${response.status}: ${messageIn(text)}`);
  return namesIn(key.provider, text)?.filter(canChat).slice(0, modelsMax) ?? null;
}

async function ask(key: NetworkKey, signal: AbortSignal): Promise<Response> {
  try {
    // Another address that a redirect names was not given the secret by its owner.
    return await fetch(`${addressOf(key)}/models`, { headers: headersFor(key), redirect: 'error', signal });
  } catch (error) {
    if (error instanceof ModelError || signal.aborted) throw error;
    throw refusal(null, causeOf(error));
  }
}

function addressOf(key: NetworkKey): string {
  if (key.baseUrl !== null) return address(key);
  if (key.provider !== 'openai-compatible') return usualAddresses[key.provider];
  throw refusal(null, `key ${key.id} needs a base_url: its provider has no usual address`);
}

function headersFor({ provider, secret }: NetworkKey): Record<string, string> {
  if (provider === 'anthropic')
    return { 'anthropic-version': '2023-06-01', ...(secret ? { 'x-api-key': secret } : {}) };
  if (secret === null) return {};
  return provider === 'google' ? { 'x-goog-api-key': secret } : { authorization: `Bearer ${secret}` };
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > answerBytesMax) throw refusal(response.status, 'it answers with more than a list of models');
  }
  return text;
}

function namesIn(provider: NetworkProvider, text: string): string[] | null {
  const value = jsonOf(text);
  if (provider !== 'google') return listSchema.safeParse(value).data?.data.map(({ id }) => id) ?? null;
  const models = googleListSchema.safeParse(value).data?.models;
  const able = models?.filter(({ supportedGenerationMethods: can }) => can?.includes('generateContent') ?? true);
  return able?.map(({ name }) => name.replace(/^models\//, '')) ?? null;
}

/** Lists name also what cannot hold a conversation; and a name that is no name is not offered. */
function canChat(name: string): boolean {
  const isOther = /embed|whisper|tts|dall-e|moderation|image|audio|realtime|transcri|rerank/i.test(name);
  return !isOther && /^[\x21-\x7e]{1,200}$/.test(name);
}

function messageIn(text: string): string {
  const shape = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });
  const error = shape.safeParse(jsonOf(text)).data?.error;
  const words = typeof error === 'string' ? error : (error?.message ?? '');
  return words === '' ? 'the provider gave no reason' : words.slice(0, 1_000);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `fetch failed` says nothing; what caused it does. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const words =
    cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause);
  return words.slice(0, 1_000);
}

function refusal(httpStatus: number | null, message: string): ModelError {
  const reason = httpStatus === 401 || httpStatus === 403 ? 'unauthorised' : 'unavailable';
  return new ModelError(message, { reason, httpStatus, retryAfterMs: null });
}
