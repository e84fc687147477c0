/** The thin shell round the socket machine: a WebSocket, a timer, two browser events. No decisions here. */
import type { DownFrame } from '@taffrail/wire';
import {
  type FrameReport,
  initialSocketState,
  type SocketEffect,
  type SocketInput,
  type SocketState,
  stepSocket,
} from './state.js';

const tickMs = 1000;

/** The little of a WebSocket that is used, so that tests and other runtimes can bring their own. */
export type SocketLike = {
  send: (text: string) => void;
  close: () => void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
};

export type SocketShellOptions = {
  open: () => SocketLike;
  onFrame: (frame: DownFrame) => void;
  onState: (state: SocketState) => void;
  /** Something may have been missed: fetch again what is shown. */
  onResync: () => void;
  onReport: (report: FrameReport) => void;
  now: () => number;
  random: () => number;
};

export type SocketShell = { send: (input: SocketInput) => void; state: () => SocketState };

/** Runs the machine. `send` gives it an input; `start` and `stop` are inputs too. */
export function createSocketShell(options: SocketShellOptions): SocketShell {
  let state = initialSocketState;
  let socket: SocketLike | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;

  const drop = () => {
    if (!socket) return;
    // Silence it first: a late close of the old socket must not be taken for the new one's.
    socket.onmessage = null;
    socket.onclose = null;
    socket.onerror = null;
    socket.close();
    socket = null;
  };
  const connect = () => {
    drop();
    try {
      socket = options.open();
    } catch {
      // A refused address fails like a lost line: the machine waits and tries again.
      queueMicrotask(() => send({ type: 'lost' }));
      return;
    }
    socket.onmessage = (event) => send({ type: 'message', text: String(event.data) });
    socket.onclose = () => send({ type: 'lost' });
    socket.onerror = () => send({ type: 'lost' });
  };
  const run: { [K in SocketEffect['type']]: (effect: Extract<SocketEffect, { type: K }>) => void } = {
    connect,
    disconnect: drop,
    ping: () => socket?.send(JSON.stringify({ type: 'ping' })),
    say: (effect) => socket?.send(JSON.stringify(effect.frame)),
    deliver: (effect) => options.onFrame(effect.frame),
    resync: () => options.onResync(),
    report: (effect) => options.onReport(effect.report),
  };
  const send = (input: SocketInput) => {
    const before = state;
    const step = stepSocket(state, input, { now: options.now(), random: options.random() });
    state = step.state;
    for (const effect of step.effects) (run[effect.type] as (effect: SocketEffect) => void)(effect);
    if (state !== before) options.onState(state);
    if (state.name === 'stopped' && timer !== null) {
      clearInterval(timer);
      timer = null;
    } else if (state.name !== 'stopped' && timer === null) {
      timer = setInterval(() => send({ type: 'tick' }), tickMs);
    }
  };
  return { send, state: () => state };
}
