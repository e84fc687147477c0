/** The tabs of the workbench: what hints change, how they move, which have news. */
import type { SessionHint, SessionSummary } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { keyName } from './keys.js';
import { newsOf } from './notify.js';
import { moved, newPlaces, nextTab, withHint, withHints } from './open-sessions.js';
import { isUnread } from './seen.js';

const session = (id: string, position: number): SessionSummary => ({
  id,
  agent: 'taffrail',
  origin: 'live',
  title: id,
  project: null,
  cwd: null,
  branch: null,
  model: null,
  agentVersion: null,
  status: 'idle',
  open: true,
  position,
  parentId: null,
  forkedFrom: null,
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
  head: 10,
  itemCount: 0,
  turnCount: 0,
  messageCount: 0,
  childCount: 0,
  sourceState: null,
  usage: null,
  usageWithSubAgents: null,
});
const hint = (sessionId: string, over: Partial<SessionHint> = {}): SessionHint => ({
  sessionId,
  head: 11,
  status: 'running',
  title: sessionId,
  totals: null,
  open: true,
  position: 1,
  parentId: null,
  ...over,
});
const open = [session('a', 1), session('b', 2)];

describe('hints', () => {
  it('B5: change the tab they are about, and leave the rest as it is', () => {
    const after = withHints(open, [hint('a', { title: 'Named', status: 'waiting' })]);
    expect(after).toMatchObject([{ id: 'a', title: 'Named', status: 'waiting' }, { id: 'b' }]);
    expect(after?.[1]).toBe(open[1]);
  });

  it('B4: a session that was closed elsewhere has no tab any more', () => {
    expect(withHints(open, [hint('a', { open: false })])?.map(({ id }) => id)).toEqual(['b']);
  });

  it('B2: tabs follow an order that was changed elsewhere', () => {
    expect(withHints(open, [hint('a', { position: 3 })])?.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('a tab that is new must be asked for; sessions without a tab are no matter here', () => {
    expect(withHints(open, [hint('c')])).toBeNull();
    expect(withHints(open, [hint('c', { open: false })])).toBe(open);
  });

  it('what comes late changes nothing', () => {
    expect(withHint(session('a', 1), hint('a', { head: 9 })).status).toBe('idle');
  });
});

describe('moving tabs', () => {
  it('B2: puts a tab before another or at the end', () => {
    expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b', 'c'], 'a', null)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 'a', 'a')).toEqual(['a', 'b', 'c']);
  });

  it('B2: orders a new place only for tabs that have moved', () => {
    expect(newPlaces([...open, session('c', 3)], ['b', 'a', 'c'])).toEqual([
      { id: 'b', position: 1 },
      { id: 'a', position: 2 },
    ]);
  });

  it('a closed tab gives way to its right neighbour, else its left, else to none', () => {
    expect([nextTab(['a', 'b', 'c'], 'b'), nextTab(['a', 'b'], 'b'), nextTab(['a'], 'a')]).toEqual(['c', 'a', null]);
  });
});

describe('news', () => {
  it('is what happened since a session was on view, once it is done or asks', () => {
    expect(isUnread(session('a', 1), 9)).toBe(true);
    expect(isUnread(session('a', 1), 10)).toBe(false);
    expect(isUnread({ ...session('a', 1), status: 'running' }, 3)).toBe(false);
  });

  it('is told by the system when a turn ends or asks, and not for anything else', () => {
    expect(newsOf('running', 'idle')).toBe('is done');
    expect(newsOf('running', 'waiting')).toBe('waits, for you or for a key');
    expect([newsOf('waiting', 'running'), newsOf('idle', 'idle'), newsOf(undefined, 'idle')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('keys', () => {
  const press = (key: string, over: Partial<KeyboardEvent> = {}) =>
    keyName({ key, code: '', metaKey: false, ctrlKey: false, altKey: false, shiftKey: false, ...over });

  it('Alt is the command key where the browser keeps that to itself, whatever it would write', () => {
    expect(press('t', { metaKey: true })).toBe('mod+t');
    expect(press('†', { altKey: true, code: 'KeyT' })).toBe('mod+t');
    expect(press('1', { altKey: true, code: 'Digit1' })).toBe('mod+1');
    expect(press('T', { ctrlKey: true, shiftKey: true })).toBe('mod+shift+t');
  });

  it('a plain key is its own name, and AltGr writes characters', () => {
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('@', { ctrlKey: true, altKey: true, code: 'KeyQ' })).toBeNull();
    expect(press('ArrowLeft', { altKey: true, code: 'ArrowLeft' })).toBeNull();
  });
});
