/** A session's trace, by page. */
import { z } from '@hono/zod-openapi';
import { Traces } from '@taffrail/store';
import { tracePageSchema } from '@taffrail/wire';
import { type Api, get } from '../api.js';
import type { AppParts } from '../app.js';
import { flag, pageSize } from '../parameters.js';
import { HttpProblem } from '../problem.js';

const query = {
  turnId: z.string().optional(),
  tree: flag,
  cursor: z
    .string()
    .regex(/^\d{1,15}\.\d{1,9}$/, 'use a page’s nextCursor')
    .optional(),
  limit: pageSize(2000, 1000),
};

export function traceRoutes(api: Api, { store, prices }: Pick<AppParts, 'store' | 'prices'>): void {
  const traces = new Traces(store.queries, prices);
  get(
    api,
    '/sessions/:id/traces',
    { summary: 'Where time and tokens went: spans in the order of the log', query, answer: tracePageSchema },
    async ({ params, query: { turnId, tree, cursor, limit } }) => {
      const sessionId = params['id'] ?? '';
      const page = await traces.page({ sessionId, turnId, tree, cursor, limit });
      if (!page) throw new HttpProblem(404, `There is no session ${sessionId}.`);
      return page;
    },
  );
}
