/** The live line: one socket for the page. Its hints say which cached answers to ask for again. */
import { createLiveClient, type SocketState } from '@taffrail/client';
import type { ImportStatus, SessionHint } from '@taffrail/wire';
import { useSyncExternalStore } from 'react';
import { queryClient, rest } from './api.js';
import { openLine } from './line.js';
import { forgetDue, refreshSessions, refreshSums } from './refresh.js';
import { noteServed } from './served.js';

const stateListeners = new Set<() => void>();
const hintListeners = new Set<(hints: SessionHint[]) => void>();

/** The client of this page: who shows a session follows it here. */
export const liveClient = createLiveClient({
  open: openLine,
  page: (sessionId, query) => rest.items(sessionId, query),
  schedule: soon,
  onFrame: (frame) => {
    // Before anything is asked again: it may be another server than before.
    if (frame.type === 'hello') noteServed(frame.capabilities);
    if (frame.type === 'sessions') receiveSessions(frame.changed);
    if (frame.type === 'import') receiveImport(frame.status);
  },
  onState: (state) => {
    if (state.name !== 'open') forgetDue();
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

const hiddenMs = 250;
const frameMs = 16;
let lastSoonAt = 0;

/**
 * Once per frame is all that can be seen, and what comes after a pause need not wait for the next one. A hidden page draws
 * no frames, and still wants to know.
 */
function soon(work: () => void): void {
  const isFirst = performance.now() - lastSoonAt > frameMs;
  lastSoonAt = performance.now();
  if (document.visibilityState !== 'visible') setTimeout(work, hiddenMs);
  else if (isFirst) queueMicrotask(work);
  else requestAnimationFrame(work);
}

/** Connects, and comes back when the network or the page does. Called once, when the app starts. */
export function startLive(): void {
  liveClient.start();
  addEventListener('online', () => liveClient.wake('online'));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') liveClient.wake('visible');
  });
}

/** Gives the line up: the server does not know this browser, and asking on would only be refused. */
export function stopLive(): void {
  liveClient.stop();
}

/** Tries again now: what the banner's button does. */
export function reconnectNow(): void {
  liveClient.wake('online');
}

export function useSocketState(): SocketState {
  return useSyncExternalStore((listener) => {
    stateListeners.add(listener);
    return () => stateListeners.delete(listener);
  }, liveClient.socket);
}

/** Calls back with the hints of sessions that changed; returns how to stop. */
export function onSessionHints(listener: (hints: SessionHint[]) => void): () => void {
  hintListeners.add(listener);
  return () => hintListeners.delete(listener);
}

function receiveSessions(changed: SessionHint[]): void {
  for (const listener of hintListeners) listener(changed);
  refreshSessions(changed);
}

function receiveImport(status: Omit<ImportStatus, 'roots' | 'problems'>): void {
  const before = queryClient.getQueryData<ImportStatus>(['import']);
  queryClient.setQueryData<ImportStatus>(['import'], (old) => (old ? { ...old, ...status } : old));
  if (status.state === 'idle' && before?.state !== 'idle') {
    void queryClient.invalidateQueries({ queryKey: ['import'] });
  }
  refreshSums();
}
