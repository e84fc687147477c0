/** `taffrail usage`: sums by day, week, month, session, project, model or agent, each with its coverage. */
import {
  type Calendar,
  csv,
  openUsageArchive,
  type ReportLines,
  type UsageArchive,
  usageReport,
} from '@taffrail/server';
import { coverageSentences, type Digits, figuresOf, untoldSentence } from '@taffrail/session';
import { type TokenField, tokenFields, type UsageReport } from '@taffrail/wire';
import { closing, nothingYet } from '../archive/closing.js';
import { calendarFrom, type FilterOptions, filterFrom } from '../archive/filter.js';
import { wrapped } from '../format/columns.js';
import { tableText } from '../format/table.js';
import { usageCells, usageColumns } from '../format/usage-columns.js';
import type { Setting } from '../program.js';
import type { Terminal } from '../terminal.js';
import { keyLines, type ReportName } from './usage-lines.js';
import { sessionLines } from './usage-sessions.js';

export interface UsageOptions extends FilterOptions {
  json?: true;
  csv?: true;
  exact?: true;
}

export async function usageCommand(setting: Setting, by: ReportName, options: UsageOptions): Promise<void> {
  const archive = await openUsageArchive({ dataDir: setting.dataDir, env: setting.terminal.env });
  await closing(archive, async () => {
    const calendar = calendarFrom(options.tz);
    const report = await reportOf(setting, archive, by, { options, calendar });
    const total = by === 'total';
    if (options.json) return setting.terminal.out(`${JSON.stringify(total ? report.total : report, null, 2)}\n`);
    if (options.csv) return setting.terminal.out(csvOf(total ? totalAsRow(report) : report.rows));
    if (!archive) return setting.terminal.out(nothingYet);
    if (!report.total) return setting.terminal.out(nothingTold(report));
    if (total) return setting.terminal.out(totalText(setting, report.total));
    await setting.terminal.out(
      await tableOf(setting, archive, { by, report, digits: options.exact ? 'exact' : 'short' }),
    );
  });
}

function nothingTold({ untoldRequests = 0 }: UsageReport): string {
  const why = untoldRequests > 0 ? `: ${untoldSentence(untoldRequests)}` : '';
  return `No request reported any usage here${why}.\n`;
}

const linesOf: Record<ReportName, ReportLines> = {
  total: 'agent',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  session: 'session',
  project: 'project',
  model: 'model',
  agent: 'agent',
};

async function reportOf(
  { terminal }: Setting,
  archive: UsageArchive | null,
  by: ReportName,
  { options, calendar }: { options: UsageOptions; calendar: Calendar },
): Promise<UsageReport> {
  const filter = await filterFrom(options, calendar, {
    cwd: terminal.cwd,
    projects: async () => ((await archive?.store.sessions()) ?? []).map((session) => session.project),
  });
  if (!archive) return { rows: [], total: null };
  const question = { source: archive.store, prices: await archive.prices(), filter, calendar };
  return usageReport(question, linesOf[by]);
}

const totalAsRow = ({ total }: UsageReport): UsageReport['rows'] => (total ? [{ key: 'total', ...total }] : []);

/** The columns stand whatever the rows are, so that a table reads them the same tomorrow. */
function csvOf(rows: UsageReport['rows']): string {
  const lines = rows.map(({ last: _last, untoldRequests = 0, ...row }) => ({ ...row, untoldRequests }));
  const reported = tokenFields.map((field) => `reported.${field}`);
  const columns = ['key', 'requests', ...tokenFields, ...reported, 'costMicros', 'pricedRequests', 'untoldRequests'];
  // Lines as terminals and pipes end them.
  return csv(lines, columns).replaceAll('\r\n', '\n');
}

interface Shown {
  by: ReportName;
  report: UsageReport;
  digits: Digits;
}

async function tableOf({ terminal }: Setting, archive: UsageArchive, { by, report, digits }: Shown): Promise<string> {
  const { columns, colours } = terminal;
  const heads = by === 'session' ? await sessionLines(archive, terminal, report) : keyLines(by, report);
  // In a column that is never left out.
  const labelled = heads.columns.findIndex((column) => column.spare === undefined);
  const label = heads.columns.map((_column, index) => (index === labelled ? 'Total' : ''));
  const table = {
    columns: [...heads.columns, ...usageColumns],
    rows: report.rows.map((row, index) => [...(heads.cells[index] ?? []), ...usageCells(row, digits)]),
    total: [...label, ...usageCells(report.total, digits)],
  };
  return `${tableText(table, columns, colours)}${coverageLines(report.total, terminal)}`;
}

const shownFields: TokenField[] = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
];

function coverageLines(total: UsageReport['total'], { columns, colours }: Terminal): string {
  const sentences = coverageSentences(total, shownFields);
  if (sentences.length === 0) return '';
  return wrapped(sentences.join(' · '), columns)
    .map((line) => `${colours.dim(line)}\n`)
    .join('');
}

const sourceTitle = 'Reported by';

/** One figure to a line, with what it was counted from: beside it, or below where that is too wide. */
function totalText({ terminal }: Setting, total: NonNullable<UsageReport['total']>): string {
  const figures = figuresOf(total).map(({ name, isPart, value, from }) => [isPart ? `  ${name}` : name, value, from]);
  const columns = [
    { title: '', align: 'left' as const },
    { title: 'Tokens', align: 'right' as const },
    { title: sourceTitle, align: 'left' as const, paint: terminal.colours.dim, spare: 1 },
  ];
  const table = tableText({ columns, rows: figures }, terminal.columns, terminal.colours);
  const below = table.includes(sourceTitle) ? untoldLine(total, terminal) : coverageLines(total, terminal);
  return `${table}${below}`;
}

/** Those are in no line of the figures, nor in what they were counted from. */
function untoldLine({ untoldRequests = 0 }: NonNullable<UsageReport['total']>, { colours }: Terminal): string {
  return untoldRequests > 0 ? `${colours.dim(untoldSentence(untoldRequests))}\n` : '';
}
