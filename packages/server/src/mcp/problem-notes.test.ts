/** What a session says of servers that are not there. */
import { emptySession, foldRows, type NewRow, type SessionState } from '@taffrail/session';
import type { Row } from '@taffrail/wire';
import { expect, test } from 'vitest';
import { problemNotes } from './problem-notes.js';

function after(state: SessionState, rows: readonly NewRow[]): SessionState {
  const stored = rows.map(({ key, at, ...row }, index) => {
    const place = { seq: state.head + index + 1, at: new Date(at).toISOString(), channel: 'status', partId: key };
    return { ...row, ...place } as Row;
  });
  return foldRows(state, stored);
}

const note = (state: SessionState, turn: number, text: string) =>
  problemNotes(state, [{ server: 'fake', text }], { turnId: `t${turn}`, at: 0 });

test('E-beyond: the same is said once, and again when something else was said in between', () => {
  const first = note(emptySession, 1, 'gone');
  expect(first).toMatchObject([{ key: 'mcp:fake:t1', data: { type: 'error', code: 'mcp', text: 'gone' } }]);
  const once = after(emptySession, first);
  expect(note(once, 2, 'gone')).toEqual([]);
  const twice = after(once, note(once, 2, 'slow'));
  expect(note(twice, 3, 'gone')).toHaveLength(1);
});
