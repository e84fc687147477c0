/** The analytics panels, as JSON or CSV. */
import { z } from '@hono/zod-openapi';
import { importers } from '@taffrail/importers';
import {
  breakdownBy,
  coverage,
  daily,
  type Grouping,
  heatmap,
  type PanelQuestion,
  summary,
  tools,
  topSessions,
} from '@taffrail/store';
import {
  analyticsCoverageSchema,
  analyticsSummarySchema,
  analyticsTableSchema,
  heatmapSchema,
  kindFields,
  metricSchema,
  tokenFields,
  toolTableSchema,
} from '@taffrail/wire';
import { type Api, get } from '../api.js';
import type { AppParts } from '../app.js';
import { csv } from '../csv.js';
import { calendarOf, type FilterQuery, filterOf, filterShape, pageSize, periodBefore } from '../parameters.js';

interface PanelQuery extends FilterQuery {
  metric: z.infer<typeof metricSchema>;
  by?: Grouping | 'kind' | undefined;
  unit: (typeof units)[number];
  limit: number;
}

const units = ['day', 'week', 'month'] as const;

interface Panel<Answer extends z.ZodType> {
  path: string;
  title: string;
  answer: Answer;
  count: (question: PanelQuestion, query: PanelQuery) => Promise<z.infer<Answer>>;
  /** The lines that a CSV of the panel has. */
  lines: (answer: z.infer<Answer>, part: Part) => readonly object[];
  /** Its columns, whatever the lines are: what a line does not know is blank, not missing. */
  columns: readonly string[] | ((query: { by?: Grouping | 'kind' | undefined; part: Part }) => readonly string[]);
}

const heatmapParts = ['days', 'hours'] as const;
type Part = (typeof heatmapParts)[number];

const figures = [
  'requests',
  ...tokenFields,
  ...tokenFields.map((field) => `reported.${field}`),
  'costMicros',
  'pricedRequests',
];
const rowColumns = [
  ...['key', 'group', 'sessions', 'sessionsWithUsage', 'messages'],
  ...figures.map((name) => `usage.${name}`),
  ...['cacheSavedMicros', 'cacheSavedRequests', 'untoldRequests', 'cacheToldInputTokens'],
];

const requestColumns = ['requests', 'reportedRequests'];
const heatmapColumns: Record<Part, readonly string[]> = {
  days: ['day', 'value', 'reported', 'of', ...requestColumns],
  hours: ['weekday', 'hour', 'value', ...requestColumns],
};
const kindColumns = kindFields.map((kind) => `kinds.${kind}`);

const panelShape = {
  ...filterShape,
  metric: metricSchema.default('input_tokens'),
  by: z.enum(['agent', 'model', 'project', 'kind']).optional(),
  unit: z
    .enum(units)
    .default('day')
    .describe('What a line of `daily` is; a week or a month has the name of its first day'),
  limit: pageSize(1000, 20),
  part: z.enum(heatmapParts).default('days').describe('Which lines a CSV of the heatmap has'),
};

const breakdownPanel = (path: string, by: Grouping): Panel<typeof analyticsTableSchema> => ({
  path,
  title: `Usage by ${by}`,
  answer: analyticsTableSchema,
  count: (question) => breakdownBy(question, by),
  lines: (table) => table.rows,
  columns: rowColumns,
});

export function analyticsRoutes(api: Api, parts: AppParts): void {
  panel(api, parts, {
    path: 'summary',
    title: 'Totals, the period before, and days',
    answer: analyticsSummarySchema,
    count: (question, query) => summary(question, periodBefore(query, question.calendar)),
    lines: (answer) => answer.days,
    columns: rowColumns,
  });
  panel(api, parts, {
    path: 'daily',
    title: 'Usage per day',
    answer: analyticsTableSchema,
    count: (question, { by, unit }) => daily(question, by ?? null, unit),
    lines: (table) => table.rows,
    columns: ({ by }) => (by === 'kind' ? [...rowColumns, ...kindColumns] : rowColumns),
  });
  panel(api, parts, {
    path: 'heatmap',
    title: 'Calendar and hours of the week',
    answer: heatmapSchema,
    count: (question, { metric }) => heatmap(question, metric),
    lines: (map, part) => map[part],
    columns: ({ part }) => heatmapColumns[part],
  });
  panel(api, parts, {
    path: 'top-sessions',
    title: 'The largest sessions',
    answer: analyticsTableSchema,
    count: (question, { metric, limit }) => topSessions(question, metric, limit),
    lines: (table) => table.rows,
    columns: rowColumns,
  });
  panel(api, parts, breakdownPanel('models', 'model'));
  panel(api, parts, breakdownPanel('projects', 'project'));
  panel(api, parts, breakdownPanel('agents', 'agent'));
  panel(api, parts, {
    path: 'tools',
    title: 'Tools',
    answer: toolTableSchema,
    count: (question) => tools(question),
    lines: (table) => table.rows,
    columns: ['name', 'calls', 'errors', 'sessions', 'outputBytes', 'durationMs', 'timedCalls'],
  });
  panel(api, parts, {
    path: 'coverage',
    title: 'What is not known, and why',
    answer: analyticsCoverageSchema,
    count: (question) => coverage(question, capabilitiesOf),
    lines: (answer) => answer.reasons,
    columns: ['reason', 'missing', 'count', 'unit'],
  });
}

function panel<Answer extends z.ZodType>(api: Api, parts: AppParts, words: Panel<Answer>): void {
  get(
    api,
    `/analytics/${words.path}`,
    { summary: words.title, query: panelShape, answer: words.answer },
    async ({ query }) => {
      const name = `${words.path} ${JSON.stringify(query)}`;
      const answer = await parts.remember(name, () => words.count(questionOf(parts, query), query));
      if (query.format !== 'csv') return answer;
      const columns = typeof words.columns === 'function' ? words.columns(query) : words.columns;
      return csvResponse(words.path, csv(words.lines(answer, query.part), columns));
    },
  );
}

const capabilitiesOf = (agent: string) => importers.find((importer) => importer.agent === agent)?.capabilities;

function questionOf(parts: AppParts, query: FilterQuery): PanelQuestion {
  const calendar = calendarOf(query.tz);
  const { gather, prices, store } = parts;
  return { queries: store.queries, gather, prices, calendar, filter: filterOf(query, calendar) };
}

function csvResponse(name: string, text: string): Response {
  return new Response(text, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="taffrail-${name}.csv"`,
    },
  });
}
