/** A session as a file: its log as JSON Lines, or everything about it as JSON. */
import { z } from '@hono/zod-openapi';
import { findSession, itemPage, readRows, sessionUsage } from '@taffrail/store';
import { type Api, get } from '../api.js';
import type { AppParts } from '../app.js';
import { HttpProblem } from '../problem.js';

const rowsPerRead = 1_000;

export function exportRoutes(api: Api, parts: AppParts): void {
  const query = { format: z.enum(['json', 'jsonl']).default('json') };
  get(
    api,
    '/sessions/:id/export',
    { summary: 'The session as a file', query, answer: z.any() },
    async ({ params, query: { format } }) => {
      const id = params['id'] ?? '';
      const session = await findSession(parts.store.queries, parts.prices, id);
      const row = await parts.store.queries
        .selectFrom('sessions')
        .select('num')
        .where('id', '=', id)
        .executeTakeFirst();
      if (!session || !row) throw new HttpProblem(404, `There is no session ${id}.`);
      if (format === 'jsonl') return file(`${id}.jsonl`, 'application/x-ndjson', rowsOf(parts, row.num));
      const usage = await sessionUsage(parts.store.queries, parts.prices, row.num);
      const { items } = await itemPage(parts.store.queries, {
        num: row.num,
        total: session.itemCount,
        after: 0,
        limit: session.itemCount + 1,
      });
      return file(`${id}.json`, 'application/json', JSON.stringify({ session, usage, items }, null, 2));
    },
  );
}

/** The log in pieces, so that its length does not matter. */
function rowsOf(parts: AppParts, num: number): ReadableStream<Uint8Array> {
  let after = 0;
  return new ReadableStream({
    pull: async (controller) => {
      const rows = await readRows(parts.store.queries, num, after, rowsPerRead);
      if (rows.length === 0) return controller.close();
      after = rows.at(-1)?.seq ?? after;
      controller.enqueue(new TextEncoder().encode(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`));
    },
  });
}

function file(name: string, type: string, body: string | ReadableStream<Uint8Array>): Response {
  const safeName = name.replace(/[^\w.-]/g, '_');
  return new Response(body, {
    headers: { 'content-type': `${type}; charset=utf-8`, 'content-disposition': `attachment; filename="${safeName}"` },
  });
}
