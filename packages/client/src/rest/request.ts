/** One request: fetch, read, check against its schema. Every outcome is a value; only bugs throw. */
import type { Capability } from '@taffrail/wire';
import type { z } from 'zod';
import {
  type ClientProblem,
  problemOf,
  type Result,
  unexpectedAnswerProblem,
  unreachableProblem,
  unservedProblem,
} from './problem.js';

/** `baseUrl` is the API's base without a trailing slash. A browser needs no token: its cookie is sent. */
export type RestOptions = {
  baseUrl: string;
  fetch: typeof fetch;
  token?: string;
  /** Whether the server can do this, as far as it has said (F7). Absent: whoever asks knows their server. */
  serves?: (capability: Capability) => boolean;
};

export type RequestInput<T> = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** What the server must be able to do: where it is not, nothing is sent. */
  needs?: Capability | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as they are, in place of a body. */
  bytes?: Uint8Array<ArrayBuffer>;
  schema: z.ZodType<T>;
  signal?: AbortSignal | undefined;
};

/** Sends one request and parses its answer. An abort is reported like an unreachable server: nobody waits for it. */
export async function request<T>(options: RestOptions, input: RequestInput<T>): Promise<Result<T>> {
  const { needs } = input;
  if (needs !== undefined && options.serves?.(needs) === false) return failed(unservedProblem(needs));
  const answer = await send(options, input);
  if (!answer.ok) return answer;
  const { response, body } = answer.value;
  if (!response.ok) return failed(problemOf(response.status, response.statusText, body));
  const parsed = input.schema.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue ? `${issue.path.join('.') || 'body'}: ${issue.message}` : 'unknown shape';
  return failed(unexpectedAnswerProblem(response.status, `${input.path.split('?')[0]}: ${where}`));
}

function failed<T>(problem: ClientProblem): Result<T> {
  return { ok: false, problem };
}

type Answer = { response: Response; body: unknown };

async function send<T>(options: RestOptions, input: RequestInput<T>): Promise<Result<Answer>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (input.body !== undefined) headers['content-type'] = 'application/json';
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
  try {
    const response = await options.fetch(`${options.baseUrl}${input.path}`, {
      method: input.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(input.bytes === undefined ? {} : { body: input.bytes }),
      ...(input.signal ? { signal: input.signal } : {}),
    });
    return { ok: true, value: { response, body: bodyOf(await response.text()) } };
  } catch (error) {
    return failed(unreachableProblem(error));
  }
}

/** JSON where it is JSON; else the text, so that a proxy's HTML error still becomes a sentence. */
function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
