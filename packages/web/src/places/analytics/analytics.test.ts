/** Analytics: figures with coverage, columns, calendar, and a metric the server can serve. */
import { type AnalyticsRow, kindFields, type Metric, type TokensByKind, type Usage } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { calendarCells, dayTip, hourTip, levels, monthLabels } from './calendar.js';
import { hasKinds } from './kinds.js';
import { changeText, metricCoverage, metricText, metricValue, previousWords } from './metrics.js';
import { colourOf, columnsOf, restKey, seriesOf, startOf, sumOfParts, ticksFor, unitFor } from './series.js';
import { analyticsSearchOf, servedMetric, servedMetrics, servedStacks } from './url-state.js';

const reported = {
  inputTokens: 2,
  outputTokens: 2,
  cacheReadTokens: 1,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
};
const usage = (over: Partial<Usage> = {}): Usage => ({
  requests: 2,
  pricedRequests: 2,
  costMicros: 1000,
  inputTokens: 10,
  outputTokens: 4,
  cacheReadTokens: 3,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
  reported,
  last: null,
  ...over,
});
const row = (
  key: string,
  group: string | null,
  input: number | null,
  over: Partial<AnalyticsRow> = {},
): AnalyticsRow => ({
  key,
  group,
  sessions: 1,
  sessionsWithUsage: input === null ? 0 : 1,
  messages: 2,
  usage: input === null ? null : usage({ inputTokens: input }),
  ...over,
});

describe('metrics', () => {
  it('F4: read tokens and cost next to messages and sessions', () => {
    const one = row('d', null, 10);
    expect(
      (['sessions', 'messages', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cost'] as const).map((metric) =>
        metricValue(one, metric),
      ),
    ).toEqual([1, 2, 10, 4, 3, 1000]);
    expect(metricText(1_406_220_000, 'cost')).toBe('$1,406.22');
  });

  it('F2: stay unknown where nobody reported', () => {
    expect(metricValue(row('d', null, null), 'input_tokens')).toBeNull();
    expect(metricValue(row('d', null, null), 'sessions')).toBe(1);
  });

  it('F5: a message belongs to no model, which is not 0', () => {
    const ofModel = row('gpt-5.5', null, 10, { messages: null });
    expect([metricValue(ofModel, 'messages'), metricCoverage(ofModel, 'messages')]).toEqual([
      null,
      'a message belongs to no model',
    ]);
  });

  it('F5: say what they were counted from', () => {
    const some = row('d', null, 10, { sessions: 52, sessionsWithUsage: 45 });
    expect(metricCoverage(some, 'input_tokens')).toBe('from 45 of 52 sessions');
    expect(metricCoverage(some, 'cache_read_tokens')).toBe('from 1 of 2 requests');
    expect(metricCoverage({ ...some, usage: usage({ pricedRequests: 1 }) }, 'cost')).toBe('1 request unpriced');
    expect(metricCoverage(row('d', null, null, { sessions: 3 }), 'output_tokens')).toBe(
      'none of 3 sessions reported it',
    );
  });

  it('F5: count requests that told no usage at all among what a figure is not from', () => {
    const some = row('d', null, 10, { untoldRequests: 3 });
    const said = (['input_tokens', 'cache_read_tokens', 'cost'] as const).map((metric) => metricCoverage(some, metric));
    expect(said).toEqual(['from 2 of 5 requests', 'from 1 of 5 requests', '3 requests unpriced']);
    expect(metricCoverage(row('d', null, null, { untoldRequests: 1 }), 'cost')).toBe('1 request told no usage');
  });

  it('compare with the period before only where there is one', () => {
    expect([changeText(131, 100, false), changeText(50, 100, false)]).toEqual(['↑ 31.0%', '↓ 50.0%']);
    expect([changeText(5000, 100, false), changeText(0.5, 0.468, true)]).toEqual(['↑ ×50', '↑ 3.2 pt']);
  });

  it('F5: name the days that they compare with, also in a week with a clock change and where the server does not tell', () => {
    const local = (month: number, day: number) => new Date(2026, month - 1, day).toISOString();
    const summary = { since: null, until: null, tz: 'UTC', days: [], agents: 0, projects: 0, previous: null };
    const total = row('total', null, 1);
    const words = (previousSince?: string, previousUntil?: string) =>
      previousWords({ ...summary, total, ...(previousSince ? { previousSince, previousUntil } : {}) }, '2026-11-20');
    expect([words(local(3, 22), local(3, 29)), words(local(3, 28), local(3, 29)), words()]).toEqual([
      '22 Mar – 28 Mar',
      '28 Mar',
      'the period before',
    ]);
  });

  it('F2: tell a period before of 0 from one that nobody knows', () => {
    expect([changeText(5, 0, false), changeText(0, 0, false), changeText(0, 5, false)]).toEqual([
      '↑ from 0',
      '= 0',
      '↓ 100.0%',
    ]);
    expect([changeText(null, 100, false), changeText(5, null, false)]).toEqual([null, null]);
  });
});

describe('F7: the metric', () => {
  it('is the chosen one where the server can serve it, else the first it can', () => {
    const lacks: string[] = ['metric.cost', 'metric.input_tokens', 'metric.cache_read_tokens'];
    const capable = (capability: string) => !lacks.includes(capability);
    expect(servedMetric('output_tokens', capable)).toBe('output_tokens');
    expect(servedMetric('cost', capable)).toBe('sessions');
    expect(servedMetric(undefined, capable)).toBe('sessions');
    expect(servedMetric('cost', () => true)).toBe('cost');
    expect(servedMetrics(capable)).toEqual(['sessions', 'messages', 'output_tokens']);
  });

  it('is dropped from the address where it is no metric at all', () => {
    expect(analyticsSearchOf({ metric: 'happiness', by: 'model', agent: 'codex' })).toEqual({
      by: 'model',
      agent: ['codex'],
    });
  });
});

describe('columns', () => {
  const rows = [row('2026-11-18', 'claude', 30), row('2026-11-18', 'codex', 10), row('2026-11-20', 'pi', null)];

  it('cover every day of the range, and tell an empty day from an unknown one', () => {
    const series = seriesOf(rows, 'input_tokens', 'agent');
    const columns = columnsOf({
      rows,
      wholes: [],
      series,
      metric: 'input_tokens',
      by: 'agent',
      from: '2026-11-18',
      to: '2026-11-20',
    });
    expect(columns.map((column) => [column.from, column.value, column.hasSessions])).toEqual([
      ['2026-11-18', 40, true],
      ['2026-11-19', null, false],
      ['2026-11-20', null, true],
    ]);
    expect(columns.map(({ parts }) => parts)).toEqual([
      [30, 10, undefined],
      [undefined, undefined, undefined],
      [undefined, undefined, null],
    ]);
  });

  it('F2: tell a reported 0 from what nobody reported, in a column and in each of its groups', () => {
    const mixed = [row('2026-11-18', 'claude', 0), row('2026-11-18', 'codex', null), row('2026-11-19', 'claude', 0)];
    const series = seriesOf(mixed, 'input_tokens', 'agent');
    const columns = columnsOf({
      rows: mixed,
      wholes: [],
      series,
      metric: 'input_tokens',
      by: 'agent',
      from: '2026-11-18',
      to: '2026-11-20',
    });
    expect(series.map(({ key }) => key)).toEqual(['claude', 'codex']);
    expect(columns.map(({ value, parts }) => [value, ...parts])).toEqual([
      [0, 0, null],
      [0, 0, undefined],
      [null, undefined, undefined],
    ]);
  });

  it('F5: say what a week was counted from by its own line, in which a session of many days and models counts once', () => {
    const byModel = [row('2026-11-16', 'm', 30), row('2026-11-16', 'n', 10)];
    const series = seriesOf(byModel, 'sessions', 'model');
    const week = { metric: 'sessions', by: 'model', from: '2026-11-20', to: '2027-06-01' } as const;
    const [first, second] = columnsOf({ rows: byModel, wholes: [row('2026-11-16', null, 40)], series, ...week });
    expect([first?.value, first?.whole?.sessions, second?.whole, second?.hasSessions]).toEqual([
      1,
      1,
      undefined,
      false,
    ]);
    const [before] = columnsOf({ rows: byModel, wholes: [], series, ...week });
    expect([before?.whole, before?.hasSessions]).toEqual([undefined, true]);
  });

  it('keep an agent’s colour, whoever is largest', () => {
    const series = seriesOf([...rows, row('2026-11-18', 'codex', 99)], 'input_tokens', 'agent');
    expect(series.map((one) => [one.key, one.colour])).toEqual([
      ['claude', 2],
      ['codex', 3],
      ['pi', 6],
    ]);
  });

  it('show one agent without a colour in grey, and gather several', () => {
    const keys = (...groups: string[]) =>
      seriesOf(
        groups.map((group) => row('2026-11-18', group, 5)),
        'input_tokens',
        'agent',
      ).map((one) => [one.key, one.colour]);
    expect(keys('claude', 'qwen')).toEqual([
      ['claude', 2],
      ['qwen', 6],
    ]);
    expect(keys('claude', 'qwen', 'pi')).toEqual([
      ['claude', 2],
      [restKey, 6],
    ]);
    expect(keys('qwen', 'pi')).toEqual([
      ['qwen', 1],
      ['pi', 2],
    ]);
  });

  it('gather what has no colour of its own', () => {
    const many = Array.from({ length: 8 }, (_, index) => row('2026-11-18', `model-${index}`, 100 - index));
    const series = seriesOf(many, 'input_tokens', 'model');
    expect(series.map((one) => one.key)).toEqual(['model-0', 'model-1', 'model-2', 'model-3', 'model-4', restKey]);
    const [column] = columnsOf({
      rows: many,
      wholes: [],
      series,
      metric: 'input_tokens',
      by: 'model',
      from: '2026-11-18',
      to: '2026-11-18',
    });
    expect(column?.parts.at(-1)).toBe(95 + 94 + 93);
    expect(column?.value).toBe(column?.parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
  });

  it('F5: by kind tell input whose cache is not told from fresh input, and a kind nobody reported from a 0', () => {
    const none = Object.fromEntries(kindFields.map((kind) => [kind, null])) as TokensByKind;
    const of = (key: string, kinds: Partial<TokensByKind> | null) =>
      row(key, null, 10, { kinds: kinds && { ...none, ...kinds } });
    const kept = [
      of('2026-11-18', { cacheReadTokens: 7, cacheWriteTokens: 0, freshInputTokens: 3, undividedInputTokens: 5 }),
      of('2026-11-19', { cacheReadTokens: 0, freshInputTokens: 4, otherOutputTokens: 9 }),
      of('2026-11-20', null),
    ];
    const series = seriesOf(kept, 'input_tokens', 'kind');
    expect(series.map((one) => [one.key, colourOf(one)])).toEqual([
      ['cacheReadTokens', 'var(--color-token-cache-read)'],
      ['cacheWriteTokens', 'var(--color-token-cache-write)'],
      ['freshInputTokens', 'var(--color-token-input)'],
      ['undividedInputTokens', 'var(--color-series-6)'],
    ]);
    const days = { from: '2026-11-18', to: '2026-11-20' };
    const columns = columnsOf({ rows: kept, wholes: [], series, metric: 'input_tokens', by: 'kind', ...days });
    expect(columns.map(({ value, hasSessions, parts }) => [value, hasSessions, ...parts])).toEqual([
      [15, true, 7, 0, 3, 5],
      [4, true, 0, null, 4, undefined],
      [null, true, undefined, undefined, undefined, undefined],
    ]);
  });

  it('F7: are stacked by kind where a metric has kinds and the server tells them', () => {
    expect((['input_tokens', 'output_tokens', 'cost', 'sessions'] as const).map(hasKinds)).toEqual([
      ...[true, true, false, false],
    ]);
    expect(servedStacks('output_tokens', () => true)).toEqual(['agent', 'model', 'project', 'kind']);
    expect(servedStacks('cost', () => true)).toEqual(['agent', 'model', 'project']);
    expect(servedStacks('messages', () => true)).toEqual(['agent', 'project']);
    expect(servedStacks('output_tokens', (name) => name !== 'analytics.kinds')).not.toContain('kind');
  });

  it('become weeks and months where days would be too thin', () => {
    expect([30, 365, 1000].map(unitFor)).toEqual(['day', 'week', 'month']);
    expect(startOf('2026-11-20', 'week')).toBe('2026-11-16');
    expect(startOf('2026-11-15', 'week')).toBe('2026-11-09');
    expect(startOf('2026-11-15', 'month')).toBe('2026-11-01');
  });

  it('F5: are as high as the sessions they hold, though one may be in several parts or in none', () => {
    const whole = row('2026-11-20', null, 10, { sessions: 3 });
    const rows = ['x', 'y'].map((model) => row('2026-11-20', model, 10, { sessions: 2 }));
    const range = { from: '2026-11-20', to: '2026-11-20' };
    const asked = {
      rows,
      series: seriesOf(rows, 'sessions', 'model'),
      metric: 'sessions',
      by: 'model',
      ...range,
    } as const;
    const [column] = columnsOf({ ...asked, wholes: [whole] });
    expect([column?.value, column && sumOfParts(column)]).toEqual([3, 4]);
    // A server of before tells no whole.
    expect(columnsOf({ ...asked, wholes: [] })[0]?.value).toBe(4);
  });

  it('stand on an axis of round steps that reaches above the highest', () => {
    expect(ticksFor(68)).toEqual([0, 20, 40, 60, 80]);
    expect(ticksFor(1_000_000)).toEqual([0, 250_000, 500_000, 750_000, 1_000_000]);
    expect(ticksFor(0).length).toBeGreaterThan(1);
  });
});

describe('the calendar', () => {
  it('ends in the week of the last day, Monday on top', () => {
    const cells = calendarCells([{ day: '2026-11-20', value: 5, reported: 1, of: 1 }], '2026-11-20', 2);
    expect(cells).toHaveLength(12);
    expect(cells[0]).toMatchObject({ day: '2026-11-09', week: 0, weekday: 0, level: 'none' });
    expect(cells.at(-1)).toMatchObject({ day: '2026-11-20', week: 1, weekday: 4, level: 4 });
  });

  it('F2: tells a day nobody reported from a day without sessions and from a reported 0', () => {
    const day = (name: string, value: number | null) => ({ day: name, value, reported: 0, of: 2 });
    const cells = calendarCells([day('2026-11-18', null), day('2026-11-19', 0)], '2026-11-19', 1);
    expect(cells.map((cell) => cell.level)).toEqual(['none', 'none', 'unknown', 0]);
    expect(cells.map((cell) => dayTip(cell, 'output_tokens', '2026-11-30').split(': ')[1])).toEqual([
      'no sessions',
      'no sessions',
      'not known, none of 2 sessions reported it',
      '0 tokens, from 0 of 2 sessions',
    ]);
    const hours = [undefined, null, 0].map((value) => value !== undefined && { weekday: 0, hour: 0, value });
    expect(hours.map((hour) => hourTip(hour || undefined, 'cost'))).toEqual(['no sessions', 'not known', '$0.00']);
  });

  it('F5: says of days and hours how many requests a figure is from', () => {
    const told = (value: number | null, requests: number, reportedRequests: number) => ({
      value,
      requests,
      reportedRequests,
    });
    const tips = (figure: ReturnType<typeof told>, metric: Metric) => {
      const day = { day: '2026-11-20', reported: 2, of: 2, ...figure };
      const cell = calendarCells([day], '2026-11-20', 1).at(-1);
      const ofDay = cell && dayTip(cell, metric, '2026-11-30').split(': ')[1];
      expect(hourTip({ weekday: 0, hour: 0, ...figure }, metric)).toBe(ofDay);
      return ofDay;
    };
    expect(tips(told(5, 11, 10), 'input_tokens')).toBe('5 tokens, from 10 of 11 requests');
    expect(tips(told(0, 11, 8), 'cost')).toBe('$0.00, 3 requests unpriced');
    expect(tips(told(null, 1, 0), 'output_tokens')).toBe('not known, none of 1 request reported it');
    expect(tips(told(5, 11, 11), 'cache_read_tokens')).toBe('5 tokens');
  });

  it('steps by quarters, so that one huge day does not pale the rest', () => {
    const level = levels([1, 2, 3, 1000, 0, null]);
    expect([0, 1, 2, 3, 1000].map(level)).toEqual([0, 1, 2, 3, 4]);
  });

  it('names months where they begin', () => {
    const labels = monthLabels(calendarCells([], '2026-11-20', 12));
    expect(labels.map((label) => label.label)).toEqual(['Sep', 'Oct', 'Nov']);
  });
});
