/** A text that was cut while it grew looks as if it had never been cut. */
import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { describe, expect, test } from 'vitest';
import { createBlockCutter } from './growing-blocks.js';

const answer = `# Heading

A paragraph with \`code\` and **bold** words,
over two lines.

1. first
2. second

   with a paragraph of its own

       and code in it
3. third

| a | b |
|---|--:|
| 1 | 2 |

~~~ts
const a = 1;

const b = 2;
~~~

> quoted

   - moved in
     by three

Underlined
===

the end`;

const drawn = (text: string) =>
  renderToStaticMarkup(createElement(ReactMarkdown, { remarkPlugins: [remarkGfm] }, text)).replaceAll(/\n+/g, '\n');

/** As it would look after it came in pieces that end at these places. */
function grown(text: string, ends: readonly number[]): string[] {
  const cut = createBlockCutter();
  for (const end of [...ends].sort((a, b) => a - b)) cut(text.slice(0, end));
  return cut(text);
}

describe('a text that grows', () => {
  test('looks at its end as it does when it is drawn whole, however it came', () => {
    const whole = drawn(answer);
    fc.assert(
      fc.property(fc.array(fc.nat(answer.length)), (ends) => {
        const blocks = grown(answer, ends);
        expect(blocks.join('')).toBe(answer);
        expect(blocks.map(drawn).join('\n')).toBe(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('keeps every character of any text', () => {
    const texts = fc.array(
      fc.constantFrom('- a', '2', '. b', '\n', '\n\n', '    ', '```', '# h', '|', '***', '<b>', '> q'),
    );
    fc.assert(
      fc.property(texts, (pieces) => {
        const cut = createBlockCutter();
        let text = '';
        for (const piece of pieces) {
          text += piece;
          expect(cut(text).join('')).toBe(text);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('keeps its first blocks as they are while its end grows', () => {
    const cut = createBlockCutter();
    const before = cut('one\n\ntwo\n\nthree\n\nfo');
    expect(before).toEqual(['one\n\n', 'two\n\n', 'three\n\n', 'fo']);
    expect(cut('one\n\ntwo\n\nthree\n\nfour\n\nfive').slice(0, 3)).toEqual(before.slice(0, 3));
  });

  test('makes a paragraph an entry of the list before it when it turns out to be one', () => {
    const cut = createBlockCutter();
    expect(cut('1. a\n\n2')).toEqual(['1. a\n\n', '2']);
    expect(cut('1. a\n\n2. b')).toEqual(['1. a\n\n2. b']);
  });

  test('is drawn whole where its parts point at each other', () => {
    const text = 'A [link][1].\n\nMore.\n\n[1]: https://example.org\n\nEnd.';
    expect(createBlockCutter()(text)).toEqual([text]);
    expect(createBlockCutter()('One[^1].\n\nTwo.\n\nThree.\n\n[^1]: note')).toHaveLength(1);
  });

  test('begins anew when it is another text', () => {
    const cut = createBlockCutter();
    cut('one\n\ntwo\n\nthree\n\nfour');
    expect(cut('else')).toEqual(['else']);
    expect(cut('')).toEqual(['']);
  });
});
