/**
 * The socket as a pure machine: (state, input, now) → {state, effects}. It connects, notices a dead line, comes back,
 * and hands on frames. It holds no data: after a gap it says `resync`, and whoever shows something fetches it again.
 */
import { type DownFrame, downFrameSchema, type UpFrame, unreachable } from '@taffrail/wire';
import { backoffMs } from './backoff.js';

/** No `hello` for this long after a try began: the try has failed. */
export const connectDeadlineMs = 10_000;
/** No frame for this long after a probe: the line is dead. */
export const probeDeadlineMs = 5_000;
/** A line is given up after this many heartbeats without a frame. */
export const silentHeartbeatsMax = 3;

/** `seenAt`: when the last frame came, over all connections; `tries`: failed ones since then. */
type Shared = { seenAt: number | null; tries: number };
export type SocketState =
  | (Shared & { name: 'stopped' })
  | (Shared & { name: 'connecting'; since: number })
  | (Shared & { name: 'open'; heartbeatMs: number; probedAt: number | null })
  | (Shared & { name: 'waiting'; retryAt: number });

export type SocketInput =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'message'; text: string }
  | { type: 'lost' }
  | { type: 'tick' }
  /** Sent while the line is open, else dropped: whoever is told of the next connection says it then. */
  | { type: 'say'; frame: UpFrame }
  /** The network came back, or the page became visible: reasons not to wait. */
  | { type: 'online' }
  | { type: 'visible' };

export type FrameReport = { kind: 'not_json' | 'unknown' | 'malformed'; detail: string };
export type SocketEffect =
  | { type: 'connect' }
  | { type: 'disconnect' }
  | { type: 'ping' }
  | { type: 'say'; frame: UpFrame }
  | { type: 'deliver'; frame: DownFrame }
  /** Frames may have been missed since the last connection. */
  | { type: 'resync' }
  | { type: 'report'; report: FrameReport };

export type SocketStep = { state: SocketState; effects: SocketEffect[] };
/** What the machine may not know by itself: the time, and a number in [0, 1) for the jitter. */
export type SocketMoment = { now: number; random: number };

export const initialSocketState: SocketState = { name: 'stopped', seenAt: null, tries: 0 };

/** One step of the machine. */
export function stepSocket(state: SocketState, input: SocketInput, moment: SocketMoment): SocketStep {
  switch (input.type) {
    case 'start':
      return state.name === 'stopped' ? connect(state, moment.now) : stay(state);
    case 'stop':
      return { state: { ...shared(state), name: 'stopped' }, effects: [{ type: 'disconnect' }] };
    case 'message':
      return receive(state, input.text, moment.now);
    case 'lost':
      return state.name === 'connecting' || state.name === 'open' ? wait(state, moment) : stay(state);
    case 'tick':
      return tick(state, moment);
    case 'say':
      return { state, effects: state.name === 'open' ? [input] : [] };
    case 'online':
    case 'visible':
      return wake(state, moment.now);
    default:
      return unreachable(input);
  }
}

function stay(state: SocketState): SocketStep {
  return { state, effects: [] };
}

function shared(state: SocketState): Shared {
  return { seenAt: state.seenAt, tries: state.tries };
}

function connect(state: SocketState, now: number): SocketStep {
  return { state: { ...shared(state), name: 'connecting', since: now }, effects: [{ type: 'connect' }] };
}

function wait(state: SocketState, moment: SocketMoment): SocketStep {
  const tries = state.tries + 1;
  const retryAt = moment.now + backoffMs(tries, moment.random);
  return { state: { seenAt: state.seenAt, name: 'waiting', tries, retryAt }, effects: [{ type: 'disconnect' }] };
}

function receive(state: SocketState, text: string, now: number): SocketStep {
  // A frame of a connection that was given up meanwhile: whoever replaced it fetches what it said.
  if (state.name === 'stopped' || state.name === 'waiting') return stay(state);
  const read = readFrame(text);
  const seen = { ...state, seenAt: now };
  if ('report' in read) return { state: calm(seen), effects: [{ type: 'report', report: read.report }] };
  const effects: SocketEffect[] = [{ type: 'deliver', frame: read.frame }];
  if (read.frame.type !== 'hello') return { state: calm(seen), effects };
  const open: SocketState = {
    name: 'open',
    seenAt: now,
    tries: 0,
    heartbeatMs: read.frame.heartbeatMs,
    probedAt: null,
  };
  if (state.seenAt !== null) effects.push({ type: 'resync' });
  return { state: open, effects };
}

/** Any frame at all answers a probe. */
function calm(state: SocketState): SocketState {
  return state.name === 'open' ? { ...state, probedAt: null } : state;
}

function tick(state: SocketState, moment: SocketMoment): SocketStep {
  switch (state.name) {
    case 'stopped':
      return stay(state);
    case 'connecting':
      return moment.now - state.since >= connectDeadlineMs ? wait(state, moment) : stay(state);
    case 'waiting':
      return moment.now >= state.retryAt ? connect(state, moment.now) : stay(state);
    case 'open':
      return isDead(state, moment.now) ? replace(state, moment.now) : stay(state);
    default:
      return unreachable(state);
  }
}

function isDead(state: SocketState & { name: 'open' }, now: number): boolean {
  if (state.probedAt !== null && now - state.probedAt >= probeDeadlineMs) return true;
  return now - (state.seenAt ?? now) >= silentHeartbeatsMax * state.heartbeatMs;
}

/** A dead line is replaced at once; only a failed try waits. */
function replace(state: SocketState, now: number): SocketStep {
  const next = connect(state, now);
  return { state: next.state, effects: [{ type: 'disconnect' }, ...next.effects] };
}

function wake(state: SocketState, now: number): SocketStep {
  if (state.name === 'waiting') return connect(state, now);
  if (state.name !== 'open' || state.probedAt !== null) return stay(state);
  // A frame within the last heartbeat proves the line; anything older may be from before the machine slept.
  if (now - (state.seenAt ?? 0) <= state.heartbeatMs) return stay(state);
  return { state: { ...state, probedAt: now }, effects: [{ type: 'ping' }] };
}

function readFrame(text: string): { frame: DownFrame } | { report: FrameReport } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { report: { kind: 'not_json', detail: text.slice(0, 120) } };
  }
  const parsed = downFrameSchema.safeParse(value);
  if (parsed.success) return { frame: parsed.data };
  const type = typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : '?';
  const known = downFrameSchema.options.some((option) => option.shape.type.value === type);
  const issue = parsed.error.issues[0];
  if (!known) return { report: { kind: 'unknown', detail: type } };
  return { report: { kind: 'malformed', detail: `${type}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}` } };
}
