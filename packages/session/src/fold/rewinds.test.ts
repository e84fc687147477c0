/** Rewinds and their undoing, from rows alone. */
import { randomSeed } from '@taffrail/testing';
import type { Row } from '@taffrail/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, foldRows } from './fold.js';
import { emptySession, type SessionState } from './state.js';

const seed = randomSeed();
const at = '2026-01-01T00:00:00.000Z';
type Unplaced = Row extends infer One ? (One extends Row ? Pick<One, 'kind' | 'data'> & Partial<Row> : never) : never;
const row = (seq: number, some: Unplaced): Row => ({ seq, at, channel: 'status', ...some }) as Row;
const item = (seq: number, id: string, turnId: string): Row =>
  row(seq, {
    kind: 'item.recorded',
    channel: 'text',
    partId: id,
    turnId,
    data: { type: 'message', role: 'assistant', author: 'model', text: `${id} at ${seq}` },
  });
const begun = (seq: number, turnId: string): Row => row(seq, { kind: 'turn.started', turnId, data: { runGen: 1 } });
const ended = (seq: number, turnId: string, outcome: 'complete' | 'failed' = 'complete'): Row =>
  row(seq, { kind: 'turn.completed', turnId, data: { outcome } });
const rewound = (seq: number, toSeq: number, files?: { kind: 'git'; expected: string; target: string }): Row =>
  row(seq, { kind: 'session.rewound', data: { toSeq, ...(files ? { files } : {}) } });
const undone = (seq: number, rewoundSeq: number, status: 'idle' | 'failed' = 'idle'): Row =>
  row(seq, { kind: 'rewind.undone', data: { rewoundSeq, status } });

/** Two turns of three rows each; the second failed. */
const twoTurns: Row[] = [
  begun(1, 'one'),
  item(2, 'a', 'one'),
  ended(3, 'one'),
  begun(4, 'two'),
  item(5, 'b', 'two'),
  item(6, 'b', 'two'),
  ended(7, 'two', 'failed'),
];

const shown = ({ items, turns, status, changes }: SessionState) => ({
  items: [...items.values()],
  turns: [...turns.values()],
  status,
  changes,
});

describe(`D5: a rewind (seed ${seed})`, () => {
  it('takes out what came from there on, marks where, and is no failed session any more', () => {
    const state = foldRows(emptySession, [...twoTurns, rewound(8, 4)]);
    expect([...state.items.keys()]).toEqual(['a']);
    expect([...state.turns.keys()]).toEqual(['one']);
    expect(state.status).toBe('idle');
    expect(state.rewinds).toMatchObject([{ seq: 8, toSeq: 4, turnsLeft: 1, turnsAside: 1, isOpen: true, at }]);
  });

  it('that is undone leaves everything as it was, status and changes too', () => {
    const changes = { branch: null, files: [{ path: 'a', status: 'added', added: 1, removed: 0 } as const] };
    const told = row(8, { kind: 'files.changed', data: changes });
    const before = foldRows(emptySession, [...twoTurns, told]);
    const state = foldRows(before, [rewound(9, 4), undone(10, 9, 'failed')]);
    expect(shown(state)).toEqual(shown(before));
    expect(state.rewinds).toEqual([]);
  });

  it('upon a rewind is undone first, then the first one', () => {
    const before = foldRows(emptySession, twoTurns);
    const state = foldRows(before, [rewound(8, 4), rewound(9, 1)]);
    expect(state.items.size).toBe(0);
    const once = fold(state, undone(10, 9));
    expect([[...once.items.keys()], once.rewinds.map(({ seq }) => seq)]).toEqual([['a'], [8]]);
    expect(shown(fold(once, undone(11, 8, 'failed')))).toEqual(shown(before));
  });

  it('cannot be undone once a turn has begun, out of its turn, or twice', () => {
    const later = foldRows(emptySession, [...twoTurns, rewound(8, 4), begun(9, 'three'), undone(10, 8)]);
    expect([...later.turns.keys()]).toEqual(['one', 'three']);
    expect(later.rewinds).toMatchObject([{ isOpen: false, aside: null }]);
    const wrong = foldRows(emptySession, [...twoTurns, rewound(8, 4), rewound(9, 1), undone(10, 8)]);
    expect(wrong.items.size).toBe(0);
    const twice = foldRows(emptySession, [...twoTurns, rewound(8, 4), undone(9, 8), undone(10, 8)]);
    expect([...twice.items.keys()]).toEqual(['a', 'b']);
  });

  it('with files says that they are being put back until it is said how that went', () => {
    const files = { kind: 'git', expected: 'e', target: 't' } as const;
    const going = foldRows(emptySession, [...twoTurns, rewound(8, 4, files)]);
    expect(going.restoring).toEqual(files);
    const data = { outcome: 'restored' as const, written: 1, removed: 0, left: [], leftCount: 0 };
    const done = fold(going, row(9, { kind: 'files.restored', data }));
    expect([done.restoring, done.rewinds[0]?.restored]).toEqual([null, data]);
  });

  it('H2: and its undoing make the same state of a log in any pieces', () => {
    const kinds = fc.array(fc.constantFrom('turn', 'item', 'rewind', 'undo'), { maxLength: 25 });
    const log = kinds.map((list) => {
      const rows: Row[] = [];
      const places: number[] = [];
      const rewinds: number[] = [];
      for (const kind of list) {
        const seq = rows.length + 1;
        if (kind === 'turn') {
          places.push(seq);
          rows.push(begun(seq, `t${seq}`));
        } else if (kind === 'item') rows.push(item(seq, `p${seq % 7}`, `t${places.at(-1) ?? 0}`));
        else if (kind === 'rewind') {
          rewinds.push(seq);
          rows.push(rewound(seq, places[seq % (places.length || 1)] ?? 1));
        } else rows.push(undone(seq, rewinds.at(-1) ?? 1));
      }
      return rows;
    });
    fc.assert(
      fc.property(log, fc.nat(25), (rows, cut) => {
        const whole = foldRows(emptySession, rows);
        const before = foldRows(emptySession, rows.slice(0, cut));
        const copy = structuredClone(before);
        expect(foldRows(before, rows.slice(cut))).toEqual(whole);
        expect(before).toEqual(copy);
      }),
      { seed, numRuns: 300 },
    );
  });
});
