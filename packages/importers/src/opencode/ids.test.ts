/** Where the moments inside ids are. */
import { describe, expect, test } from 'vitest';
import { mintedAt } from './ids.js';

describe('the moment inside an id', () => {
  test.each([
    ['ses_e07c30569ffeNmfC8GXww88AqY', 1795166108310],
    ['msg_1f83d0275001foR6dWxIA80g2n', 1795166110325],
    ['prt_1f83d08cb001463Ld7olFklT1C', 1795166111947],
  ])('%s was minted at %d', (id, at) => {
    expect(mintedAt(id, at + 1_000_000)).toBe(at);
    expect(mintedAt(id, at - 1_000_000)).toBe(at);
  });

  test('a copy was minted long after the message it repeats', () => {
    expect(mintedAt('msg_1f83d165a0016tTb3LI7DhTKlk', 1795166110325)).toBe(1795166115418);
  });

  test.each(['', 'msg_', 'msg_short', 'msg_zzzzzzzzzzzz', 'usr_1f83d0275001'])('%j holds no moment', (id) => {
    expect(mintedAt(id, 1795166110325)).toBeNull();
  });
});
