/** What is not known, and why: each reason on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImporterCapabilities } from '@taffrail/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { append, at, checkpoint, describedAs, noTokens, prompt, usage } from '../contract/sample-rows.js';
import { priceTable } from '../pricing/prices.js';
import { Database } from '../sqlite/database.js';
import { openSqlite } from '../sqlite/store.js';
import type { Store } from '../store.js';
import { Calendar } from './calendar.js';
import { gather } from './counted.js';
import { coverage } from './coverage.js';
import type { Filter } from './filter.js';
import { breakdownBy, type PanelQuestion, summary } from './panels.js';

let folder: string;
let store: Store;
const pathOf = () => join(folder, 'taffrail.db');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  store = openSqlite({ path: pathOf(), now: () => 0 });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const prices = priceTable({ 'model-a': { input: 1, output: 1, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 1 } });
const about = (filter: Filter = {}): PanelQuestion => ({
  queries: store.queries,
  gather: (some) => gather(store.queries, some),
  prices,
  filter,
  calendar: new Calendar('UTC'),
});

const everything = { cacheReadTokens: 0, cacheWriteTokens: 0, cacheWrite1hTokens: 0, reasoningTokens: 0 };
const whole = (request: string) => usage(request, everything);
const untold = (request: string, some: Parameters<typeof usage>[1] = {}) => usage(request, { ...noTokens, ...some });
const unfinished = { outputTokens: null, outputPlaceholder: 2, final: false };
/** Records all but what is kept an hour. */
const records = { perRequestUsage: true, cacheRead: true, cacheWrite: true, cacheWrite1h: false, reasoning: true };

async function reasons(filter: Filter = {}, capabilities: Partial<ImporterCapabilities> = records) {
  const told = await coverage(about(filter), () => capabilities as ImporterCapabilities);
  return told.reasons.map(({ reason, missing, count, unit }) => `${reason} | ${missing} | ${count} ${unit}`);
}

describe('coverage', () => {
  test('F5: an answer that told no usage at all is named by agent and model, and no total is whole without it', async () => {
    const rows = [whole('r1'), untold('r2'), untold('r3', { model: 'local' }), untold('r4', { model: 'local' })];
    await store.commit({ appends: [append('a', prompt('go'), ...rows)], index: 'now' });
    expect(await reasons()).toEqual([
      'Claude Code: local told no usage | all | 2 requests',
      'Claude Code: model-a told no usage | all | 1 requests',
    ]);
    const { requests, untoldRequests, fields } = await coverage(about(), () => undefined);
    expect([requests, untoldRequests]).toEqual([1, 3]);
    expect(new Set(fields.map(({ reported, of }) => `${reported} of ${of}`))).toEqual(new Set(['1 of 4']));
    const models = await breakdownBy(about(), 'model');
    expect(models.rows.map((row) => [row.key, row.usage?.requests ?? null, row.untoldRequests])).toEqual([
      ['model-a', 1, 1],
      ['local', null, 2],
    ]);
  });

  test('A4: its session has no usage, and totals say that they are without it', async () => {
    await store.commit({ appends: [append('a', untold('r1')), append('b', whole('r2'))], index: 'now' });
    const { total } = await summary(about(), null);
    expect(total).toMatchObject({ sessions: 2, sessionsWithUsage: 1, untoldRequests: 1, usage: { requests: 1 } });
    const ofModel = await breakdownBy(about({ models: ['model-a'] }), 'model');
    expect(ofModel.total).toMatchObject({ sessions: 2, sessionsWithUsage: 1, untoldRequests: 1 });
  });

  test('F5: a copy of it is told where it belongs, and what the demo made up nowhere', async () => {
    const fork = append('fork', untold('r1', { claim: 'copy', minute: 3 }), untold('r2', { provider: 'demo' }));
    await store.commit({ appends: [append('a', untold('r1', { claim: 'own' })), fork], index: 'now' });
    expect(await reasons()).toEqual(['Claude Code: model-a told no usage | all | 1 requests']);
  });

  test('F5: once it tells something it is counted, and coverage forgets it', async () => {
    await store.commit({ appends: [append('a', untold('r1'))], index: 'now' });
    await store.commit({ appends: [append('a', whole('r1'))], index: 'now' });
    expect(await reasons()).toEqual([]);
  });

  test('F2: an output that is missing has its reason: cut off, never recorded, or nothing says why', async () => {
    const cut = usage('r1', { ...everything, ...unfinished });
    await store.commit({ appends: [append('a', cut, whole('r2'), untold('r3', { final: false }))], index: 'now' });
    expect(await reasons()).toEqual([
      'Claude Code: aborted, or its end is not logged | all | 1 requests',
      'Claude Code: aborted, or its end is not logged | output | 1 requests',
      'Input or output not told | cost | 1 requests',
    ]);
    await store.commit({ appends: [append('a', usage('r4', { ...everything, outputTokens: null }))], index: 'now' });
    expect((await reasons()).at(-1)).toBe(
      'Claude Code: not every request told it, and nothing says why | output | 1 requests',
    );
    await store.commit({
      appends: [{ ...append('b', usage('r5', { ...everything, outputTokens: null })), agent: 'copilot' }],
      index: 'now',
    });
    const copilot = { agents: ['copilot'] };
    expect((await reasons(copilot)).at(-1)).toBe(
      'Copilot CLI: no request told it, and nothing says why | output | 1 requests',
    );
    expect((await reasons(copilot, { ...records, perRequestUsage: false })).at(-1)).toBe(
      'Copilot CLI does not record it | output | 1 requests',
    );
  });

  test('F2: other figures are said apart by why they are missing', async () => {
    await store.commit({
      appends: [append('a', usage('r1', { cacheReadTokens: 0, cacheWriteTokens: 0 }))],
      index: 'now',
    });
    expect(await reasons()).toEqual([
      'Claude Code does not record it | 1 h writes | 1 requests',
      'Claude Code: no request told it, and nothing says why | reasoning | 1 requests',
    ]);
  });

  test('F5: what has no price for want of figures is not blamed on the price table', async () => {
    const nameless = usage('r1', { ...everything, model: 'nobody-knows' });
    await store.commit({
      appends: [append('a', nameless, usage('r2', { ...everything, ...unfinished }))],
      index: 'now',
    });
    expect((await reasons()).filter((line) => line.includes('| cost |'))).toEqual([
      'No price: nobody-knows | cost | 1 requests',
      'Input or output not told | cost | 1 requests',
    ]);
  });

  test('F5: a session without a request says so, of its log or of the time asked about', async () => {
    await store.commit({
      appends: [append('a', prompt('go'), usage('r1', { minute: 60, ...everything }))],
      index: 'now',
    });
    await store.commit({ appends: [append('b', prompt('and no answer')), append('c', untold('r2'))], index: 'now' });
    expect((await reasons())[0]).toBe('Claude Code: no request in the log | all | 1 sessions');
    expect((await reasons({ until: at(30) }))[0]).toBe(
      'Claude Code: no request in the log at this time | all | 2 sessions',
    );
  });

  test('F5: lines that could not be read are those of the logs that are asked about', async () => {
    const problem = { line: 3, kind: 'not_json' as const, message: 'not JSON', count: 1 };
    const log = (id: string, project: string, count: number, minute: number) =>
      store.commit({
        appends: [append(id, describedAs({ project }), prompt('go', { minute }), usage(id, { ...everything, minute }))],
        source: checkpoint(`/logs/${id}`, { sessionIds: [id], problems: [{ ...problem, count }] }),
        index: 'now',
      });
    await log('a', '/one', 2, 0);
    await log('b', '/two', 5, 60);
    const source = checkpoint('/logs/rubbish', { sessionIds: [], problems: [problem] });
    await store.commit({ appends: [], source, index: 'now' });
    const lines = async (filter: Filter) => (await reasons(filter)).filter((reason) => reason.endsWith('lines'));
    const said = (count: number) => [`Lines that could not be read | content | ${count} lines`];
    expect(await lines({})).toEqual(said(8));
    expect(await lines({ projects: ['/one'] })).toEqual(said(2));
    expect(await lines({ since: at(30) })).toEqual(said(5));
    expect(await lines({ projects: ['/three'] })).toEqual([]);
  });

  test('F5: an archive of before the index finds what its facts hold', async () => {
    await store.commit({ appends: [append('a', untold('r1'))], index: 'now' });
    await store.close();
    const db = new Database(pathOf());
    // With what came after it.
    const since = ['usage_facts_silent', 'sessions_forked', 'rows_turns'].map((name) => `DROP INDEX ${name};`);
    db.exec(`${since.join(' ')} PRAGMA user_version = 7`);
    db.close();
    store = openSqlite({ path: pathOf(), now: () => 0 });
    expect(await reasons()).toEqual(['Claude Code: model-a told no usage | all | 1 requests']);
    const looked = new Database(pathOf());
    expect(looked.all(`SELECT name FROM sqlite_master WHERE name = 'usage_facts_silent'`)).toHaveLength(1);
    looked.close();
  });
});
