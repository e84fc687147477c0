/** Following a session: what is asked, what is applied, what is held, and what is done about trouble. */
import { emptySession, foldRows } from '@taffrail/session';
import { randomSeed } from '@taffrail/testing';
import type { Row } from '@taffrail/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepFollow } from './follow.js';
import type { FollowInput, FollowState } from './follow-state.js';
import {
  following,
  frame,
  itemRow,
  placed,
  play,
  rowsFrame,
  snapshotFrame,
  subscribed,
  textRow,
  textsOf,
  totals,
  usageRow,
} from './sample-frames.js';
import { viewOf } from './view.js';

const seed = randomSeed();
const anew = { type: 'subscribe', sessionId: 's' };
const connected: FollowInput = { type: 'connected' };
const tick: FollowInput = { type: 'tick' };
const head = (seq: number): FollowInput => ({ type: 'head', head: seq });
const started = following(snapshotFrame(3, { items: [placed(2, 'a')] }));
const two = following(snapshotFrame(3, { items: [placed(2, 'a'), placed(3, 'b')] }));

describe('subscribing', () => {
  it('C3: asks for the session as it stands where nothing is here', () => {
    const { sent, state } = play([[0, connected]]);
    expect(sent).toEqual([anew]);
    expect(viewOf(state).phase).toBe('starting');
  });

  it('C3: says after a lost line what it has, and goes on from there', () => {
    const { sent, state } = play(
      [
        [9, { type: 'lost' }],
        [10, connected],
      ],
      started,
    );
    expect(sent).toEqual([{ ...anew, epoch: 1, after: 3 }]);
    const further = play(
      [
        [11, frame(subscribed(4, { mode: 'replay' }))],
        [12, frame(rowsFrame(3, [itemRow(4, 'b')]))],
      ],
      state,
    );
    expect(textsOf(further.state)).toEqual(['a', 'b']);
    expect(viewOf(further.state)).toMatchObject({ phase: 'live', itemCount: 2 });
  });

  it('B3: shows a running answer so far and writes on in the same item', () => {
    const running = following(snapshotFrame(5, { status: 'running', items: [placed(4, 'a', 'so', true)] }));
    const { state } = play([[1, frame(rowsFrame(5, [textRow(6, 'a', 2, ' far')]))]], running);
    expect(textsOf(state)).toEqual(['so far']);
  });

  it('A6: takes the totals that the rows state, however often it reconnects', () => {
    const spent = following(snapshotFrame(3, { totals: totals(10) }));
    const { state } = play(
      [
        [1, frame(rowsFrame(3, [usageRow(4, 'x', 15)]))],
        [2, { type: 'lost' }],
        [3, connected],
        [4, frame(subscribed(4))],
        [5, frame(rowsFrame(3, [usageRow(4, 'x', 15)]))],
      ],
      spent,
    );
    expect(state.log?.session.totals?.inputTokens).toBe(15);
  });

  it.each([
    ['older than what is here, is not applied', snapshotFrame(2, { items: [] }), ['a']],
    ['of an older log, is not applied', snapshotFrame(9, { epoch: 0 }), ['a']],
    ['as new as what is here, is applied', snapshotFrame(3, { items: [placed(2, 'a', 'again')] }), ['again']],
    ['of a newer log, is applied', snapshotFrame(1, { epoch: 2, items: [placed(1, 'z')] }), ['z']],
  ])('B6: a snapshot %s', (_, snapshot, texts) => {
    expect(textsOf(play([[1, frame(snapshot)]], started).state)).toEqual(texts);
  });

  it('C3: takes an older snapshot that the server has announced: its log was set back', () => {
    const { state } = play(
      [
        [1, { type: 'lost' }],
        [2, connected],
        [3, frame(subscribed(1, { mode: 'snapshot' }))],
        [4, frame(snapshotFrame(1, { items: [placed(1, 'old')] }))],
      ],
      started,
    );
    expect(textsOf(state)).toEqual(['old']);
    expect(viewOf(state).phase).toBe('live');
  });

  it('B7: repairs itself where the server says at the same row that the session stands otherwise', () => {
    const { sent } = play(
      [
        [1, { type: 'lost' }],
        [2, connected],
        [3, frame(subscribed(3, { status: 'running' }))],
      ],
      started,
    );
    expect(sent).toEqual([anew]);
  });
});

describe('rows', () => {
  it('C2: that come early are held until what they follow on came; that is asked for once', () => {
    const early = play([[1, frame(rowsFrame(5, [itemRow(6, 'd')]))]], started);
    expect(early.sent).toEqual([{ type: 'pull', sessionId: 's', after: 3 }]);
    expect(viewOf(early.state).phase).toBe('catching_up');
    const second = play([[2, frame(rowsFrame(4, [itemRow(5, 'c')]))]], early.state);
    expect(second.sent).toEqual([]);
    const { state } = play([[3, frame(rowsFrame(3, [itemRow(4, 'b')]))]], second.state);
    expect(textsOf(state)).toEqual(['a', 'b', 'c', 'd']);
    expect(viewOf(state).phase).toBe('live');
    expect(state.held).toEqual([]);
  });

  it('C2: that are known are dropped, also where a frame brings new ones with them', () => {
    const again = rowsFrame(2, [itemRow(3, 'x'), itemRow(4, 'b')]);
    const { state } = play(
      [
        [1, frame(rowsFrame(1, [itemRow(2, 'y')]))],
        [2, frame(again)],
        [3, frame(again)],
      ],
      started,
    );
    expect(textsOf(state)).toEqual(['a', 'b']);
  });

  it('C2: may leave seqs without rows: a frame counts as far as it says it reaches', () => {
    const { state, sent } = play(
      [
        [1, frame(rowsFrame(3, [], { to: 7 }))],
        [2, frame(rowsFrame(7, [itemRow(8, 'b')]))],
      ],
      started,
    );
    expect(textsOf(state)).toEqual(['a', 'b']);
    expect(sent).toEqual([]);
  });

  it.each([
    ['256 frames', 257, 'b'],
    ['1 MB', 2, 'b'.repeat(600_000)],
  ])('C-beyond: beyond %s that are held, the session is asked for as it stands', (_, count, text) => {
    const frames = Array.from({ length: count }, (__, index) =>
      frame(rowsFrame(10 + index, [itemRow(11 + index, `b${index}`, { text })])),
    );
    const { state, effects } = play(
      frames.map((one) => [1, one] as const),
      started,
    );
    expect(effects).toMatchObject([
      { type: 'send', frame: anew },
      { type: 'report', report: { kind: 'overflow' } },
    ]);
    expect(state.held).toEqual([]);
  });

  it('C-beyond: whose text has a hole before it show that something is wrong: the session comes anew, nothing is kept', () => {
    const diverged = play([[1, frame(rowsFrame(3, [textRow(4, 'a', 5, 'far')]))]], two);
    expect(diverged.effects).toMatchObject([
      { type: 'send', frame: anew },
      { type: 'report', report: { kind: 'diverged' } },
    ]);
    expect(textsOf(diverged.state)).toEqual(['a', 'b']);
    const mended = snapshotFrame(4, { items: [placed(3, 'b'), placed(4, 'c')], itemCount: 3 });
    expect(textsOf(play([[2, frame(mended)]], diverged.state).state)).toEqual(['b', 'c']);
  });

  it('C-beyond: of another log than the one that is here make it subscribe again, once', () => {
    const other = frame(rowsFrame(0, [itemRow(1, 'z')], { epoch: 2 }));
    const first = play([[1, other]], started);
    expect(first.sent).toEqual([{ ...anew, epoch: 1, after: 3 }]);
    expect(play([[2, other]], first.state).sent).toEqual([]);
  });

  it('B6: that overtake the snapshot wait for it', () => {
    const { state } = play([
      [0, connected],
      [1, frame(rowsFrame(3, [itemRow(4, 'b')]))],
      [2, frame(snapshotFrame(3, { items: [placed(2, 'a')] }))],
    ]);
    expect(textsOf(state)).toEqual(['a', 'b']);
  });

  it('B6: that overtake a snapshot which mends what is here wait for it too', () => {
    const { state } = play(
      [
        [1, { type: 'lost' }],
        [2, connected],
        [3, frame(subscribed(3, { status: 'running' }))],
        [4, frame(rowsFrame(3, [itemRow(4, 'b')]))],
        [5, frame(snapshotFrame(3, { status: 'running', items: [placed(2, 'A')] }))],
      ],
      started,
    );
    expect(textsOf(state)).toEqual(['A', 'b']);
    expect(viewOf(state)).toMatchObject({ phase: 'live', session: { status: 'running' } });
  });

  it('D5: that go back to before what is here make it ask what stands there', () => {
    const long = following(snapshotFrame(9, { items: [placed(8, 'h')], itemCount: 5 }));
    const rewound: Row = { ...itemRow(10, 'x'), kind: 'session.rewound', channel: 'status', data: { toSeq: 4 } };
    expect(play([[1, frame(rowsFrame(9, [rewound]))]], long).sent).toEqual([anew]);
  });

  it('D5: that undo a rewind bring back what this reader saw go, and else make it ask', () => {
    const status = { channel: 'status' } as const;
    const rewound: Row = { ...itemRow(4, 'x'), ...status, kind: 'session.rewound', data: { toSeq: 3 } };
    const undone: Row = {
      ...itemRow(5, 'x'),
      ...status,
      kind: 'rewind.undone',
      data: { rewoundSeq: 4, status: 'idle' },
    };
    const seen = play(
      [
        [1, frame(rowsFrame(3, [rewound]))],
        [2, frame(rowsFrame(4, [undone]))],
      ],
      following(snapshotFrame(3, { items: [placed(2, 'a'), placed(3, 'b')] })),
    );
    expect([textsOf(seen.state), seen.sent]).toEqual([['a', 'b'], []]);
    const mark = { seq: 4, toSeq: 3, at: undone.at, turnsLeft: 0, turnsAside: 1, isOpen: true } as const;
    const came = following(
      snapshotFrame(4, {
        items: [placed(2, 'a')],
        rewinds: [{ ...mark, status: 'idle', files: null, restored: null }],
      }),
    );
    expect(play([[1, frame(rowsFrame(4, [undone]))]], came).sent).toEqual([anew]);
  });

  it(`C2: in any order, any number of times, make the same state as the log (seed ${seed})`, () => {
    const order = fc.array(fc.nat(5), { maxLength: 30 });
    const log = [
      itemRow(4, 'b', { text: '', isStreaming: true }),
      textRow(5, 'b', 0, 'on'),
      itemRow(6, 'c'),
      textRow(7, 'b', 2, 'e'),
      usageRow(8, 'x', 5),
      itemRow(9, 'd'),
    ];
    const single = log.map((row) => rowsFrame(row.seq - 1, [row]));
    fc.assert(
      fc.property(order, (places) => {
        const frames = [...places.flatMap((place) => single[place] ?? []), ...single];
        const { state } = play(
          frames.map((one) => [1, frame(one)] as const),
          started,
        );
        const whole = foldRows({ ...(started.log?.session ?? emptySession) }, log);
        expect(state.log?.session).toEqual(whole);
      }),
      { seed },
    );
  });
});

describe('what goes missing', () => {
  it('C4: is pulled when the server is ahead and nothing has come for 5 s', () => {
    const behind = play([[1_000, head(4)]], started);
    expect(behind.sent).toEqual([]);
    expect(play([[4_999, tick]], behind.state).sent).toEqual([]);
    expect(play([[5_000, tick]], behind.state).sent).toEqual([{ type: 'pull', sessionId: 's', after: 3 }]);
    expect(play([[6_000, head(4)]], started).sent).toEqual([{ type: 'pull', sessionId: 's', after: 3 }]);
  });

  it('C4: silence alone is no stall', () => {
    expect(
      play(
        [
          [600_000, head(3)],
          [900_000, tick],
        ],
        started,
      ).sent,
    ).toEqual([]);
  });

  it('C4: is asked for by subscribing again when a pull brings nothing', () => {
    const { sent } = play(
      [
        [5_000, head(4)],
        [10_000, tick],
      ],
      started,
    );
    expect(sent).toEqual([{ ...anew, epoch: 1, after: 3 }]);
  });

  it('B7: a server that is behind what is here has another log', () => {
    expect(play([[5_000, head(2)]], started).sent).toEqual([{ ...anew, epoch: 1, after: 3 }]);
  });

  it('C4: a lost end is seen by what the server says it has sent', () => {
    const { state } = play([[1, frame({ type: 'synced', sessionId: 's', seq: 6 })]], started);
    expect(viewOf(state).phase).toBe('catching_up');
    expect(play([[5_000, tick]], state).sent).toEqual([{ type: 'pull', sessionId: 's', after: 3 }]);
  });

  it('C4: that turns out to be nothing is no longer waited for', () => {
    const { state } = play(
      [
        [5_000, head(4)],
        [5_001, frame({ type: 'synced', sessionId: 's', seq: 3 })],
        [5_002, head(3)],
      ],
      started,
    );
    expect(viewOf(state).phase).toBe('live');
  });
});

describe('a session that cannot be shown', () => {
  it('B6: is gone where the server knows none, and comes back once it is told of', () => {
    const gone = play(
      [[1, frame({ type: 'reset', sessionId: 's', reason: 'unknown_session', detail: 'none' })]],
      started,
    );
    expect(viewOf(gone.state).phase).toBe('gone');
    expect(play([[99_000, tick]], gone.state).sent).toEqual([]);
    expect(play([[99_000, head(1)]], gone.state).sent).toEqual([{ ...anew, epoch: 1, after: 3 }]);
  });

  it('B6: says what the server says, asks no more by itself, and may be asked for again', () => {
    const failed = play([
      [0, connected],
      [1, frame({ type: 'reset', sessionId: 's', reason: 'failed', detail: 'too many' })],
    ]);
    expect(viewOf(failed.state)).toMatchObject({ phase: 'starting', problem: 'too many' });
    expect(play([[99_000, tick]], failed.state).sent).toEqual([]);
    const again = play([[99_001, { type: 'retry' }]], failed.state);
    expect(again.sent).toEqual([anew]);
    expect(viewOf(again.state).problem).toBeNull();
  });

  it('B6: is asked for again when no answer comes, less and less often, and says so', () => {
    let state: FollowState = play([[0, connected]]).state;
    const askedAt: number[] = [];
    for (let now = 1_000; now <= 120_000; now += 1_000) {
      const step = stepFollow(state, tick, now);
      state = step.state;
      askedAt.push(...step.effects.map(() => now));
    }
    expect(askedAt).toEqual([5_000, 15_000, 35_000, 65_000, 95_000]);
    expect(viewOf(state).problem).toContain('not answered');
    expect(viewOf(play([[120_001, frame(snapshotFrame(1))]], state).state)).toMatchObject({
      problem: null,
      phase: 'live',
    });
  });

  it('C3: a log that was begun anew is subscribed to with what is here, so that the server decides', () => {
    const { sent } = play([[1, frame({ type: 'reset', sessionId: 's', reason: 'epoch', detail: '' })]], started);
    expect(sent).toEqual([{ ...anew, epoch: 1, after: 3 }]);
  });

  it('asks nothing while the line is lost', () => {
    const { state, sent } = play(
      [
        [1, { type: 'lost' }],
        [9_000, head(7)],
        [99_000, tick],
      ],
      started,
    );
    expect(sent).toEqual([]);
    expect(viewOf(state).phase).toBe('catching_up');
  });
});
