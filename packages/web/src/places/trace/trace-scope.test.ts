/** What a trace shows until somebody says otherwise. */
import { expect, it } from 'vitest';
import { scopeOf } from './trace-scope.js';

it('D3: a trace is of the latest turn of what runs here, of another session whole, with the agents that it started', () => {
  const [alone, parent] = [
    { origin: 'imported', childCount: 0 } as const,
    { origin: 'imported', childCount: 2 } as const,
  ];
  expect(scopeOf(undefined, { ...parent, origin: 'live' }, ['a', 'b'])).toEqual({ kind: 'turn', turnId: 'b' });
  expect(scopeOf(undefined, alone, ['a'])).toEqual({ kind: 'session' });
  expect(scopeOf(undefined, parent, ['a'])).toEqual({ kind: 'tree' });
  expect(scopeOf('session', parent, ['a'])).toEqual({ kind: 'session' });
  expect(scopeOf('gone', parent, ['a'])).toEqual({ kind: 'tree' });
});
