/** A long text in pieces is the text: nothing is lost, and code stays code. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftOutOf, openedAt, textPieces } from './text-pieces.js';

const paragraph = (at: number) => `Paragraph ${at} says something, and something more.\n\n`;
const paragraphs = (count: number) => Array.from({ length: count }, (_, at) => paragraph(at)).join('');

describe('a long text in pieces', () => {
  it('leaves a text whole that is not long', () => {
    expect(textPieces('short', 100)).toEqual(['short']);
    expect(leftOutOf('short', 100)).toBe(0);
  });

  it('cuts between paragraphs, and loses nothing', () => {
    const text = paragraphs(100);
    const pieces = textPieces(text, 1_000);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.join('')).toBe(text);
    for (const piece of pieces) expect(piece).toMatch(/^Paragraph/);
  });

  it('opens a block of code again in the piece that begins inside it, and not after its end', () => {
    const text = `${paragraphs(10)}\`\`\`ts\n${'const one = 1;\n'.repeat(100)}\`\`\`\n\n${paragraphs(40)}`;
    const pieces = textPieces(text, 600);
    const inside = pieces.filter((piece) => piece.startsWith('```ts\n'));
    expect(inside.length).toBeGreaterThan(1);
    expect(pieces.at(-1)).toMatch(/^Paragraph/);
  });

  it('is not taken out of a block of code by a fence inside it', () => {
    const text = `\`\`\`\`md\n${'```\ncode\n```\nwords\n'.repeat(60)}\`\`\`\`\n`;
    for (const piece of textPieces(text, 300).slice(1)) expect(piece).toMatch(/^````md\n/);
  });

  it('never cuts a character in two', () => {
    const text = '🦊'.repeat(2_000);
    for (const piece of textPieces(text, 333)) expect(piece).toMatch(/^(🦊)+$/u);
  });

  it('holds for any lines: pieces without the fences that they open again are the text', () => {
    const line = fc.constantFrom('words', '', '```', '~~~~', '```js', '    ```', 'x'.repeat(50));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 120 }), fc.integer({ min: 20, max: 200 }), (lines, characters) => {
        const text = lines.join('\n');
        let at = 0;
        for (const piece of textPieces(text, characters)) {
          const own = text.startsWith(piece, at) ? piece : piece.slice(piece.indexOf('\n') + 1);
          expect(text.slice(at, at + own.length)).toBe(own);
          expect(own.length).toBeLessThanOrEqual(characters * 1.5);
          at += own.length;
        }
        expect(at).toBe(text.length);
      }),
    );
  });

  it('shows the end of what is written from a place that moves on in steps', () => {
    const whole = paragraphs(200);
    const begins = new Set<number>();
    for (let length = 5_000; length < 8_000; length += 50) {
      const leftOut = leftOutOf(whole.slice(0, length), 1_000);
      expect(length - leftOut).toBeLessThan(3_500);
      expect(whole.slice(leftOut)).toMatch(/^Paragraph/);
      begins.add(leftOut);
    }
    expect(begins.size).toBeLessThanOrEqual(4);
  });

  it('knows the block of code that it is cut in', () => {
    const text = '```ts\nconst one = 1;\n```\n\nwords\n';
    expect(openedAt(text, text.indexOf('const'))).toBe('```ts\n');
    expect(openedAt(text, text.indexOf('words'))).toBe('');
  });
});
