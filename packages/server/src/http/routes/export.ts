/** A session as a file: its log as JSON Lines, or written out as Markdown, HTML or JSON. */
import { z } from '@hono/zod-openapi';
import { type ExportFormat, exportFormats, exportSession } from '@taffrail/session';
import { findSession, itemPages, readRows, sessionUsage } from '@taffrail/store';
import { otlpDocument } from '../../telemetry/stored-spans.js';
import { type Api, get } from '../api.js';
import type { AppParts } from '../app.js';
import { flag } from '../parameters.js';
import { HttpProblem } from '../problem.js';

const rowsPerRead = 1_000;

type Format = ExportFormat | 'jsonl' | 'otlp';

const types: Record<Format, string> = {
  md: 'text/markdown',
  html: 'text/html',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  otlp: 'application/json',
};

export function exportRoutes(api: Api, parts: AppParts): void {
  const query = {
    format: z.enum([...exportFormats, 'jsonl', 'otlp']).default('json'),
    content: flag.openapi({ description: 'Of `otlp`: what was said and done too, not only when and how much' }),
  };
  get(
    api,
    '/sessions/:id/export',
    { summary: 'The session as a file', query, answer: z.any() },
    async ({ params, query: { format, content = false } }) => {
      const id = params['id'] ?? '';
      const { queries } = parts.store;
      const session = await findSession(queries, parts.prices, id);
      const row = await queries.selectFrom('sessions').select('num').where('id', '=', id).executeTakeFirst();
      if (!session || !row) throw new HttpProblem(404, `There is no session ${id}.`);
      if (format === 'jsonl') return file(id, format, rowsOf(parts, row.num));
      if (format === 'otlp') return file(id, format, otlpDocument({ queries, prices: parts.prices }, id, { content }));
      const usage = await sessionUsage(queries, parts.prices, row.num);
      return file(id, format, exportSession(format, { session, usage }, itemPages(queries, row.num, { whole: true })));
    },
  );
}

/** The log in pieces, so that its length does not matter. */
async function* rowsOf(parts: AppParts, num: number): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const rows = await readRows(parts.store.queries, num, after, rowsPerRead);
    if (rows.length === 0) return;
    after = rows.at(-1)?.seq ?? after;
    yield `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
  }
}

/** A download: no browser runs what it holds in this server's name. */
function file(id: string, format: Format, pieces: AsyncGenerator<string>): Response {
  const name = `${id}.${format === 'otlp' ? 'otlp.json' : format}`.replace(/[^\w.-]/g, '_');
  return new Response(streamOf(pieces), {
    headers: {
      'content-type': `${types[format]}; charset=utf-8`,
      'content-disposition': `attachment; filename="${name}"`,
    },
  });
}

function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => void (await pieces.return(undefined)),
  });
}
