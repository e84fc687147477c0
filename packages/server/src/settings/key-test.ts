/** Asks a key's provider something cheap and real: what models it has; where it has no such list, for a word. */
import { isDeepStrictEqual } from 'node:util';
import { callModel, listModels, ModelError, type ModelKey, redactor } from '@taffrail/agent';
import type { KeyTest } from '@taffrail/wire';
import { OrderError } from '../runner/order-error.js';
import { isPresent } from '../runner/settings.js';
import type { LiveSettings } from './live-settings.js';

const patienceMs = 15_000;
const modelsMax = 500;

/** Always answers within `waitMs`. @throws OrderError where there is no such key. */
export async function testKey(live: LiveSettings, id: string, waitMs: number = patienceMs): Promise<KeyTest> {
  const key = live.current.keys.get(id);
  if (!key) throw new OrderError('unknown', `There is no key ${id}.`);
  const startedAt = live.now();
  const answer = isPresent(key) ? await asked(live, key, waitMs) : { ok: false, message: absent(key), models: [] };
  const message = redactor(live.current.secrets).text(answer.message);
  const at = live.now();
  const test = { ...answer, message, at: new Date(at).toISOString(), durationMs: Math.max(0, at - startedAt) };
  // Meanwhile another key may have taken the name.
  if (isDeepStrictEqual(live.current.keys.get(id), key)) live.tested(id, test);
  return test;
}

type Answer = Pick<KeyTest, 'ok' | 'message' | 'models'>;

function absent({ source, provider }: Parameters<typeof isPresent>[0]): string {
  if (source.kind === 'environment') return `${source.name} is not set in the server’s environment`;
  return `there is no secret for it, and ${provider} wants one`;
}

async function asked(live: LiveSettings, key: ModelKey, waitMs: number): Promise<Answer> {
  const signal = AbortSignal.timeout(waitMs);
  try {
    return await settled(ask(live, key, signal), signal);
  } catch (error) {
    const message = signal.aborted ? `no answer within ${Math.ceil(waitMs / 1_000)} s` : wordsOf(error);
    return { ok: false, message, models: [] };
  }
}

async function ask(live: LiveSettings, key: ModelKey, signal: AbortSignal): Promise<Answer> {
  const { provider } = key;
  if (provider === 'demo') return { ok: true, message: 'It needs no key', models: [] };
  const listed = await listModels({ ...key, provider }, signal);
  if (listed !== null) {
    const models = listed.slice(0, modelsMax);
    return { ok: true, message: models.length === 1 ? '1 model' : `${models.length} models`, models };
  }
  const model = live.current.models().find(({ keyId }) => keyId === key.id)?.model;
  if (model === undefined)
    return { ok: false, message: 'it gives no list of models, and no agent names one of its models', models: [] };
  await word(key, model, signal);
  return { ok: true, message: `${model} answers`, models: [] };
}

/** One tiny answer; it is over with its first piece. */
async function word(key: ModelKey, model: string, signal: AbortSignal): Promise<void> {
  const question = { type: 'message', role: 'user', author: 'human', text: 'Say OK.' } as const;
  const bare = { files: new Map(), tools: [], effort: null };
  const request = { key, model, system: 'Answer with one word.', items: [question], ...bare };
  const enough = new AbortController();
  try {
    const events = callModel(request, AbortSignal.any([signal, enough.signal]));
    for await (const { type } of events) if (type === 'text' || type === 'finished') return;
    throw new Error('the answer broke off');
  } finally {
    enough.abort();
  }
}

/** What hangs without hearing the signal is left behind. */
function settled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('no answer')), { once: true });
    work.then(resolve, reject);
  });
}

function wordsOf(error: unknown): string {
  const words = error instanceof ModelError || error instanceof Error ? error.message : String(error);
  return words === '' ? 'it cannot be reached' : words;
}
