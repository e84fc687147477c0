/** The composer's pure parts: `@` in a text, and the files of a message that is being written. */
import { fileLimits } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { areReady, type DraftFile, keptOf, problemBefore } from './draft-files.js';
import { mentionAt, withPath } from './path-mention.js';

/** The caret stands at `|`. */
const at = (marked: string) => {
  const caret = marked.indexOf('|');
  return { text: marked.replace('|', ''), caret };
};
const mentioned = (marked: string) => {
  const { text, caret } = at(marked);
  return mentionAt(text, caret);
};
const chosen = (marked: string, path: string): string => {
  const { text, caret } = at(marked);
  const mention = mentionAt(text, caret);
  if (!mention) throw new Error(`there is no mention in ${marked}`);
  const next = withPath(text, caret, mention, path);
  return `${next.text.slice(0, next.caret)}|${next.text.slice(next.caret)}`;
};

describe('UI: @ in a message', () => {
  it.each([
    ['@|', { at: 0, typed: '' }],
    ['look at @src/ma|', { at: 8, typed: 'src/ma' }],
    ['(@a|)', { at: 1, typed: 'a' }],
    ['@ab|cd', { at: 0, typed: 'ab' }],
  ])('names a file: %s', (marked, mention) => {
    expect(mentioned(marked)).toEqual(mention);
  });

  it.each(['me@example.org|', '@done |', 'no sign|', '@@|'])('is something else: %s', (marked) => {
    expect(mentioned(marked)).toBeNull();
  });

  it('becomes the plain path, with the caret after it', () => {
    expect(chosen('look at @ma|', 'src/main.ts')).toBe('look at src/main.ts |');
    expect(chosen('see @ma| please', 'src/main.ts')).toBe('see src/main.ts |please');
    expect(chosen('@n|', 'my notes.md')).toBe('"my notes.md" |');
  });
});

describe('issue 3: files of a message', () => {
  const file = (state: DraftFile['state']): DraftFile => {
    const base = { key: state, name: 'a.png', sizeBytes: 9, preview: null };
    const kept = { hash: 'h', name: 'a.png', sizeBytes: 9, mediaType: 'image/png' };
    if (state === 'kept') return { ...base, state, file: kept };
    return state === 'failed' ? { ...base, state, problem: 'no' } : { ...base, state, share: 0.5 };
  };

  it('go out when all of them are there', () => {
    expect(areReady([])).toBe(true);
    expect(areReady([file('kept')])).toBe(true);
    expect(areReady([file('kept'), file('sending')])).toBe(false);
    expect(areReady([file('failed')])).toBe(false);
    expect(keptOf([file('sending'), file('kept'), file('failed')])).toHaveLength(1);
  });

  it('that cannot be taken are not even sent', () => {
    expect(problemBefore('a', 1, fileLimits.perTurn)).toMatch(/At most 20 files/);
    expect(problemBefore('a', 0, 0)).toBe('a is empty.');
    expect(problemBefore('a', 1e9, 0)).toMatch(/larger than/);
    expect(problemBefore('a', 1, 0)).toBeNull();
  });
});
