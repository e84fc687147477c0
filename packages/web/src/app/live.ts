/** The live line: one socket for the page. Its hints say which cached answers to ask for again. */
import { createSocketShell, type SocketLike, type SocketState } from '@taffrail/client';
import type { DownFrame, ImportStatus, SessionHint } from '@taffrail/wire';
import { useSyncExternalStore } from 'react';
import { queryClient } from './api.js';

/** Lists and sums are asked for at most this often while logs keep growing. */
const refreshMs = 4000;

const stateListeners = new Set<() => void>();
const hintListeners = new Set<(hints: SessionHint[]) => void>();

const shell = createSocketShell({
  open: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/stream`) as unknown as SocketLike,
  onFrame: receive,
  onState: () => {
    for (const listener of stateListeners) listener();
  },
  onResync: () => {
    void queryClient.invalidateQueries();
  },
  onReport: (report) => {
    reports.push({ ...report, at: Date.now() });
    reports.splice(0, reports.length - reportsMax);
  },
  now: Date.now,
  random: Math.random,
});

const reportsMax = 50;
/** The last frames that could not be read; shown in Settings. */
export const reports: { kind: string; detail: string; at: number }[] = [];

/** Connects, and comes back when the network or the page does. Called once, when the app starts. */
export function startLive(): void {
  shell.send({ type: 'start' });
  addEventListener('online', () => shell.send({ type: 'online' }));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') shell.send({ type: 'visible' });
  });
}

/** Gives the line up: the server does not know this browser, and asking on would only be refused. */
export function stopLive(): void {
  shell.send({ type: 'stop' });
}

/** Tries again now: what the banner's button does. */
export function reconnectNow(): void {
  shell.send({ type: 'online' });
}

export function useSocketState(): SocketState {
  return useSyncExternalStore((listener) => {
    stateListeners.add(listener);
    return () => stateListeners.delete(listener);
  }, shell.state);
}

/** Calls back with the hints of sessions that changed; returns how to stop. */
export function onSessionHints(listener: (hints: SessionHint[]) => void): () => void {
  hintListeners.add(listener);
  return () => hintListeners.delete(listener);
}

function receive(frame: DownFrame): void {
  if (frame.type === 'sessions') receiveSessions(frame.changed);
  if (frame.type === 'import') receiveImport(frame.status);
}

function receiveSessions(changed: SessionHint[]): void {
  for (const { sessionId } of changed) {
    for (const key of ['session', 'usage', 'timeline', 'children']) {
      void queryClient.invalidateQueries({ queryKey: [key, sessionId] });
    }
  }
  for (const listener of hintListeners) listener(changed);
  refreshSoon();
}

function receiveImport(status: Omit<ImportStatus, 'roots' | 'problems'>): void {
  const before = queryClient.getQueryData<ImportStatus>(['import']);
  queryClient.setQueryData<ImportStatus>(['import'], (old) => (old ? { ...old, ...status } : old));
  if (status.state === 'idle' && before?.state !== 'idle') {
    void queryClient.invalidateQueries({ queryKey: ['import'] });
  }
  refreshSoon();
}

let refreshIsDue = false;

/** Lists and sums follow in one go, a little later: a growing log sends many hints. */
function refreshSoon(): void {
  if (refreshIsDue) return;
  refreshIsDue = true;
  setTimeout(() => {
    refreshIsDue = false;
    for (const key of ['sessions', 'facets', 'analytics', 'import']) {
      void queryClient.invalidateQueries({ queryKey: [key] });
    }
  }, refreshMs);
}
