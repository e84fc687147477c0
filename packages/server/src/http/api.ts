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
  api.get(path, async (context) =>
    reply(
      context,
      await answer({ query: queryOf(context, words.query), params: context.req.param() as Record<string, string> }),
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

function reply(context: Context, body: unknown): Response {
  return body instanceof Response ? body : context.json(body as object);
}

/** The parsed query. @throws HttpProblem 400 naming the first wrong parameter. */
export function queryOf<Query extends z.ZodRawShape>(
  context: Context,
  shape: Query | undefined,
): z.infer<z.ZodObject<Query>> {
  const result = z.object(shape ?? ({} as Query)).safeParse(context.req.query());
  if (result.success) return result.data as z.infer<z.ZodObject<Query>>;
  const issue = result.error.issues[0];
  throw new HttpProblem(400, `${issue?.path.join('.')}: ${issue?.message}`);
}

function describe(api: Api, method: 'get' | 'post', path: string, words: RouteWords<z.ZodRawShape, z.ZodType>): void {
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  api.openAPIRegistry.registerPath({
    method,
    path: `/api/v1${path.replace(/:(\w+)/g, '{$1}')}`,
    summary: words.summary,
    request: {
      ...(names.length > 0 ? { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) } : {}),
      ...(words.query ? { query: z.object(words.query) } : {}),
    },
    responses: { 200: { description: words.summary, content: { 'application/json': { schema: words.answer } } } },
  });
}
