/** Which format a request speaks, told by its path; and the lists of models that providers give. */
import type { IncomingMessage } from 'node:http';
import { anthropic } from './anthropic.js';
import { chat } from './chat.js';
import { gemini } from './gemini.js';
import { responses } from './responses.js';
import type { JsonObject, WireFormat } from './wire-format.js';

interface Route {
  format: WireFormat;
  model: string;
  streams: boolean;
}

const formats: readonly [path: RegExp, format: WireFormat][] = [
  [/\/messages$/, anthropic],
  [/\/responses$/, responses],
  [/\/chat\/completions$/, chat],
];
const geminiPath = /\/models\/(.+):(streamGenerateContent|generateContent)$/;

/** The route of a POST, whatever base the path stands on; undefined if no provider has it. */
export function routeOf(path: string, body: JsonObject): Route | undefined {
  const found = geminiPath.exec(path);
  if (found) return { format: gemini, model: found[1] ?? '', streams: found[2] === 'streamGenerateContent' };
  const format = formats.find(([pattern]) => pattern.test(path))?.[1];
  return format && { format, model: String(body['model'] ?? ''), streams: body['stream'] === true };
}

/** The key in the header that the provider's clients use for it, or in the query as Gemini allows. */
export function apiKeyOf({ headers }: IncomingMessage, query: URLSearchParams): string | null {
  const own = headers['x-api-key'] ?? headers['x-goog-api-key'];
  if (typeof own === 'string') return own;
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? query.get('key');
}

/** The list of models at a GET's path: Ollama's, Gemini's, Anthropic's or OpenAI's; undefined elsewhere. */
export function modelList(path: string, request: IncomingMessage, models: readonly string[]): JsonObject | undefined {
  if (path.endsWith('/api/tags')) return ollamaTags(models);
  if (!path.endsWith('/models')) return undefined;
  if (path.includes('/v1beta/')) return { models: models.map(geminiModel) };
  if ('anthropic-version' in request.headers) return anthropicList(models);
  return { object: 'list', data: models.map((id) => ({ id, object: 'model', created: madeAt, owned_by: 'system' })) };
}

const madeAt = Date.UTC(2026, 0, 1) / 1000;
const madeAtText = new Date(madeAt * 1000).toISOString();

function anthropicList(models: readonly string[]): JsonObject {
  const data = models.map((id) => ({ type: 'model', id, display_name: id, created_at: madeAtText }));
  return { data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null };
}

function geminiModel(id: string): JsonObject {
  return {
    name: `models/${id}`,
    displayName: id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  };
}

function ollamaTags(models: readonly string[]): JsonObject {
  const details = { format: 'gguf', family: 'llama', families: ['llama'], parameter_size: '8B' };
  const entry = (name: string) => ({
    name,
    model: name,
    modified_at: madeAtText,
    size: 4_000_000_000,
    digest: '0'.repeat(64),
    details: { parent_model: '', ...details, quantization_level: 'Q4_K_M' },
  });
  return { models: models.map(entry) };
}
