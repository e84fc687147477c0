/** The socket machine: what it does about silence, loss, noise and waking up. */
import { describe, expect, it } from 'vitest';
import {
  connectDeadlineMs,
  initialSocketState,
  probeDeadlineMs,
  type SocketInput,
  type SocketState,
  stepSocket,
} from './state.js';

const hello = JSON.stringify({ type: 'hello', protocol: 1, heartbeatMs: 15_000, capabilities: [], statuses: {} });
const heartbeat = JSON.stringify({ type: 'heartbeat', heads: {} });

/** Plays inputs at given times and returns the last state and every effect, named. */
function play(steps: [number, SocketInput][], from: SocketState = initialSocketState) {
  let state = from;
  const effects: string[] = [];
  for (const [now, input] of steps) {
    const step = stepSocket(state, input, { now, random: 0.5 });
    state = step.state;
    effects.push(...step.effects.map((effect) => effect.type));
  }
  return { state, effects };
}

const opened: [number, SocketInput][] = [
  [0, { type: 'start' }],
  [10, { type: 'message', text: hello }],
];

describe('the socket machine', () => {
  it('connects on start and is open when hello came, not before', () => {
    expect(play(opened.slice(0, 1)).state.name).toBe('connecting');
    expect(play(opened)).toMatchObject({ state: { name: 'open', seenAt: 10 }, effects: ['connect', 'deliver'] });
  });

  it('C5: waits longer after every failed try, at most 30 s, and forgets the tries when hello came', () => {
    const lost: SocketInput = { type: 'lost' };
    const waits: number[] = [];
    let state: SocketState = play([[0, { type: 'start' }]]).state;
    for (let now = 0, tries = 0; tries < 7; tries += 1) {
      state = stepSocket(state, lost, { now, random: 0.999 }).state;
      const retryAt = (state as SocketState & { name: 'waiting' }).retryAt;
      waits.push(retryAt - now);
      now = retryAt;
      state = stepSocket(state, { type: 'tick' }, { now, random: 0 }).state;
    }
    expect(waits).toEqual([1000, 1999, 3998, 7996, 15992, 29985, 29985]);
    expect(play([[99_000, { type: 'message', text: hello }]], state).state).toMatchObject({ name: 'open', tries: 0 });
  });

  it.each<SocketInput['type']>(['online', 'visible'])('C5: on %s it does not wait for the backoff', (type) => {
    const result = play([...opened, [20, { type: 'lost' }], [21, { type } as SocketInput]]);
    expect(result).toMatchObject({
      state: { name: 'connecting' },
      effects: ['connect', 'deliver', 'disconnect', 'connect'],
    });
  });

  it('takes silence of three heartbeats for a dead line and replaces the socket at once', () => {
    const before = play([...opened, [45_009, { type: 'tick' }]]);
    expect(before).toMatchObject({ state: { name: 'open' }, effects: ['connect', 'deliver'] });
    const after = play([...opened, [45_010, { type: 'tick' }]]);
    expect(after).toMatchObject({
      state: { name: 'connecting' },
      effects: ['connect', 'deliver', 'disconnect', 'connect'],
    });
  });

  it('keeps a line that only sends heartbeats', () => {
    const beats = [15_000, 30_000, 45_000, 60_000].map((now): [number, SocketInput] => [
      now,
      { type: 'message', text: heartbeat },
    ]);
    expect(play([...opened, ...beats, [74_000, { type: 'tick' }]]).state.name).toBe('open');
  });

  it('probes an old line when the page becomes visible, and replaces it when nothing answers', () => {
    const woken: [number, SocketInput][] = [...opened, [20_000, { type: 'visible' }]];
    expect(play(woken).effects).toEqual(['connect', 'deliver', 'ping']);
    expect(play([...woken, [20_000 + probeDeadlineMs, { type: 'tick' }]]).state.name).toBe('connecting');
    const answered = play([
      ...woken,
      [20_100, { type: 'message', text: heartbeat }],
      [20_000 + probeDeadlineMs, { type: 'tick' }],
    ]);
    expect(answered.state.name).toBe('open');
  });

  it('leaves a line alone that spoke within the last heartbeat', () => {
    expect(play([...opened, [5000, { type: 'visible' }]]).effects).toEqual(['connect', 'deliver']);
  });

  it('gives a try up that gets no hello', () => {
    expect(
      play([
        [0, { type: 'start' }],
        [connectDeadlineMs, { type: 'tick' }],
      ]),
    ).toMatchObject({
      state: { name: 'waiting', tries: 1 },
      effects: ['connect', 'disconnect'],
    });
  });

  it('asks for a resync on every hello but the first', () => {
    const again = play([
      ...opened,
      [20, { type: 'lost' }],
      [5000, { type: 'tick' }],
      [5010, { type: 'message', text: hello }],
    ]);
    expect(again.effects.filter((effect) => effect === 'resync')).toHaveLength(1);
    expect(play(opened).effects).not.toContain('resync');
  });

  it.each([
    ['not_json', 'hello?'],
    ['unknown', '{"type":"weather","sun":true}'],
    ['malformed', '{"type":"sessions","changed":[{"sessionId":7}]}'],
  ])('C1: a frame that is %s is reported and skipped, and the line lives on', (kind, text) => {
    const { state } = play(opened);
    const step = stepSocket(state, { type: 'message', text }, { now: 50, random: 0 });
    expect(step.effects).toMatchObject([{ type: 'report', report: { kind } }]);
    expect(step.state).toMatchObject({ name: 'open', seenAt: 50 });
  });

  it('ignores what an abandoned connection still says', () => {
    const waiting = play([...opened, [20, { type: 'lost' }]]).state;
    expect(stepSocket(waiting, { type: 'message', text: heartbeat }, { now: 30, random: 0 })).toEqual({
      state: waiting,
      effects: [],
    });
  });

  it('C5: says what it is given while it is open, and drops it else: nothing is kept for a later line', () => {
    const say: SocketInput = { type: 'say', frame: { type: 'unsubscribe', sessionId: 's' } };
    expect(
      play([
        [0, { type: 'start' }],
        [1, say],
      ]).effects,
    ).toEqual(['connect']);
    expect(play([...opened, [20, say]]).effects).toEqual(['connect', 'deliver', 'say']);
    expect(play([...opened, [20, { type: 'lost' }], [21, say], [5000, { type: 'tick' }]]).effects).not.toContain('say');
  });

  it('stops from every state and stays stopped', () => {
    const stopped = play([...opened, [20, { type: 'stop' }], [99_999, { type: 'tick' }], [99_999, { type: 'online' }]]);
    expect(stopped).toMatchObject({ state: { name: 'stopped' }, effects: ['connect', 'deliver', 'disconnect'] });
  });
});
