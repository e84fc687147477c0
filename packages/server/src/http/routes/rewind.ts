/** Going back in a session, and what has changed in its folder. */
import { z } from '@hono/zod-openapi';
import { folderChangesSchema, rewindPreviewSchema, rewindSessionSchema, rewoundSchema } from '@taffrail/wire';
import { type Api, get, order } from '../api.js';
import type { AppParts } from '../app.js';
import { obeying } from '../obeying.js';

export function rewindRoutes(api: Api, { runner }: AppParts): void {
  const filesOf = (params: Record<string, string>) => runner.files(params['id'] ?? '');
  get(
    api,
    '/sessions/:id/rewind-preview',
    {
      summary: 'What going back to before a turn would do',
      query: { turnId: z.string() },
      answer: rewindPreviewSchema,
    },
    ({ params, query }) => obeying(async () => (await filesOf(params)).preview(query.turnId)),
  );
  get(
    api,
    '/sessions/:id/changes',
    {
      summary: 'What differs in the folder between a turn, or the start, and now',
      query: { since: z.string().default('start') },
      answer: folderChangesSchema,
    },
    ({ params, query }) => obeying(async () => (await filesOf(params)).changes(query.since)),
  );
  order(
    api,
    { method: 'post', path: '/sessions/:id/rewind' },
    { summary: 'Goes back to before a turn, or undoes that', body: rewindSessionSchema, answer: rewoundSchema },
    ({ body, params }) =>
      obeying(async () => {
        const files = await filesOf(params);
        const restored = 'undo' in body ? await files.undo() : await files.rewind(body.turnId, body.files ?? false);
        return { done: true as const, restored };
      }),
  );
}
