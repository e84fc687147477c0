/** Usage reports over a real store: what each line holds, what the total covers, and what came last. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionDescription } from '@taffrail/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewRow } from '../commit.js';
import { priceTable } from '../pricing/prices.js';
import { openSqlite } from '../sqlite/store.js';
import type { Store } from '../store.js';
import { Calendar } from './calendar.js';
import type { Filter } from './filter.js';
import { type ReportLines, usageReport } from './usage-report.js';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  store = openSqlite({ path: join(folder, 'taffrail.db'), now: () => 0 });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

interface Figures {
  at: string;
  model?: string;
  input: number | null;
  output: number | null;
}

function request(id: string, { at, model = 'm', input, output }: Figures): NewRow {
  return {
    kind: 'usage.recorded',
    key: `usage:${id}`,
    at: Date.parse(at),
    turnId: `turn-${id}`,
    identity: { key: id, claim: 'own' },
    data: {
      attemptId: id,
      model,
      provider: 'nobody',
      inputTokens: input,
      outputTokens: output,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      cacheWrite1hTokens: null,
      reasoningTokens: null,
      final: true,
    },
  };
}

async function record(sessionId: string, description: SessionDescription, rows: NewRow[]): Promise<void> {
  const described: NewRow = { kind: 'session.described', key: 'd', at: rows[0]?.at ?? 0, data: description };
  const appends = [
    { sessionId, agent: 'claude', origin: 'imported' as const, mappingVersion: 1, rows: [described, ...rows] },
  ];
  await store.commit({ appends, index: 'now' });
}

async function report(by: ReportLines, filter: Filter = {}, tz = 'UTC') {
  const question = {
    source: store.usage,
    prices: priceTable({ m: { input: 1, output: 10 } }),
    filter,
    calendar: new Calendar(tz),
  };
  const { rows, total } = await usageReport(question, by);
  return {
    rows: rows.map(({ key, requests, inputTokens, outputTokens, last }) => ({
      key,
      requests,
      inputTokens,
      outputTokens,
      last: last?.at ?? null,
    })),
    total,
  };
}

describe('usage report', () => {
  test('A4: without any usage the total is null, never zeros', async () => {
    await record('empty', { title: 'Nothing spent' }, []);
    expect(await report('day')).toEqual({ rows: [], total: null });
  });

  test('F5: the total counts what it covers: reported figures, priced requests, and the last request', async () => {
    await record('s', {}, [
      request('a', { at: '2026-11-20T10:00:00Z', input: 100, output: 10 }),
      request('b', { at: '2026-11-20T10:05:00Z', input: 50, output: null }),
      request('c', { at: '2026-11-20T10:04:00Z', model: 'unpriced', input: 0, output: 1 }),
    ]);
    const { total } = await report('day');
    expect(total).toMatchObject({ requests: 3, inputTokens: 150, outputTokens: 11, cacheReadTokens: null });
    expect(total).toMatchObject({
      reported: { inputTokens: 3, outputTokens: 2, cacheReadTokens: 0 },
      costMicros: 200,
      pricedRequests: 1,
    });
    expect(total?.last).toMatchObject({
      at: '2026-11-20T10:05:00.000Z',
      inputTokens: 50,
      outputTokens: null,
      turnId: 'turn-b',
    });
  });

  test('days, weeks and months are those of the zone asked for', async () => {
    await record('s', {}, [
      request('a', { at: '2025-12-31T23:30:00Z', input: 1, output: 1 }),
      request('b', { at: '2026-11-20T22:59:00Z', input: 2, output: 1 }),
      request('c', { at: '2026-11-20T23:00:00Z', input: 4, output: 1 }),
    ]);
    const lines = async (by: ReportLines, tz: string) =>
      (await report(by, {}, tz)).rows.map(({ key, inputTokens }) => [key, inputTokens]);
    expect(await lines('day', 'UTC')).toEqual([
      ['2025-12-31', 1],
      ['2026-11-20', 6],
    ]);
    expect(await lines('day', 'Europe/Berlin')).toEqual([
      ['2026-01-01', 1],
      ['2026-11-20', 2],
      ['2026-11-21', 4],
    ]);
    expect(await lines('week', 'UTC')).toEqual([
      ['2026-W01', 1],
      ['2026-W47', 6],
    ]);
    expect(await lines('month', 'Europe/Berlin')).toEqual([
      ['2026-01', 1],
      ['2026-11', 6],
    ]);
  });

  test('A sub-agent’s usage is in the line of the session that started it, once', async () => {
    await record('root', {}, [request('a', { at: '2026-11-20T10:00:00Z', input: 100, output: 1 })]);
    await record('root.child', { parentId: 'root' }, [
      request('b', { at: '2026-11-20T11:00:00Z', input: 10, output: 1 }),
    ]);
    await record('other', {}, [request('c', { at: '2026-11-20T10:30:00Z', input: 1, output: 1 })]);
    expect((await report('session')).rows).toEqual([
      { key: 'root', requests: 2, inputTokens: 110, outputTokens: 2, last: '2026-11-20T11:00:00.000Z' },
      { key: 'other', requests: 1, inputTokens: 1, outputTokens: 1, last: '2026-11-20T10:30:00.000Z' },
    ]);
  });

  test('a filter by model holds for the last request too', async () => {
    await record('s', {}, [
      request('a', { at: '2026-11-20T10:00:00Z', model: 'm', input: 1, output: 1 }),
      request('b', { at: '2026-11-20T10:01:00Z', model: 'n', input: 2, output: 1 }),
    ]);
    const { total } = await report('day', { models: ['m'] });
    expect(total).toMatchObject({ requests: 1, last: { at: '2026-11-20T10:00:00.000Z', model: 'm' } });
  });

  test('models, projects and agents come with the largest first', async () => {
    await record('s', { project: '/a' }, [
      request('a', { at: '2026-11-20T10:00:00Z', model: 'small', input: 1, output: 1 }),
    ]);
    await record('t', { project: '/b' }, [
      request('b', { at: '2026-11-20T10:00:00Z', model: 'large', input: 9, output: 1 }),
    ]);
    const keys = async (by: ReportLines) => (await report(by)).rows.map((row) => row.key);
    expect([await keys('model'), await keys('project'), await keys('agent')]).toEqual([
      ['large', 'small'],
      ['/b', '/a'],
      ['claude'],
    ]);
  });
});
