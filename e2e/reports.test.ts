/** F4, F5: the command line's reports and the web app's panels count the same archive, and agree to the digit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalyticsRow, AnalyticsSummary, AnalyticsTable, Usage, UsageReport } from '@taffrail/wire';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { corpus } from '../bench/corpus/generate.js';
import { type RunningServer, startServer, taffrail, until } from './support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'taffrail-reports-'));
const dataDir = join(folder, 'data');
let server: RunningServer;

beforeAll(async () => {
  const { home } = corpus(folder, { seed: 11, sizeMb: 4 });
  await taffrail(['import', '--home', home, '--data-dir', dataDir]);
  server = await startServer({ dataDir, home });
  await until(
    async () => (await (await server.get('/import')).json()) as { state: string },
    ({ state }) => state === 'idle',
  );
});

afterAll(async () => {
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

type Filter = { [K in 'since' | 'until' | 'tz' | 'agent' | 'model' | 'project']?: string };

async function report(by: string, filter: Filter): Promise<UsageReport> {
  const flags = Object.entries(filter).flatMap(([name, value]) => [`--${name}`, value]);
  const { code, stdout, stderr } = await taffrail(['usage', by, '--json', '--data-dir', dataDir, ...flags]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as UsageReport;
}

async function panel<Answer>(name: string, query: Record<string, string>): Promise<Answer> {
  return (await (await server.get(`/analytics/${name}?${new URLSearchParams(query)}`)).json()) as Answer;
}

/** Which request came last is a report's alone. */
const figuresOf = ({ last: _last, ...figures }: Usage) => figures;
const byKey = (one: [string, unknown], other: [string, unknown]) => (one[0] < other[0] ? -1 : 1);
const linesOf = (rows: readonly AnalyticsRow[]) =>
  rows.flatMap(({ key, usage }): [string, unknown][] => (usage ? [[key, figuresOf(usage)]] : [])).sort(byKey);
const reportLines = (rows: UsageReport['rows']) =>
  rows.map(({ key, ...usage }): [string, unknown] => [key, figuresOf(usage)]).sort(byKey);

/** A model and a project that the archive has, and days in its midst. */
async function samples(): Promise<Record<'model' | 'project' | 'since' | 'until', string>> {
  const [models, projects, days] = await Promise.all(
    ['models', 'projects', 'daily'].map((name) => panel<AnalyticsTable>(name, { tz: 'UTC' })),
  );
  const keys = (table: AnalyticsTable | undefined) => table?.rows.map(({ key }) => key).filter(Boolean) ?? [];
  const dayKeys = keys(days);
  const day = (share: number) => dayKeys[Math.floor(dayKeys.length * share)] ?? '';
  return { model: keys(models)[1] ?? '', project: keys(projects)[1] ?? '', since: day(0.3), until: day(0.7) };
}

async function filters(): Promise<Filter[]> {
  const { model, project, since, until: last } = await samples();
  return [
    { tz: 'UTC' },
    { tz: 'Pacific/Auckland' },
    { tz: 'America/Los_Angeles', since, until: last },
    { tz: 'Asia/Kathmandu', agent: 'codex' },
    { tz: 'UTC', model },
    { tz: 'UTC', project, since },
  ];
}

const groupings = [
  ['daily', 'daily'],
  ['session', 'top-sessions'],
  ['project', 'projects'],
  ['model', 'models'],
  ['agent', 'agents'],
] as const;

it.each(groupings)(
  'F4, F5: `usage %s` says what the %s panel says, whatever the filter and the zone',
  async (by, name) => {
    for (const filter of await filters()) {
      const told = await report(by, filter);
      const counted = await panel<AnalyticsTable>(name, { ...filter, limit: '1000' });
      expect(told.rows.length).toBeGreaterThan(0);
      expect([filter, ...reportLines(told.rows)]).toEqual([filter, ...linesOf(counted.rows)]);
      expect(told.total && figuresOf(told.total)).toEqual(counted.total.usage && figuresOf(counted.total.usage));
    }
  },
);

it('F4, F5: `usage total` says what the tiles say', async () => {
  for (const filter of await filters()) {
    const told = (await report('total', filter)) as unknown as Usage;
    const { total } = await panel<AnalyticsSummary>('summary', filter);
    expect([filter, figuresOf(told)]).toEqual([filter, total.usage && figuresOf(total.usage)]);
  }
});

type Days = { since: string; until: string };

/** The days of `2026-W23`: the week that holds the 4th of January is the first. */
function daysOfWeek(week: string): Days {
  const [year, number] = week.split('-W').map(Number);
  const fourth = new Date(Date.UTC(year ?? 0, 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7) + 7 * ((number ?? 1) - 1);
  const day = (offset: number) => new Date(Date.UTC(year ?? 0, 0, monday + offset)).toISOString().slice(0, 10);
  return { since: day(0), until: day(6) };
}

function daysOfMonth(month: string): Days {
  const [year, number] = month.split('-').map(Number);
  return { since: `${month}-01`, until: new Date(Date.UTC(year ?? 0, number ?? 1, 0)).toISOString().slice(0, 10) };
}

it.each([
  ['weekly', daysOfWeek],
  ['monthly', daysOfMonth],
] as const)('F4, F5: each line of `usage %s` says what the tiles say of its days', async (by, daysOf) => {
  for (const tz of ['UTC', 'America/Los_Angeles']) {
    const { rows } = await report(by, { tz });
    expect(rows.length).toBeGreaterThan(1);
    for (const { key, ...usage } of rows) {
      const { total } = await panel<AnalyticsSummary>('summary', { tz, ...daysOf(key) });
      expect([key, figuresOf(usage)]).toEqual([key, total.usage && figuresOf(total.usage)]);
    }
  }
});
