/** Sessions as Markdown. */
import type { Item } from '@taffrail/wire';
import { describe, expect, test } from 'vitest';
import { exportSession } from './export-session.js';
import { answer, joined, prompt, sampleHead, samplePages } from './sample-session.js';

const markdown = (items: readonly Item[], head = sampleHead(), turnIds: readonly (string | null)[] = []) =>
  joined(exportSession('md', head, samplePages(items, turnIds)));

/** What follows the head. */
const body = async (...items: Item[]) =>
  (await markdown(items)).split(/^## Turn .*\n\n/m)[1]?.split('\n\n*1 request')[0];

describe('a session as Markdown', () => {
  test('F6: says what it is and what it spent, with coverage, and what each turn spent', async () => {
    const text = await markdown([prompt('Do it'), answer('Done')], sampleHead(), ['t1', 't2']);
    expect(text).toBe(`# Fix the test

| | |
|---|---|
| Agent | Claude Code 2.1.0 |
| Model | claude-sonnet-4-5 |
| Project | /home/dev/demo |
| Time | 2026-11-20 10:00:00 to 2026-11-20 10:00:59 UTC |
| Length | 1 turn, 2 items |
| Session | 01a1f83a-0000-7000-8000-000000000000 |

## Usage

| | tokens | reported by |
|---|--:|--:|
| Input | 1,500 | 2 of 2 requests |
| – cache reads | — | 0 of 2 requests |
| – cache writes | — | 0 of 2 requests |
| Output | ≥10 | 1 of 2 requests |
| – reasoning | 0 | 2 of 2 requests |
| Cost | ≥$0.00045 | 1 of 2 requests |

## Turn 1 · 2026-11-20 10:00:00 UTC

**User**

> Do it

*1 request · 100 in · 10 out · <$0.001*

## Turn 2 · 2026-11-20 10:00:01 UTC

**Assistant**

Done

*1 request · 50 in · — out · —*

`);
  });

  test('F2: a session without usage says so and shows no zeros', async () => {
    const text = await markdown([], sampleHead({ usage: { usage: null, requests: [] } }));
    expect(text).toContain('## Usage\n\nNo usage was reported.\n');
  });

  test('a turn that goes on after another keeps its number, and its usage is told once', async () => {
    const text = await markdown([prompt('a'), prompt('b'), answer('c')], sampleHead(), ['t1', 't2', 't1']);
    expect(text.match(/^## Turn.*/gm)).toEqual([
      '## Turn 1 · 2026-11-20 10:00:00 UTC',
      '## Turn 2 · 2026-11-20 10:00:01 UTC',
      '## Turn 1 (continued) · 2026-11-20 10:00:02 UTC',
    ]);
    expect(text.match(/^\*\d+ request.*/gm)).toHaveLength(2);
  });

  test('calls are fenced as JSON, results carry their tool, how it went and how long it took', async () => {
    const call: Item = { type: 'tool_call', callId: 'c', name: 'Bash', text: '{"command":"npm test"}' };
    const result: Item = { type: 'tool_result', callId: 'c', status: 'error', text: 'exit 1', durationMs: 1234 };
    expect(await body(call, result)).toBe(
      '**Bash**\n\n```json\n{\n  "command": "npm test"\n}\n```\n\n**Result of Bash** (failed · 1.2 s)\n\n```\nexit 1\n```',
    );
  });

  test('no run of backticks in a result can end its fence', async () => {
    const result: Item = { type: 'tool_result', callId: 'c', status: 'ok', text: 'a\n````\n# not a heading' };
    expect(await body(result)).toBe('**Result**\n\n`````\na\n````\n# not a heading\n`````');
  });

  test('a fence that an answer leaves open is closed, and its tags are text outside of code only', async () => {
    expect(await body(answer('See <b>this</b> and `<i>`:\n```html\n<script>'))).toBe(
      '**Assistant**\n\nSee &lt;b>this&lt;/b> and `<i>`:\n\n```html\n<script>\n```',
    );
  });

  test.each([
    ['a tag in code that is none', '`` <img src=x> `', '\\`\\` &lt;img src=x> \\`'],
    ['a tag in code of several lines', '`a\n<script>x</script>`', '\\`a\n&lt;script>x&lt;/script>\\`'],
    ['a tag that a code span of the line before would bare', '` a\n`<b>` c', '\\` a\n`<b>` c'],
    ['a tag behind a backtick that is text', '\\`<b>` c', '\\`&lt;b>\\` c'],
    [
      'a tag whose backslash belongs to an address',
      'http://a\\<b> http://a`<b>`',
      'http://a&lt;b> http://a\\`&lt;b>\\`',
    ],
    ['an image, which would be fetched', '![x](https://example.com/i.png)', '\\![x](https://example.com/i.png)'],
    ['an address that runs', '[x](javascript:alert(1))', '[x\\](javascript:alert(1))'],
    [
      'one in disguise',
      '[x](java\\script:1) [y](&#106;s:1) [z](javascript\\:1)',
      '[x\\](java\\script:1) [y\\](&#106;s:1) [z\\](javascript\\:1)',
    ],
    ['one on the next line', '[x](\njavascript:1)', '[x\\](\njavascript:1)'],
    ['one by reference', '[x][y]\n\n[y]: data:text/html,1', '[x][y]\n\n[y\\]: data:text/html,1'],
    ['a fence that would swallow what follows', '~~~ a`b', '\\~~~ a\\`b'],
    [
      'harmless links',
      '[a](https://x.example/?a=1&b=2) [b](../c.md) [c](#d)',
      '[a](https://x.example/?a=1&b=2) [b](../c.md) [c](#d)',
    ],
  ])('an answer can hold %s, and it stays text', async (_what, text, wanted) => {
    expect(await body(answer(text))).toBe(`**Assistant**\n\n${wanted}`);
  });

  test('a title or a tool’s name cannot become markup', async () => {
    const head = sampleHead({ session: { title: '# <img src=x>\n| *a* `b`' } });
    const text = await markdown([{ type: 'tool_call', callId: 'c', name: '**x**', text: '' }], head);
    expect(text.split('\n')[0]).toBe('# \\# \\<img src=x\\> \\| \\*a\\* \\`b\\`');
    expect(text).toContain('**\\*\\*x\\*\\***');
  });

  test('terminal sequences and other control characters are left out', async () => {
    expect(await body(answer('\u001b[31mred\u001b[0m \u001b]0;title\u0007bell\u0000 \u202ereversed'))).toBe(
      '**Assistant**\n\nred bell reversed',
    );
  });

  test('sub-agents, copies and the agent’s own count stand beside the session’s own sum', async () => {
    const head = sampleHead({
      session: { childCount: 2, forkedFrom: 'other' },
      usage: {
        inherited: { ...sampleHead().usage.usage, requests: 1 } as never,
        crossChecks: [
          {
            source: 'cost-state',
            at: '2026-11-20T10:00:00.000Z',
            includesInherited: true,
            includesSubAgents: false,
            inputTokens: 2000,
            outputTokens: 10,
            cacheReadTokens: null,
            cacheWriteTokens: null,
            cacheWrite1hTokens: null,
            reasoningTokens: null,
            difference: { inputTokens: 500, outputTokens: 0 },
          },
        ],
      },
    });
    const text = await markdown([], head);
    expect(text).toContain('With its 2 sub-agents: 2 requests · 1.5k in · ≥10 out · ≥<$0.001.'.replace('<', '\\<'));
    expect(text).toContain('Copied from another session and counted there: 1 request');
    expect(text).toContain(
      'The log says 2,000 input tokens, its requests 1,500: 500 are from the session it was copied from, or were not recorded one by one. (cost-state)',
    );
  });
});
