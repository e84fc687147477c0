/** F4, F5: every panel and report against a recount of the log that knows no buckets, sums or joins. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomSeed } from '@taffrail/testing';
import { type AnalyticsRow, agentLabel, type Metric, metrics, tokenFields } from '@taffrail/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NewRow } from '../commit.js';
import { call, checkpoint, result } from '../contract/sample-rows.js';
import { Database } from '../sqlite/database.js';
import { migrate } from '../sqlite/migrate.js';
import { migrations } from '../sqlite/schema.js';
import { openSqlite } from '../sqlite/store.js';
import type { Store } from '../store.js';
import { Calendar, plusDays, weekday } from './calendar.js';
import { gather } from './counted.js';
import { coverage } from './coverage.js';
import type { Filter } from './filter.js';
import { breakdownBy, daily, heatmap, metricOf, type PanelQuestion, summary, topSessions } from './panels.js';
import {
  clockIn,
  type Event,
  eventsOf,
  groupsOf,
  type Line,
  linesOf,
  prices,
  toolLinesOf,
} from './recount-for-tests.js';
import { tools } from './tools.js';
import { usageReport } from './usage-report.js';
import { type Question, question, rowsOf, type Session, world } from './world-for-tests.js';

/** A message belongs to no model: unknown there, not 0. */
const linesOfModels: typeof linesOf = (events, keyOf) =>
  linesOf(events, keyOf).map((line) => ({ ...line, messages: null }));

const named = (line: { key: string; group?: string | null }) => `${line.key}\u0000${line.group ?? ''}`;
const sorted = <Of extends { key: string; group?: string | null }>(lines: readonly Of[]): Of[] =>
  lines.toSorted((one, other) => (named(one) < named(other) ? -1 : 1));
const plain = (lines: readonly AnalyticsRow[]): Line[] =>
  sorted(lines).map(({ usage, ...line }) => {
    if (!usage) return { ...line, usage };
    const { last: _last, ...figures } = usage;
    return { ...line, usage: figures };
  });
const none: Line = {
  ...{ key: 'total', group: null, sessions: 0, sessionsWithUsage: 0, messages: 0, usage: null, untoldRequests: 0 },
  ...{ cacheToldInputTokens: null, cacheSavedMicros: null, cacheSavedRequests: 0 },
};

/** Day by day back to a Monday or a first. */
function firstOf(day: string, period: 'week' | 'month'): string {
  const isFirst = period === 'week' ? new Date(`${day}T12:00:00Z`).getUTCDay() === 1 : day.endsWith('-01');
  return isFirst ? day : firstOf(plusDays(day, -1), period);
}

/** Days since 1970 by their names: what a clock does in them is no part of it. */
const dayNumber = (day: string): number => Date.parse(day) / 86_400_000;

async function check(store: Store, sessions: readonly Session[], asked: Question): Promise<void> {
  const calendar = new Calendar(asked.tz);
  const clock = clockIn(asked.tz);
  const until = asked.since !== null && asked.days !== null ? plusDays(asked.since, asked.days) : null;
  const filter: Filter = {
    ...(asked.since === null ? {} : { since: calendar.startOf(asked.since) }),
    ...(until === null ? {} : { until: calendar.startOf(plusDays(until, 1)) }),
    ...(asked.agent === null ? {} : { agents: [asked.agent] }),
    ...(asked.project === null ? {} : { projects: [asked.project] }),
    ...(asked.model === null ? {} : { models: [asked.model] }),
  };
  const inRange = (time: number) =>
    (asked.since === null || clock(time).day >= asked.since) && (until === null || clock(time).day <= until);
  const events = eventsOf(sessions, asked, inRange);
  const requests = events.filter(({ request: one }) => one !== null);
  const [total = none] = linesOf(events, () => 'total');
  const about = {
    queries: store.queries,
    gather: (some: Filter) => gather(store.queries, some),
    prices,
    filter,
    calendar,
  };
  const days = sorted(linesOf(events, ({ at: time }) => clock(time).day));

  const told = await summary(
    about,
    asked.since === null || until === null ? null : calendar.daysBefore(asked.since, until),
  );
  expect([plain(told.days), plain([told.total])]).toEqual([days, [total]]);
  expect([told.agents, told.projects]).toEqual([
    new Set(events.map((event) => event.session.agent)).size,
    new Set(events.map((event) => event.session.project)).size,
  ]);
  if (asked.since !== null && asked.days !== null) {
    const [first, count] = [dayNumber(asked.since), asked.days + 1];
    const daysAhead = (time: number) => first - dayNumber(clock(time).day);
    const before = eventsOf(sessions, asked, (time) => daysAhead(time) > 0 && daysAhead(time) <= count);
    expect(plain(told.previous ? [told.previous] : [])).toEqual(
      [{ ...(linesOf(before, () => 'total')[0] ?? none) }].map((line) => ({ ...line, key: told.previous?.key ?? '' })),
    );
  }

  await checkDaily(about, { events, requests, days, clock });
  await checkMetrics(about, { events, days, clock });
  await checkCoverage(about, total, events);
  expect(byName((await tools(about)).rows)).toEqual(byName(toolLinesOf(sessions, asked, inRange)));
  const report = await usageReport({ source: store.usage, prices, filter, calendar }, 'day');
  expect(report.rows.map(({ key, last: _last, untoldRequests = 0, ...usage }) => [key, usage, untoldRequests])).toEqual(
    days.filter(({ usage }) => usage !== null).map((line) => [line.key, line.usage, line.untoldRequests]),
  );
  expect(report.untoldRequests ?? 0).toBe(total.untoldRequests);
}

type About = PanelQuestion;

interface Recounted {
  events: readonly Event[];
  /** Those of them that are requests. */
  requests: readonly Event[];
  days: readonly Line[];
  clock: ReturnType<typeof clockIn>;
}

async function checkDaily(about: About, { events, requests, days, clock }: Recounted): Promise<void> {
  const groupings = {
    agent: (event: Event) => event.session.agent,
    project: (event: Event) => event.session.project ?? '',
    model: (event: Event) => event.request?.model ?? '',
  };
  for (const by of ['agent', 'project', 'model'] as const) {
    const counted = by === 'model' ? requests : events;
    const linesBy = by === 'model' ? linesOfModels : linesOf;
    expect(plain((await breakdownBy(about, by)).rows)).toEqual(sorted(linesBy(counted, groupings[by])));
    const stacked = linesBy(counted, (event) => [clock(event.at).day, groupings[by](event)]);
    const told = await daily(about, by);
    expect(plain(told.rows)).toEqual(sorted(stacked));
    expect(plain(told.wholes ?? [])).toEqual(days);
  }
  for (const period of ['week', 'month'] as const) {
    const firstDay = (time: number) => firstOf(clock(time).day, period);
    const { rows, wholes } = await daily(about, 'agent', period);
    expect(plain(rows)).toEqual(sorted(linesOf(events, ({ at: time, session }) => [firstDay(time), session.agent])));
    expect(plain(wholes ?? [])).toEqual(sorted(linesOf(events, ({ at: time }) => firstDay(time))));
  }

  const byKind = (await daily(about, 'kind')).rows.map(({ kinds, ...line }) => ({ kinds, line }));
  expect(plain(byKind.map(({ line }) => line))).toEqual(days);
  for (const { kinds, line } of byKind) {
    const { cacheReadTokens = null, cacheWriteTokens = null, reasoningTokens = null } = line.usage ?? {};
    expect([kinds === null, kinds?.cacheReadTokens ?? null]).toEqual([line.usage === null, cacheReadTokens]);
    expect([kinds?.cacheWriteTokens ?? null, kinds?.reasoningTokens ?? null]).toEqual([
      ...[cacheWriteTokens, reasoningTokens],
    ]);
  }
}

async function checkMetrics(about: About, { events, days, clock }: Omit<Recounted, 'requests'>): Promise<void> {
  const bySession = linesOf(events, ({ root }) => root);
  const hours = linesOf(events, ({ at: time }) => `${weekday(clock(time).day)} ${clock(time).hour}`);
  for (const metric of metrics) {
    const top = await topSessions(about, metric, 100);
    expect(plain(top.rows)).toEqual(sorted(bySession));
    const values = top.rows.map((row) => metricOf(row, metric) ?? -1);
    expect(values).toEqual(values.toSorted((one, other) => other - one));
    const value = (line: Line) => metricOf(line as AnalyticsRow, metric);
    const map = await heatmap(about, metric);
    expect(map.days).toEqual(
      days.map((line) => ({
        day: line.key,
        value: value(line),
        reported: line.sessionsWithUsage,
        of: line.sessions,
        ...requestsTold(line, metric),
      })),
    );
    expect(sorted(map.hours.map((one) => ({ ...one, key: `${one.weekday} ${one.hour}` })))).toEqual(
      sorted(hours).map((line) => {
        const [day, hour] = line.key.split(' ').map(Number);
        return { weekday: day, hour, value: value(line), ...requestsTold(line, metric), key: line.key };
      }),
    );
  }
}

function requestsTold({ usage, untoldRequests = 0 }: Line, metric: Metric) {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens = 0 } = usage?.reported ?? {};
  const reportedRequests = new Map<Metric, number>([
    ['input_tokens', inputTokens],
    ['output_tokens', outputTokens],
    ['cache_read_tokens', cacheReadTokens],
    ['cost', usage?.pricedRequests ?? 0],
  ]).get(metric);
  return reportedRequests === undefined ? {} : { requests: (usage?.requests ?? 0) + untoldRequests, reportedRequests };
}

async function checkCoverage(about: About, total: Line, events: readonly Event[]): Promise<void> {
  const told = await coverage(about, () => undefined);
  const [requests, untold = 0] = [total.usage?.requests ?? 0, total.untoldRequests];
  expect([told.sessions, told.requests, told.untoldRequests]).toEqual([total.sessions, requests, untold]);
  expect(told.fields).toEqual([
    ...tokenFields.map((field) => ({ field, reported: total.usage?.reported[field] ?? 0, of: requests + untold })),
    { field: 'cost', reported: total.usage?.pricedRequests ?? 0, of: requests + untold },
  ]);
  const missing = (name: string, unit = 'requests') =>
    told.reasons.filter((one) => one.unit === unit && one.missing.split(', ').includes(name));
  const sum = (name: string) => missing(name).reduce((count, one) => count + one.count, 0);
  expect(sum('all')).toBe(untold);
  expect(sum('output')).toBe(requests - (total.usage?.reported.outputTokens ?? 0));
  expect(sum('input')).toBe(requests - (total.usage?.reported.inputTokens ?? 0));
  expect(sum('cost')).toBe(requests - (total.usage?.pricedRequests ?? 0));
  const cutOff = events.flatMap(({ request: one }) => (one && !one.isFinished ? [one] : []));
  const said = told.reasons.filter(({ reason }) => reason.includes('not logged'));
  expect(said.reduce((count, one) => count + one.count, 0)).toBe(
    cutOff.filter(({ tokens }) => tokens.outputTokens === null).length,
  );
  const rootsOf = (some: readonly Event[]) => new Set(some.map(({ root }) => root));
  const empty = [...groupsOf(events, ({ session: { agent } }) => agent)].flatMap(([agent, group]) => {
    const asking = rootsOf(group.filter(({ request: one }) => one !== null));
    const count = rootsOf(group).size - asking.size;
    return count === 0 ? [] : [[agentLabel(agent), count] as const];
  });
  expect(new Map(missing('all', 'sessions').map(({ reason, count }) => [reason.split(':')[0], count]))).toEqual(
    new Map(empty),
  );
}

const byName = <Of extends { name: string }>(list: readonly Of[]): Of[] =>
  list.toSorted((one, other) => (one.name < other.name ? -1 : 1));

/** Writes a session's rows in the way that it says. */
async function tell(store: Store, session: Session): Promise<void> {
  const { id: sessionId, agent, telling } = session;
  const rows = rowsOf(session);
  const [first, rest] = [rows.slice(0, telling.first * rows.length), rows.slice(telling.first * rows.length)];
  const say = (said: readonly NewRow[], mappingVersion = 2) => {
    const append = { sessionId, agent, origin: 'imported' as const, mappingVersion, rows: said };
    const source = checkpoint(`/logs/${sessionId}`, { sessionIds: [sessionId] });
    return store.commit({ appends: [append], source, index: 'now' });
  };
  if (telling.anew) await say([call('misread', {}), result('misread', 'as a worse mapping read it')], 1);
  await say(first);
  const rewoundSeq = ((await store.place(sessionId))?.head ?? 0) + 1;
  const at = Date.parse('2026-06-01T00:00Z');
  const rewind: NewRow = { kind: 'session.rewound', key: 'back', at, data: { toSeq: 2 } };
  const undo: NewRow = { kind: 'rewind.undone', key: 'forth', at, data: { rewoundSeq, status: 'idle' } };
  await say({ none: [], once: [rewind], undone: [rewind, undo] }[telling.rewind]);
  await say(rest);
  await say({ no: [], 'in order': rows, backwards: rows.toReversed() }[telling.again]);
}

/** The tools' sums as they are kept, and as an archive of before they were kept gets them. */
function toolSumsIn(path: string): [kept: unknown[], made: unknown[]] {
  const db = new Database(path);
  const sums = () => db.all('SELECT * FROM tool_buckets WHERE calls + results > 0 ORDER BY num, bucket, name');
  const kept = sums();
  db.exec('DROP TABLE tool_buckets; PRAGMA user_version = 4');
  migrate(
    db,
    migrations.filter(({ version }) => version <= 5),
  );
  const made = sums();
  db.close();
  return [kept, made];
}

const seed = randomSeed();

test(`F3, F4, F5, H3: all panels and the report equal a naive recount of the log, also of one that was upgraded (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.array(question, { minLength: 3, maxLength: 3 }), async (sessions, questions) => {
      const folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
      const path = join(folder, 'taffrail.db');
      const store = openSqlite({ path, now: () => 0 });
      try {
        for (const one of sessions) await tell(store, one);
        for (const asked of questions) await check(store, sessions, asked);
        const [kept, made] = toolSumsIn(path);
        expect(made).toEqual(kept);
      } finally {
        await store.close();
        rmSync(folder, { recursive: true });
      }
    }),
    { seed, numRuns: 60 },
  );
}, 120_000);
