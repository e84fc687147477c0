/** Sessions as JSON, written piece by piece. */
import { describe, expect, test } from 'vitest';
import { exportSession } from './export-session.js';
import { answer, joined, prompt, sampleHead, samplePages } from './sample-session.js';

describe('a session as JSON', () => {
  test('is one document of session, usage and items, however many pages they came in', async () => {
    const items = [prompt('a'), answer('b'), answer('c')];
    const text = await joined(exportSession('json', sampleHead(), samplePages(items)));
    const document = JSON.parse(text) as { session: unknown; usage: unknown; items: { item: unknown }[] };
    expect(Object.keys(document)).toEqual(['session', 'usage', 'items']);
    expect(document.session).toEqual(sampleHead().session);
    expect(document.usage).toEqual(sampleHead().usage);
    expect(document.items.map((placed) => placed.item)).toEqual(items);
  });

  test('is whole without any item', async () => {
    expect(JSON.parse(await joined(exportSession('json', sampleHead(), samplePages([]))))).toMatchObject({ items: [] });
  });

  test('asks for the next page only when the one before is written', async () => {
    let asked = 0;
    async function* pages() {
      for (; asked < 3; ) {
        asked += 1;
        yield [];
      }
      yield* samplePages([prompt('a')]);
    }
    const pieces = exportSession('json', sampleHead(), pages());
    await pieces.next();
    expect(asked).toBe(0);
  });
});
