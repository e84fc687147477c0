/** Search, imports, and what the server is. */
import { z } from '@hono/zod-openapi';
import { search } from '@taffrail/store';
import {
  capabilities,
  importReportSchema,
  importStatusSchema,
  metaSchema,
  protocolVersion,
  searchResultSchema,
  statusSchema,
} from '@taffrail/wire';
import { importHandedIn } from '../../import/hand-in.js';
import { type Api, get, post } from '../api.js';
import type { AppParts } from '../app.js';
import { cursor, pageSize, several } from '../parameters.js';
import { HttpProblem } from '../problem.js';

const searchShape = {
  q: z.string().default(''),
  agent: several,
  project: several,
  type: several,
  sessionId: several,
  limit: pageSize(100, 20),
  cursor,
};

export function archiveRoutes(api: Api, parts: AppParts): void {
  get(api, '/meta', { summary: 'What this server is and can do', answer: metaSchema }, () =>
    Promise.resolve({
      name: 'taffrail' as const,
      version: parts.version,
      protocol: protocolVersion,
      capabilities: [...capabilities],
      dataDir: parts.dataDir,
    }),
  );
  get(api, '/status', { summary: 'Live status of every open session', answer: statusSchema }, async () => {
    const open = await parts.store.queries
      .selectFrom('sessions')
      .select(['id', 'status'])
      .where('open', '=', 1)
      .execute();
    return { sessions: Object.fromEntries(open.map((session) => [session.id, { status: session.status }])) };
  });
  get(api, '/search', { summary: 'Full-text search', query: searchShape, answer: searchResultSchema }, ({ query }) => {
    const { cursor: offset, q, limit, ...filters } = query;
    const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
    return search(parts.store, { q, limit, offset, ...given });
  });
  get(api, '/import', { summary: 'Import progress, roots and problems', answer: importStatusSchema }, () =>
    parts.imports.status(),
  );
  post(api, '/import/run', { summary: 'Look at all roots again', answer: z.object({ state: z.string() }) }, () => {
    parts.imports.run();
    return Promise.resolve({ state: parts.imports.state.state });
  });
  post(api, '/import', { summary: 'Hand in a log file as the body', answer: importReportSchema }, async (context) => {
    const body = context.req.raw.body;
    if (!body) throw new HttpProblem(400, 'Send the log file as the body of the request.');
    const { sessionIds, ...outcome } = await importHandedIn({
      store: parts.store,
      body,
      agent: context.req.query('agent'),
      now: Date.now,
    });
    if (outcome.refused) throw new HttpProblem(outcome.refused.status, outcome.refused.detail);
    parts.changed(sessionIds);
    return outcome.report;
  });
}
