/** Routes as values: a path, schemas, and a function from parsed input to answer. The OpenAPI document follows. */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HttpProblem } from './problem.js';

export type Api = OpenAPIHono;

interface RouteWords<Query extends z.ZodRawShape, Answer extends z.ZodType> {
  summary: string;
  query?: Query;
  answer: Answer;
}

export interface RouteInput<Query extends z.ZodRawShape> {
  query: z.infer<z.ZodObject<Query>>;
  params: Record<string, string>;
}

/** `GET path` (with `:name` parts): answers JSON of the given shape, or throws `HttpProblem`. */
export function get<Query extends z.ZodRawShape, Answer extends z.ZodType>(
  api: Api,
  path: string,
  words: RouteWords<Query, Answer>,
  answer: (input: RouteInput<Query>) => Promise<z.infer<Answer> | Response>,
): void {
  describe(api, 'get', path, words);
  const query = z.object(words.query ?? ({} as Query));
  api.get(path, async (context) =>
    reply(
      context,
      await answer({ query: queryOf(context, query), params: context.req.param() as Record<string, string> }),
    ),
  );
}

/** `POST path`; the body is read by `answer` itself. */
export function post<Answer extends z.ZodType>(
  api: Api,
  path: string,
  words: RouteWords<z.ZodRawShape, Answer>,
  answer: (context: Context) => Promise<z.infer<Answer> | Response>,
): void {
  describe(api, 'post', path, words);
  api.post(path, async (context) => reply(context, await answer(context)));
}

/** An order: its body is parsed before `carryOut` sees it. */
export function order<Body extends z.ZodType, Answer extends z.ZodType>(
  api: Api,
  { method, path, status = 200 }: { method: 'post' | 'put' | 'patch' | 'delete'; path: string; status?: 200 | 202 },
  words: { summary: string; body: Body; answer: Answer },
  carryOut: (input: { body: z.infer<Body>; params: Record<string, string> }) => Promise<z.infer<Answer>>,
): void {
  describe(api, method, path, words);
  api.on(method.toUpperCase(), path, async (context) => {
    const body = await bodyOf(context, words.body);
    return context.json(
      (await carryOut({ body, params: context.req.param() as Record<string, string> })) as object,
      status,
    );
  });
}

const bodyBytesMax = 16 * 1024 * 1024;

/** @throws HttpProblem 400 naming what is wrong. */
async function bodyOf<Body extends z.ZodType>(context: Context, schema: Body): Promise<z.infer<Body>> {
  const text = await context.req.text();
  if (text.length > bodyBytesMax) throw new HttpProblem(413, 'That is more than an order may hold.');
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new HttpProblem(400, 'The body is not JSON.');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new HttpProblem(400, `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
}

function reply(context: Context, body: unknown): Response {
  return body instanceof Response ? body : context.json(body as object);
}

/** The parsed query. @throws HttpProblem 400 naming the first wrong parameter. */
export function queryOf<Query extends z.ZodRawShape>(
  context: Context,
  schema: z.ZodObject<Query>,
): z.infer<z.ZodObject<Query>> {
  const given = Object.fromEntries(
    Object.entries(context.req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data as z.infer<z.ZodObject<Query>>;
  const issue = result.error.issues[0];
  const name = issue?.path.join('.') ?? '';
  const isRepeated = Array.isArray(given[name]) && issue?.path.length === 1;
  throw new HttpProblem(400, `${name}: ${isRepeated ? 'is given more than once; give it once' : issue?.message}`);
}

type DescribedWords = RouteWords<z.ZodRawShape, z.ZodType> & { body?: z.ZodType };

function describe(
  api: Api,
  method: 'get' | 'post' | 'put' | 'patch' | 'delete',
  path: string,
  words: DescribedWords,
): void {
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  api.openAPIRegistry.registerPath({
    method,
    path: `/api/v1${path.replace(/:(\w+)/g, '{$1}')}`,
    summary: words.summary,
    request: {
      ...(names.length > 0 ? { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) } : {}),
      ...(words.query ? { query: z.object(words.query) } : {}),
      ...(words.body ? { body: { content: { 'application/json': { schema: words.body } } } } : {}),
    },
    responses: { 200: { description: words.summary, content: { 'application/json': { schema: words.answer } } } },
  });
}
