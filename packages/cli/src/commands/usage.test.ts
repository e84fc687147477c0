/** `taffrail usage` on a real archive: exact figures, filters, coverage, and what is said where something is wrong. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claudeLines, writeClaudeLog } from '@taffrail/testing';
import type { Usage, UsageReport } from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Place, recorded } from '../captured.js';

const place = new Place();
const columns =
  'key,requests,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,cacheWrite1hTokens,reasoningTokens,reported.inputTokens,reported.outputTokens,reported.cacheReadTokens,reported.cacheWriteTokens,reported.cacheWrite1hTokens,reported.reasoningTokens,costMicros,pricedRequests,untoldRequests';

beforeAll(async () => {
  const answers = [
    { id: 'm1', text: 'One', input: 1000, output: 100 },
    { id: 'm2', text: 'Two', input: 2000, output: 200 },
  ];
  const lines = claudeLines('11111111-aaaa', answers);
  writeClaudeLog(place.home, '11111111-aaaa', lines);
  // The same conversation a day later, late in the evening UTC.
  const later = claudeLines('22222222-bbbb', [{ id: 'm3', text: 'Three', input: 10, output: 1 }]);
  writeClaudeLog(
    place.home,
    '22222222-bbbb',
    later.map((line) => line.replaceAll('2026-11-01T09', '2026-11-02T23')),
  );
  await place.run(`import --home ${place.home}`);
});
afterAll(() => place.remove());

const counts = (input: number, output: number, requests: number) => ({
  requests,
  inputTokens: input,
  outputTokens: output,
});
const keys = ({ rows }: UsageReport) => rows.map(({ key, inputTokens }) => [key, inputTokens]);

describe('usage', () => {
  test('A4: total --json is one usage object: sums, coverage, cost and the last request', async () => {
    expect(await place.json<Usage>('usage total')).toEqual({
      ...counts(3010, 301, 3),
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: null,
      reasoningTokens: null,
      reported: {
        inputTokens: 3,
        outputTokens: 3,
        cacheReadTokens: 3,
        cacheWriteTokens: 3,
        cacheWrite1hTokens: 0,
        reasoningTokens: 0,
      },
      // 3 dollars per million in, 15 out.
      costMicros: 3010 * 3 + 301 * 15,
      pricedRequests: 3,
      last: {
        inputTokens: 10,
        outputTokens: 1,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        cacheWrite1hTokens: null,
        reasoningTokens: null,
        model: 'claude-sonnet-4-5',
        at: '2026-11-02T23:00:05.000Z',
        turnId: 'm3-user',
      },
    });
  });

  test('by day, in the zone asked for', async () => {
    const utc = await place.json<UsageReport>('usage daily --tz UTC');
    expect(keys(utc)).toEqual([
      ['2026-11-01', 3000],
      ['2026-11-02', 10],
    ]);
    expect(utc.total).toMatchObject(counts(3010, 301, 3));
    expect(keys(await place.json('usage --tz Europe/Berlin'))).toEqual([
      ['2026-11-01', 3000],
      ['2026-11-03', 10],
    ]);
  });

  test('by week, month, session, project, model and agent', async () => {
    expect(keys(await place.json('usage weekly --tz UTC'))).toEqual([
      ['2026-W44', 3000],
      ['2026-W45', 10],
    ]);
    expect(keys(await place.json('usage monthly --tz UTC'))).toEqual([['2026-11', 3010]]);
    expect(keys(await place.json('usage session'))).toEqual([
      ['22222222-bbbb', 10],
      ['11111111-aaaa', 3000],
    ]);
    expect(keys(await place.json('usage project'))).toEqual([['/home/dev/demo', 3010]]);
    expect(keys(await place.json('usage model'))).toEqual([['claude-sonnet-4-5', 3010]]);
    expect(keys(await place.json('usage agent'))).toEqual([['claude', 3010]]);
  });

  test('since and until are whole days of the zone, the last one included', async () => {
    const total = async (flags: string) =>
      (await place.json<Usage | null>(`usage total --tz UTC ${flags}`))?.inputTokens ?? null;
    expect(await total('--since 2026-11-02')).toBe(10);
    expect(await total('--until 20261101')).toBe(3000);
    expect(await total('--since 2026-11-01 --until 2026-11-02')).toBe(3010);
    expect(await total('--since 2026-11-03')).toBeNull();
  });

  test('filters by agent, model and project, by its folder or that folder’s name', async () => {
    const total = async (flags: string) => (await place.json<Usage | null>(`usage total ${flags}`))?.requests ?? null;
    expect(await total('--agent claude --model claude-sonnet-4-5 --project /home/dev/demo')).toBe(3);
    expect(await total('--project demo')).toBe(3);
    expect([await total('--agent codex'), await total('--model other'), await total('--project /elsewhere')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('F4: as CSV, with every figure and its coverage, blank where unknown', async () => {
    const { stdout } = await place.run('usage daily --tz UTC --csv');
    expect(stdout).toBe(
      `${columns}\n2026-11-01,2,3000,300,0,0,,,2,2,2,2,0,0,13500,2,0\n2026-11-02,1,10,1,0,0,,,1,1,1,1,0,0,45,1,0\n`,
    );
    expect((await place.run('usage total --csv')).stdout).toBe(
      `${columns}\ntotal,3,3010,301,0,0,,,3,3,3,3,0,0,13545,3,0\n`,
    );
  });

  test('F6: as a table, with a dash for what nobody reported and a total below', async () => {
    const { stdout } = await place.run('usage daily --tz UTC');
    expect(stdout).toBe(`Day         Requests  Input  Cache read  Cache write  Output  Reasoning     Cost
2026-11-01         2   3.0k           0            0     300          —   $0.013
2026-11-02         1     10           0            0       1          —  <$0.001
────────────────────────────────────────────────────────────────────────────────
Total              3   3.0k           0            0     301          —   $0.014
`);
  });
});

describe.each([40, 60, 80, 120])('F6: in a terminal of %i columns', (columns) => {
  test.each([
    ['usage', '3.0k'],
    ['usage session', '3.0k'],
    ['usage session --exact', '3,010'],
    ['usage project', '3.0k'],
    ['usage model --exact', '3,010'],
    ['usage total', '3,010'],
  ])('%s fits and cuts no figure', async (words, figure) => {
    const { stdout } = await place.run(words, { columns });
    expect(stdout.split('\n').filter((line) => [...line].length > columns)).toEqual([]);
    expect(stdout).toContain(` ${figure}`);
  });
});

describe('usage of recorded logs', () => {
  const truths = { claude: 'claude/fixtures/2.1.328/subagent', codex: 'codex/fixtures/0.169-subagent' };
  const both = new Place();
  beforeAll(async () => {
    const env = { CLAUDE_CONFIG_DIR: recorded(truths.claude), CODEX_HOME: recorded(truths.codex) };
    await both.run(`import --home ${both.home}`, { env });
  });
  afterAll(() => both.remove());

  test.each(Object.entries(truths))(
    'F-beyond: %s’s sub-agents count once, with the session that started them',
    async (agent, fixture) => {
      const truth = JSON.parse(readFileSync(join(recorded(fixture), 'truth.json'), 'utf8')) as {
        all: object;
        roots: Record<string, object>;
      };
      const { rows, total } = await both.json<UsageReport>(`usage session --agent ${agent}`);
      expect(total).toMatchObject(truth.all);
      expect(rows).toMatchObject(Object.entries(truth.roots).map(([key, usage]) => ({ key, ...usage })));
    },
  );

  test('F5: a total over figures that not everybody reports is a lower bound and says from how many', async () => {
    // Version 1.0.127 reported no reasoning.
    const folders = ['1.0.127/plain', '2.1.328/subagent'].map((name) => recorded(`claude/fixtures/${name}`));
    const mixed = new Place();
    onTestFinished(() => mixed.remove());
    await mixed.run(`import --home ${mixed.home}`, { env: { CLAUDE_CONFIG_DIR: folders.join(',') } });
    const { stdout } = await mixed.run('usage agent');
    expect(stdout).toMatch(/^Total +10 .* ≥73 +≥\$/m);
    expect(stdout.trim().split('\n').at(-1)).toBe('reasoning from 9 of 10 requests · 2 requests unpriced');
  });
});

describe('usage beside requests that told none', () => {
  const silent = new Place();
  /** Grows pi's log by an answer; pi writes 0 for what its provider did not tell. */
  const record = async (day: string, input: number, output: number) => {
    const at = Date.parse(`${day}T09:00Z`);
    const usage = { input, output, cacheRead: 0, cacheWrite: 0, totalTokens: input + output };
    const said = { role: 'assistant', content: [{ type: 'text', text: 'Aye.' }], stopReason: 'stop', timestamp: at };
    const message = { ...said, api: 'openai-completions', provider: 'local', model: 'local', usage };
    const line = { type: 'message', id: day.slice(-2), timestamp: new Date(at).toISOString(), message };
    appendFileSync(log, `${JSON.stringify(line)}\n`);
    await silent.run(`import --home ${silent.home}`);
  };
  const folder = join(silent.home, '.pi/agent/sessions/--demo--');
  const log = join(folder, '2026-11-01T09-00-00-000Z_01a1f839.jsonl');
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    const head = { type: 'session', version: 3, id: '01a1f839', timestamp: '2026-11-01T08:00:00.000Z', cwd: '/demo' };
    appendFileSync(log, `${JSON.stringify(head)}\n`);
  });
  afterAll(() => silent.remove());

  test('F5: where nothing else is known it says how many; where something is, the sum is a lower bound', async () => {
    await record('2026-11-01', 0, 0);
    expect((await silent.run('usage')).stdout).toBe('No request reported any usage here: 1 request told no usage.\n');
    expect(await silent.json('usage total')).toBeNull();
    expect(await silent.json('usage daily')).toEqual({ rows: [], total: null, untoldRequests: 1 });
    await record('2026-11-01', 5, 6);
    await record('2026-11-02', 7, 8);
    expect(await silent.json('usage total')).toMatchObject({ requests: 2, inputTokens: 12, untoldRequests: 1 });
    const { stdout } = await silent.run('usage daily --tz UTC');
    expect(stdout).toMatch(/^2026-11-01 +1 +≥5 .*\n2026-11-02 +1 +7 /m);
    expect(stdout).toMatch(/^Total +2 +≥12 .*\n2 requests unpriced · 1 request told no usage\n$/m);
    expect((await silent.run('usage total')).stdout).toMatch(/\n1 request told no usage\n$/);
    const [header = '', ...lines] = (await silent.run('usage daily --tz UTC --csv')).stdout.trim().split('\n');
    expect(lines.map((line) => line.split(',')[header.split(',').indexOf('untoldRequests')])).toEqual(['1', '0']);
  });
});

describe('usage where something is missing or wrong', () => {
  const empty = new Place();
  afterAll(() => empty.remove());

  test('an empty archive says what to do, and is null or no rows for programs; nothing is created', async () => {
    expect(await empty.run('usage')).toMatchObject({ code: 0, stdout: expect.stringContaining('taffrail import') });
    expect(await empty.json('usage total')).toBeNull();
    expect(await empty.json('usage')).toEqual({ rows: [], total: null });
    expect((await empty.run('usage --csv')).stdout).toBe(`${columns}\n`);
  });

  test.each([
    [
      'usage --tz Europe/Atlantis',
      'taffrail: --tz: Europe/Atlantis is not a time zone; use an IANA name such as Europe/Berlin\n',
    ],
    ['usage --since yesterday', 'taffrail: --since: yesterday is not a day; use YYYY-MM-DD\n'],
    ['usage --until 2026-02-30', 'taffrail: --until: 2026-02-30 is not a day; use YYYY-MM-DD\n'],
    ['usage --since 2026-02-02 --until 2026-02-01', 'taffrail: --since 2026-02-02 is after --until 2026-02-01\n'],
    [
      'usage --agent nobody',
      'taffrail: --agent: nobody is not known; agents are taffrail, claude, codex, gemini, opencode, qwen, copilot, pi\n',
    ],
    [
      'usage hourly',
      "taffrail: command-argument value 'hourly' is invalid for argument 'by'. Allowed choices are total, daily, weekly, monthly, session, project, model, agent.\n",
    ],
    ['usage --json --csv', "taffrail: option '--json' cannot be used with option '--csv'\n"],
    ['usage --sinc 2026-01-01', "taffrail: unknown option '--sinc' (Did you mean --since?)\n"],
  ])('%s is wrong usage, said in one line', async (words, stderr) => {
    expect(await empty.run(words)).toEqual({ code: 2, stdout: '', stderr });
  });
});
