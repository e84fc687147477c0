/** The REST API as typed calls. Answers are parsed with the shared schemas; errors are problems, never throws. */
import {
  analyticsCoverageSchema,
  analyticsSummarySchema,
  analyticsTableSchema,
  budgetsSchema,
  type Capability,
  capabilities,
  choicesSchema,
  folderChangesSchema,
  foundFilesSchema,
  heatmapSchema,
  importStatusSchema,
  itemPageSchema,
  metaSchema,
  rewindPreviewSchema,
  searchResultSchema,
  sessionFacetsSchema,
  sessionListSchema,
  sessionSchema,
  sessionUsageSchema,
  snapshotFrameSchema,
  statusSchema,
  timelineSchema,
  toolTableSchema,
  tracePageSchema,
} from '@taffrail/wire';
import { z } from 'zod';
import { createOrders } from './orders.js';
import type { Result } from './problem.js';
import { type Query, queryString } from './query-string.js';
import { type RestOptions, request } from './request.js';
import { createSettings } from './settings.js';

export type ExportFormat = 'md' | 'html' | 'json' | 'jsonl' | 'otlp';
export type AnalyticsPanel =
  | 'summary'
  | 'daily'
  | 'heatmap'
  | 'models'
  | 'projects'
  | 'agents'
  | 'tools'
  | 'coverage'
  | 'top-sessions';

const snapshotSchema = snapshotFrameSchema.omit({ type: true, sessionId: true, rest: true });

/** A page of items: before or after a seq, never both. */
export type ItemsQuery = { before?: number; after?: number; limit?: number };

/** The calls of the API at `options.baseUrl`. Those that not every server can answer name what it takes (F7). */
export function createRest(options: RestOptions) {
  const asking =
    (needs?: Capability) =>
    <T>(path: string, schema: z.ZodType<T>, query: Query = {}, signal?: AbortSignal): Promise<Result<T>> =>
      request(options, { path: `${path}${queryString(query)}`, schema, signal, needs });
  const get = asking();
  const at = (id: string) => `/sessions/${encodeURIComponent(id)}`;
  return {
    ...createOrders(options),
    ...createSettings(options),
    meta: (signal?: AbortSignal) => get('/meta', metaSchema, {}, signal),
    sessions: (query: Query, signal?: AbortSignal) => get('/sessions', sessionListSchema, query, signal),
    facets: (query: Query, signal?: AbortSignal) => get('/sessions/facets', sessionFacetsSchema, query, signal),
    session: (id: string, signal?: AbortSignal) => get(at(id), sessionSchema, {}, signal),
    items: (id: string, query: ItemsQuery, signal?: AbortSignal) =>
      get(`${at(id)}/items`, itemPageSchema, query, signal),
    usage: (id: string, signal?: AbortSignal) => get(`${at(id)}/usage`, sessionUsageSchema, {}, signal),
    timeline: (id: string, signal?: AbortSignal) => get(`${at(id)}/timeline`, timelineSchema, {}, signal),
    /** What going back to before a turn would do; it is worked out from the folder as it is. */
    rewindPreview: (id: string, turnId: string, signal?: AbortSignal) =>
      asking('checkpoints')(`${at(id)}/rewind-preview`, rewindPreviewSchema, { turnId }, signal),
    /** What differs in the folder since the start or since before a turn. */
    changes: (id: string, since: string, signal?: AbortSignal) =>
      asking('checkpoints')(`${at(id)}/changes`, folderChangesSchema, { since }, signal),
    traces: (id: string, query: Query, signal?: AbortSignal) =>
      asking('traces')(`${at(id)}/traces`, tracePageSchema, query, signal),
    /** Every open session, with the turn so far of those that run. */
    status: (signal?: AbortSignal) => asking('live')('/status', statusSchema, {}, signal),
    /** What a new session may work with: models, agents, folders. */
    choices: (signal?: AbortSignal) => asking('live')('/choices', choicesSchema, {}, signal),
    /** What may be spent, and how that stands for a session. */
    budgets: (session: string | undefined, signal?: AbortSignal) =>
      asking('budgets')('/budgets', budgetsSchema, { session }, signal),
    /** Files of the session's folder, by what was typed of their names. */
    files: (id: string, q: string, signal?: AbortSignal) =>
      asking('attachments')(`${at(id)}/files`, foundFilesSchema, { q }, signal),
    /** The session as it stands, with its last items. Who shows it follows it over the socket instead. */
    snapshot: (id: string, signal?: AbortSignal) => asking('live')(`${at(id)}/snapshot`, snapshotSchema, {}, signal),
    search: (query: Query, signal?: AbortSignal) => asking('search')('/search', searchResultSchema, query, signal),
    summary: (query: Query, signal?: AbortSignal) => get('/analytics/summary', analyticsSummarySchema, query, signal),
    heatmap: (query: Query, signal?: AbortSignal) =>
      asking(metricNeed(query))('/analytics/heatmap', heatmapSchema, query, signal),
    tools: (query: Query, signal?: AbortSignal) => get('/analytics/tools', toolTableSchema, query, signal),
    coverage: (query: Query, signal?: AbortSignal) =>
      get('/analytics/coverage', analyticsCoverageSchema, query, signal),
    table: (panel: 'daily' | 'models' | 'projects' | 'agents' | 'top-sessions', query: Query, signal?: AbortSignal) =>
      asking(metricNeed(query))(`/analytics/${panel}`, analyticsTableSchema, query, signal),
    importStatus: (signal?: AbortSignal) => get('/import', importStatusSchema, {}, signal),
    /** Starts an import; its progress comes over the socket, so the answer's body is not read. */
    runImport: () => request(options, { method: 'POST', path: '/import/run', schema: z.unknown() }),
    /** Addresses for links: the browser follows them with its cookie. */
    links: {
      export: (id: string, format: ExportFormat) => `${options.baseUrl}${at(id)}/export${queryString({ format })}`,
      attachments: (id: string, name: string) => `${options.baseUrl}${at(id)}/attachments${queryString({ name })}`,
      blob: (id: string, hash: string) => `${options.baseUrl}${at(id)}/blobs/${encodeURIComponent(hash)}`,
      analytics: (panel: AnalyticsPanel, query: Query) => `${options.baseUrl}/analytics/${panel}${queryString(query)}`,
    },
  };
}

/** What a question takes that is put about one metric, or about kinds of tokens. */
function metricNeed({ metric, by }: Query): Capability | undefined {
  if (by === 'kind') return 'analytics.kinds';
  return metricNeeds.find((name) => name === `metric.${metric}`);
}

const metricNeeds = capabilities.filter((name) => name.startsWith('metric.'));
