/** `sessions`, `show`, `search` and `export` on a real archive. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { claudeLines, writeClaudeLog } from '@taffrail/testing';
import type { SearchResult, SessionList, TracePage } from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place, recorded } from '../captured.js';

const place = new Place();
const root = '6dd44d01-959d-45e1-9f9b-c76d04f38634';

beforeAll(async () => {
  writeClaudeLog(
    place.home,
    '11111111-aaaa',
    claudeLines('11111111-aaaa', [{ id: 'm1', text: 'A needle\u001b[31m in hay', input: 10, output: 1 }]),
  );
  writeClaudeLog(
    place.home,
    '11111111-bbbb',
    claudeLines('11111111-bbbb', [{ id: 'm2', text: 'Hay only', input: 10, output: 1 }]),
  );
  await place.run(`import --home ${place.home}`);
  await place.run(`import --home ${join(place.folder, 'nowhere')}`, {
    env: { CLAUDE_CONFIG_DIR: recorded('claude/fixtures/2.1.328/subagent') },
  });
});
afterAll(() => place.remove());

describe('sessions', () => {
  test('A5: lists root sessions with what they and their sub-agents spent, and sums over all that match', async () => {
    const { sessions, nextCursor, totals } = await place.json<SessionList>('sessions');
    expect(sessions.map(({ id, childCount }) => [id, childCount])).toEqual(
      expect.arrayContaining([
        [root, 2],
        ['11111111-aaaa', 0],
        ['11111111-bbbb', 0],
      ]),
    );
    expect(sessions[0]?.id).toBe(root);
    expect(sessions.find(({ id }) => id === root)?.usageWithSubAgents?.requests).toBe(9);
    expect(nextCursor).toBeNull();
    expect(totals).toMatchObject({ sessions: 3, sessionsWithUsage: 3, usage: { requests: 11 } });
  });

  test('--all lists sub-agents too, --limit and --sort do what they say', async () => {
    const ids = async (flags: string) =>
      (await place.json<SessionList>(`sessions ${flags}`)).sessions.map(({ id }) => id);
    expect(await ids('--all')).toHaveLength(5);
    expect(await ids('--sort title --reverse --limit 1')).toEqual([root]);
    expect(await ids('--sort input --limit 1')).toEqual([root]);
    expect(await ids('--project demo')).toEqual(expect.arrayContaining(['11111111-aaaa', '11111111-bbbb']));
    expect(await ids('--since 2026-11-05')).toEqual([root]);
    expect(await ids('--agent codex --agent claude --project demo --project nowhere')).toHaveLength(2);
    expect(await ids('--model claude-sonnet-4-5,x --project demo')).toHaveLength(2);
    expect(await ids('--model claude-sonnet-4-5,x --model claude-sonnet-4-5,x')).toEqual([]);
  });

  test.each([40, 60, 80, 120])('the table fits %i columns, with title, input and id in each line', async (columns) => {
    const { stdout } = await place.run('sessions --all', { columns });
    expect(stdout.split('\n').filter((line) => [...line].length > columns)).toEqual([]);
    expect(stdout).toMatch(/Delegate to t.* 235k .*6dd44d01\n/);
    expect(stdout).toMatch(/↳ Read b.txt.* 52.1k .*\.af183dd\n/);
  });

  test('ids are cut to what the other commands find them by', async () => {
    const { stdout } = await place.run('sessions --all');
    const shown = [...stdout.matchAll(/(\S+)\n/g)].map(([, id]) => id).slice(1, 6);
    expect(shown).toEqual(['6dd44d01', '.af183dd', '.ab34abb', '11111111-b', '11111111-a']);
    const found = await Promise.all(shown.map((id) => place.run(`show ${id}`)));
    expect(found.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  });

  test('wrong sorts and limits are wrong usage', async () => {
    expect(await place.run('sessions --sort size')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^taffrail: --sort: size is none of updated, .*\n$/),
    });
    expect(await place.run('sessions --limit many')).toMatchObject({ code: 2 });
  });
});

describe('a session’s id', () => {
  test('may be cut to what no other one begins with', async () => {
    expect((await place.run('show 11111111-a')).stdout).toContain('11111111-aaaa');
  });

  test('that begins several is refused with their names', async () => {
    expect(await place.run('show 1111')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'taffrail: 1111 begins several session ids: 11111111-aaaa, 11111111-bbbb\n',
    });
  });

  test('names a session rather than its sub-agents, which are named by their part after the dot', async () => {
    expect((await place.run('show 6dd44d01')).stdout).toContain(`${root}\n`);
    expect((await place.run('show .af183')).stdout).toMatch(/Sub-agent of\s+6dd44d01/);
  });

  test('that nothing begins with is a failure, not wrong usage', async () => {
    expect(await place.run('show zzz')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'taffrail: there is no session zzz; "taffrail sessions" lists them\n',
    });
  });
});

describe('show', () => {
  test('F6: prints prompts, answers and usage, without the terminal sequences of the log', async () => {
    const { stdout } = await place.run('show 11111111-aaaa');
    expect(stdout).not.toContain('\u001b');
    expect(stdout.split('\n── Turn 1')[1]?.replace(/^.*──\n/, '')).toBe(
      '\nUser\n  Ask for m1\n\nAssistant\n  A needle in hay\n\n  1 request · 10 in · 1 out · <$0.001\n\nTotal 1 request · 10 in · 1 out · <$0.001\n',
    );
  });

  test('names sub-agents’ usage apart from the session’s own', async () => {
    expect((await place.run(`show ${root}`)).stdout).toMatch(
      /^Total 5 requests .*\nWith its 2 sub-agents: 9 requests /m,
    );
  });

  test('--json is session, usage and items', async () => {
    const shown = await place.json<{ session: { id: string }; usage: object; items: unknown[] }>('show 11111111-aaaa');
    expect(shown).toMatchObject({ session: { id: '11111111-aaaa' }, usage: { usage: { requests: 1 } } });
    expect(shown.items).toHaveLength(2);
  });

  test('texts and figures are wrapped at words in a narrow terminal', async () => {
    const { stdout } = await place.run(`show ${root}`, { columns: 40 });
    expect(stdout).toMatch(/\n {2}\d requests · [^\n]{10,28}\n {2}.* out/);
    const body = stdout.slice(stdout.indexOf('── Turn 1'));
    expect(body.split('\n').filter((line) => [...line].length > 40)).toEqual([]);
  });

  test('colours are there where the terminal has them', async () => {
    expect((await place.run('show 11111111-aaaa', { colours: true })).stdout).toContain('\u001b[1m');
  });
});

describe('show --trace', () => {
  test('D-beyond: shows calls of agents below those that started them, as bars on each turn’s axis', async () => {
    const { stdout } = await place.run(`show ${root} --trace`, { columns: 100 });
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.startsWith('── Turn '))).toHaveLength(4);
    const agents = lines.filter((line) => /^(Task|Agent) /.test(line));
    expect(agents).toHaveLength(2);
    expect(agents.every((line) => / ─+ /.test(line))).toBe(true);
    expect(lines.filter((line) => /^ {2}chat \S+ .*█/.test(line)).length).toBeGreaterThan(0);
    expect(stdout).toMatch(/^chat claude\S* .* █+ .*\d/m);
  });

  test.each([40, 80, 200])('D-beyond: the bars fit %i columns', async (columns) => {
    const { stdout } = await place.run(`show ${root} --trace`, { columns });
    const body = stdout.slice(stdout.indexOf('── Turn')).split('\n').slice(1, -2);
    expect(body.filter((line) => [...line].length > columns)).toEqual([]);
  });

  test('D2: --json has every span once, with the session that it belongs to', async () => {
    const { spans, sessions } = await place.json<TracePage>(`show ${root} --trace`);
    expect(sessions).toHaveLength(3);
    expect(spans.filter(({ usage }) => usage !== null)).toHaveLength(9);
    expect(new Set(spans.map(({ sessionId, id }) => `${sessionId}/${id}`)).size).toBe(spans.length);
  });
});

describe('search', () => {
  test('F-beyond: finds words in their session, marked', async () => {
    const { stdout } = await place.run('search needle');
    expect(stdout).toMatch(
      /^Ask for m1 {2}11111111-a\n {2}Claude Code · \/home\/dev\/demo · 11-01 \d\d:\d\d · said\n {2}A «needle» ?\S* in hay\n$/,
    );
  });

  test('marks matches by colour where there is one', async () => {
    expect((await place.run('search needle', { colours: true })).stdout).toContain('\u001b[33mneedle\u001b[39m');
  });

  test('fits the terminal', async () => {
    const { stdout } = await place.run('search hay', { columns: 40 });
    expect(stdout.split('\n').filter((line) => [...line].length > 40)).toEqual([]);
    expect(stdout).toContain('11111111-b\n');
  });

  test('narrows by agent and project, says so when there is nothing, and tells how to see more', async () => {
    expect((await place.run('search needle --agent codex')).stdout).toBe('Nothing found.\n');
    expect((await place.run('search ask --project demo --limit 1')).stdout).toContain('--limit shows more');
    const { hits } = await place.json<SearchResult>('search hay');
    expect(hits.map((hit) => hit.sessionId).sort()).toEqual(['11111111-aaaa', '11111111-bbbb']);
  });
});

describe('export', () => {
  test('Markdown is the usual format, HTML the one to pass on', async () => {
    expect((await place.run('export 11111111-aaaa')).stdout).toMatch(
      /^# Ask for m1\n[\s\S]*\*\*Assistant\*\*\n\nA needle in hay\n/,
    );
    expect((await place.run('export 11111111-aaaa --format html')).stdout).toMatch(/^<!doctype html>/);
  });

  test('JSON and JSON Lines hold everything', async () => {
    const json = JSON.parse((await place.run('export 11111111-aaaa --format json')).stdout) as {
      session: { head: number };
    };
    const { stdout } = await place.run('export 11111111-aaaa --format jsonl');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number });
    expect(rows.at(-1)?.seq).toBe(json.session.head);
  });

  test('D-beyond: otlp is the spans for OpenTelemetry, sent to a collector where one is named', async () => {
    const { stdout } = await place.run(`export ${root} --format otlp`);
    const { resourceSpans } = JSON.parse(stdout) as { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] };
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk));
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    expect(await place.run(`export ${root} --format otlp --endpoint ${endpoint}`)).toMatchObject({
      code: 0,
      stdout: `${spans.length} spans sent\n`,
    });
    await new Promise((resolve) => collector.close(resolve));
    for (const span of spans) expect(bodies.join('')).toContain(JSON.stringify(span));
    const away = await place.run(`export ${root} --format otlp --endpoint ${endpoint}`);
    expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining('the collector cannot be reached') });
    expect(await place.run(`export ${root} --endpoint ${endpoint}`)).toMatchObject({ code: 2 });
  });

  test('writes to a file', async () => {
    const path = join(place.folder, 'out.md');
    expect(await place.run(`export 11111111-aaaa -o ${path}`)).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(path, 'utf8')).toMatch(/^# Ask for m1\n/);
  });

  test('a file that cannot be written is a failure in one line', async () => {
    const { code, stderr } = await place.run(`export 11111111-aaaa -o ${join(place.folder, 'no', 'such', 'folder')}`);
    expect([code, stderr.split('\n').length]).toEqual([1, 2]);
  });
});

describe('an empty archive', () => {
  const empty = new Place();
  afterAll(() => empty.remove());

  test('says what to do', async () => {
    expect((await empty.run('sessions')).stdout).toContain('taffrail import');
    expect((await empty.run('search x')).stdout).toContain('taffrail import');
    expect(await empty.json('sessions')).toMatchObject({ sessions: [], totals: { sessions: 0, usage: null } });
    expect(await empty.json('search x')).toMatchObject({ hits: [] });
    expect(await empty.run('show x')).toMatchObject({ code: 1, stderr: expect.stringContaining('taffrail import') });
  });
});
