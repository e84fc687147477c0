/** A local Ollama: looked for when the server starts and when somebody asks, never in between. */
import { z } from 'zod';

export interface Ollama {
  url: string;
  /** `null` where nobody answers there. */
  models: readonly string[] | null;
  lookedAt: number | null;
}

const tagsSchema = z.object({
  models: z.array(z.object({ name: z.string(), details: z.object({ family: z.string() }).partial().optional() })),
});
const patienceMs = 1_500;
const answerCharactersMax = 2 * 1024 * 1024;
const modelsMax = 200;

/** Where Ollama would be: as its own variable says, which may lack scheme, host or port. */
export function ollamaUrl(env: NodeJS.ProcessEnv): string {
  const text = (env['OLLAMA_HOST'] ?? '').trim();
  const usual = 'http://127.0.0.1:11434';
  const isHttp = /^https?:\/\//i.test(text);
  if (text === '' || (text.includes('://') && !isHttp)) return usual;
  const address = isHttp ? text : `http://${text.startsWith(':') ? `127.0.0.1${text}` : text}`;
  if (!URL.canParse(address)) return usual;
  const url = new URL(address);
  // What a server listens on is not where one calls it.
  if (['0.0.0.0', '[::]'].includes(url.hostname)) url.hostname = '127.0.0.1';
  const hasPort = url.port !== '' || /^https?:\/\/[^/]*:\d+/i.test(address);
  if (!hasPort && url.protocol === 'http:') url.port = '11434';
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** One short question. Whatever goes wrong means that there is none. */
export async function lookForOllama(env: NodeJS.ProcessEnv, now: () => number): Promise<Ollama> {
  const url = ollamaUrl(env);
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(`${url}/api/tags`, { redirect: 'error', signal });
    const text = response.ok ? await response.text() : '';
    if (text.length > answerCharactersMax) return { url, models: null, lookedAt: now() };
    return { url, models: modelsIn(JSON.parse(text)), lookedAt: now() };
  } catch {
    return { url, models: null, lookedAt: now() };
  }
}

function modelsIn(value: unknown): string[] | null {
  const tags = tagsSchema.safeParse(value).data?.models;
  const canChat = tags?.filter(({ name, details }) => !/embed|bert/i.test(`${name} ${details?.family ?? ''}`));
  return (
    canChat
      ?.map(({ name }) => name)
      .filter((name) => /^[\x21-\x7e]{1,200}$/.test(name))
      .slice(0, modelsMax) ?? null
  );
}
