/** Where the words of a bar stand. */
import { expect, it } from 'vitest';
import { characterShares, wordPlace } from './word-place.js';

const { usual, narrow } = characterShares;

it('D3: the words of a bar stand where they are not cut off: right of it, left of it, else over its end', () => {
  expect(wordPlace(10, 40, '6.0 s, allowed', usual)).toEqual({ left: 40 });
  expect(wordPlace(60, 90, '6.0 s, allowed', usual)).toEqual({ right: 40 });
  expect(wordPlace(5, 95, '6.0 s, allowed', usual)).toEqual({ right: 5, over: true });
  expect(wordPlace(-1, 101, '6.0 s', usual)).toEqual({ right: 0, over: true });
  expect(wordPlace(20, 45, '1.0 s, overloaded, no usage', usual)).toEqual({ left: 45 });
});

it('D3: on a phone they take more of the column', () => {
  expect(wordPlace(70, 75, '6.0 s, allow', usual)).toEqual({ left: 75 });
  expect(wordPlace(70, 75, '6.0 s, allow', narrow)).toEqual({ right: 30 });
});
