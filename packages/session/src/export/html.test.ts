/** Sessions as HTML: complete, and nothing of a log can run or load. */

import { randomSeed } from '@taffrail/testing';
import type { Item } from '@taffrail/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportSession } from './export-session.js';
import { answer, joined, prompt, sampleHead, samplePages } from './sample-session.js';

const html = (items: readonly Item[], head = sampleHead()) => joined(exportSession('html', head, samplePages(items)));

/** Every tag that our pages are made of, with its attributes; times are the only ones that differ. */
const ourTags = new RegExp(
  [
    '!doctype html|html lang="en"|/?(?:head|body|main|h1|h2|h3|b|code|pre|details|summary|tr|table|title|style)|/(?:html|span|p|section|th|td|time)',
    'meta [a-z-]+="[^"<>]*"(?: content="[^"<>]*")?',
    'p class="(?:text" dir="auto|spent)"|span class="notes"|section(?: class="(?:human|model|bad|compaction|harness)")?',
    'th scope="row"(?: class="part")?|td(?: class="(?:figure|notes)")?|time datetime="[\\d:.TZ-]+"',
  ].join('|'),
);
const isOurs = (tag: string): boolean => new RegExp(`^<(?:${ourTags.source})>$`).test(tag);

describe('a session as HTML', () => {
  test('stands alone: no script, nothing from elsewhere, and a policy that forbids both', async () => {
    const page = await html([prompt('Do it'), answer('Done')]);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page.match(/<script|<link|<img|<iframe|\bsrc=|\bhref=|\bon\w+=|url\(/gi)).toBeNull();
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page.trim()).toMatch(/<\/html>$/);
  });

  test('shows what was said openly and folds what went on behind it', async () => {
    const call: Item = { type: 'tool_call', callId: 'c', name: 'Read', text: '{"file_path":"/home/dev/demo/a.ts"}' };
    const result: Item = { type: 'tool_result', callId: 'c', status: 'interrupted', text: 'one' };
    const page = await html([answer('Look:\n```\na < b\n```\ndone'), call, result]);
    expect(page).toContain(
      '<p class="text" dir="auto">Look:</p>\n<pre>a &lt; b</pre>\n<p class="text" dir="auto">done</p>',
    );
    expect(page).toContain('<summary><b>Read</b> <span class="notes"><code>a.ts</code></span></summary>');
    expect(page).toContain(
      '<section class="bad"><details><summary><b>Result of Read</b> <span class="notes">interrupted</span></summary>\n<pre>one</pre>',
    );
  });

  test('an unknown figure is a dash and a partial one says so', async () => {
    const page = await html([]);
    expect(page).toContain('<td class="figure">≥10</td><td class="notes">1 of 2 requests</td>');
    expect(page).toContain('<th scope="row" class="part">cache reads</th><td class="figure">—</td>');
  });

  const seed = randomSeed();
  test(`no text of a log becomes a tag or an attribute (seed ${seed})`, async () => {
    const nasty = fc.constantFrom(
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '</pre>',
      '</title>',
      "' onclick='x",
      '<!--',
      ']]>',
      '\u0000',
      '&lt;',
      '```',
      '\n',
    );
    const text = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 8 }))).map((parts) => parts.join(''));
    const item = fc.oneof(
      text.map(prompt),
      text.map(answer),
      text.map((each): Item => ({ type: 'message', role: 'user', author: 'harness', text: each })),
      text.map((each): Item => ({ type: 'reasoning', text: each })),
      fc.tuple(text, text).map(([name, each]): Item => ({ type: 'tool_call', callId: 'c', name, text: each })),
      fc.tuple(text, text).map(
        ([each, child]): Item => ({
          type: 'tool_result',
          callId: 'c',
          status: 'ok',
          text: each,
          childSessionId: child,
        }),
      ),
      fc.tuple(text, text).map(([code, each]): Item => ({ type: 'error', text: each, code })),
      text.map((each): Item => ({ type: 'compaction', trigger: 'auto', text: each })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 6 }), text, async (items, title) => {
        const page = await html(
          items,
          sampleHead({ session: { title, model: title, project: title, branch: title, id: title, parentId: title } }),
        );
        const tags = page.match(/<[^>]*>/g) ?? [];
        expect(tags.filter((tag) => !isOurs(tag))).toEqual([]);
        expect(page.replace(/<style>[^<]*<\/style>|<[^>]*>/g, '')).not.toMatch(/[<>]/);
      }),
      { seed, numRuns: 200 },
    );
  });

  test('the whitelist of tags above would notice a foreign one', () => {
    expect(['<script>', '<p onclick="x">', '<section class="x" id="y">'].map(isOurs)).toEqual([false, false, false]);
  });
});
