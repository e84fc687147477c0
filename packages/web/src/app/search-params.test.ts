/** The address as the state of a view. */
import { describe, expect, it } from 'vitest';
import { daysLabel, daysOf, rangeOf } from './range.js';
import { dayParam, listOf, oneOf, onlyRead, parseSearch, stringifySearch, wholeOf } from './search-params.js';

describe('the address', () => {
  it('reads back what it wrote', () => {
    const state = { q: 'round( a&b', agent: ['claude', 'codex'], group: 'day' };
    expect(parseSearch(stringifySearch(state))).toEqual(state);
  });

  it('leaves out what is absent', () => {
    expect(stringifySearch({ q: '', agent: [], since: undefined })).toBe('');
  });

  it('ignores what it does not know instead of failing', () => {
    expect(oneOf('weather', ['day', 'project'])).toBeUndefined();
    expect(wholeOf('12x', 1)).toBeUndefined();
    expect(wholeOf('0', 1)).toBeUndefined();
    expect(wholeOf('12', 1)).toBe(12);
    expect(dayParam('2026-13-45')).toBeUndefined();
    expect(dayParam('2026-02-30')).toBeUndefined();
    expect(listOf(['a', 'a', '', 'b'])).toEqual(['a', '', 'b']);
    expect(listOf(undefined)).toBeUndefined();
  });
});

it('F7: what a view cannot read of its address does not reach it through the router either', () => {
  const read = onlyRead(rangeOf);
  const raw = { range: 'fortnight', since: '2026-02-30', until: '2026-11-20', other: 'x' };
  // As the router merges them.
  expect({ ...raw, ...read(raw) }).toEqual({ until: '2026-11-20' });
  expect({ ...raw, ...read(raw) }.range).toBeUndefined();
});

describe('a range', () => {
  const today = '2026-11-20';

  it('ends today and counts today', () => {
    expect(daysOf({ range: '30d' }, 'all', today)).toEqual({ since: '2026-10-22', until: today });
    expect(daysOf({ range: '1d' }, 'all', today)).toEqual({ since: today, until: today });
  });

  it('falls back where the address names none, and is open for all time', () => {
    expect(daysOf({}, '7d', today)).toEqual({ since: '2026-11-14', until: today });
    expect(daysOf({}, 'all', today)).toEqual({});
  });

  it('lets two days go before a name', () => {
    expect(daysOf(rangeOf({ range: '7d', since: '2026-01-02', until: 'soon' }), 'all', today)).toEqual({
      since: '2026-01-02',
    });
  });

  it('F4: stands in its order, however its days were written: the server refuses one that ends before it begins', () => {
    expect(rangeOf({ since: '2026-11-20', until: '2026-10-22' })).toEqual({ since: '2026-10-22', until: '2026-11-20' });
    expect(rangeOf({ since: today, until: today })).toEqual({ since: today, until: today });
  });

  it('reads as people write it', () => {
    expect(daysLabel({ since: '2026-10-22', until: today }, today)).toBe('22 Oct – 20 Nov');
    expect(daysLabel({ since: '2026-10-26', until: '2026-10-26' }, today)).toBe('26 Oct');
    expect(daysLabel({}, today)).toBe('All time');
  });
});
