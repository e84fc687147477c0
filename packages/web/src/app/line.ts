/** The socket of this page's live line: the first one was opened by the page's own script, while this code was loading. */
import type { SocketLike } from '@taffrail/client';
import { streamPath } from './stream-path.js';

declare global {
  interface Window {
    /** What `build/ahead.ts` opened, and what it was told since. */
    lineAhead?: { socket: WebSocket; told: MessageEvent[] };
  }
}

/** Opens a line, or takes over the one that was opened ahead: what that one was told is told to whoever listens next. */
export function openLine(): SocketLike {
  const ahead = window.lineAhead;
  delete window.lineAhead;
  if (!ahead || ahead.socket.readyState > WebSocket.OPEN) {
    return new WebSocket(`${location.origin.replace(/^http/, 'ws')}${streamPath}`) as unknown as SocketLike;
  }
  const { socket, told } = ahead;
  // Whoever opens a line sets its listeners in the same breath; no event comes in between.
  queueMicrotask(() => {
    for (const event of told) socket.onmessage?.(event);
  });
  return socket as unknown as SocketLike;
}
