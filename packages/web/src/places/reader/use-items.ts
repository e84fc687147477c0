/** The loaded items of the session being read: opened at a place, grown at both ends, kept up with the log. */
import type { ClientProblem } from '@taffrail/client';
import type { ItemPage } from '@taffrail/wire';
import { type Dispatch, type RefObject, type SetStateAction, useCallback, useEffect, useRef, useState } from 'react';
import { answerOf, problemFrom, rest } from '../../app/api.js';
import { onSessionHints } from '../../app/live.js';
import { covers, emptyWindow, type ItemWindow, windowAround, withAfter, withBefore } from './item-window.js';

/** Small enough that reading, checking and laying out a page fits between two frames of a quick scroll. */
const pageSize = 120;
/** Entries loaded before a place that is jumped to, so that it can be scrolled up from. */
const beforeSize = 60;

export type Items = {
  window: ItemWindow;
  state: 'loading' | 'ready' | { problem: ClientProblem };
  /** Which opening this window belongs to: it changes when the window was replaced, not when it grew. */
  opening: number;
  loadBefore: () => void;
  loadAfter: () => void;
  /** Makes sure that this place is loaded; `null` is the beginning. */
  open: (seq: number | null) => void;
};

/** Loads around `seq`, or from the beginning. */
export function useItems(id: string, seq: number | null): Items {
  const [window, setWindow] = useState<ItemWindow>(emptyWindow);
  const [state, setState] = useState<Items['state']>('loading');
  const [opening, setOpening] = useState(0);
  const latest = useRef(window);
  latest.current = window;
  const busy = useRef<AbortController | null>(null);

  const run = useRun(busy, setState);
  const open = useCallback(
    (place: number | null) => {
      if (covers(latest.current, place ?? 1)) return;
      busy.current?.abort();
      setState('loading');
      run(async (signal) => {
        const loaded = await loadAround(id, place, signal);
        if (signal.aborted) return;
        setWindow(loaded);
        setOpening((count) => count + 1);
      });
    },
    [id, run],
  );

  const first = useRef(seq);
  first.current = seq;
  useEffect(() => {
    setWindow(emptyWindow);
    latest.current = emptyWindow;
    open(first.current);
    return () => busy.current?.abort();
  }, [open]);

  const { loadAfter, loadBefore } = useGrowth({ id, latest, busy, run, setWindow });
  useNewEntries(id, latest, loadAfter);

  return { window, state, opening, loadBefore, loadAfter, open };
}

type Work = (signal: AbortSignal) => Promise<void>;
type Busy = RefObject<AbortController | null>;

/** Does one work at a time: `busy` holds what ends it, `setState` is told how it went. */
function useRun(busy: Busy, setState: (state: Items['state']) => void): (work: Work) => void {
  return useCallback(
    (work: Work) => {
      const control = new AbortController();
      busy.current = control;
      work(control.signal)
        .then(() => setState('ready'))
        .catch((error: unknown) => {
          if (!control.signal.aborted) setState({ problem: problemFrom(error) });
        })
        .finally(() => {
          if (busy.current === control) busy.current = null;
        });
    },
    [busy, setState],
  );
}

type Growth = {
  id: string;
  latest: RefObject<ItemWindow>;
  busy: Busy;
  run: (work: Work) => void;
  setWindow: Dispatch<SetStateAction<ItemWindow>>;
};

/** Loads a page more at either end, unless something is loading. */
function useGrowth({ id, latest, busy, run, setWindow }: Growth): Pick<Items, 'loadAfter' | 'loadBefore'> {
  const loadAfter = useCallback(() => {
    const last = latest.current.items.at(-1);
    if (busy.current || !last) return;
    run(async (signal) => {
      const page = await answerOf(rest.items(id, { after: last.seq, limit: pageSize }, signal));
      if (!signal.aborted) setWindow((now) => withAfter(now, page, pageSize));
    });
  }, [id, latest, busy, run, setWindow]);

  const loadBefore = useCallback(() => {
    const oldest = latest.current.items[0];
    if (busy.current || !oldest) return;
    run(async (signal) => {
      const page = await answerOf(rest.items(id, { before: oldest.seq, limit: pageSize }, signal));
      if (!signal.aborted) setWindow((now) => withBefore(now, page));
    });
  }, [id, latest, busy, run, setWindow]);

  return { loadAfter, loadBefore };
}

/** Keeps up with the log while its end is loaded. */
function useNewEntries(id: string, latest: RefObject<ItemWindow>, loadAfter: () => void): void {
  useEffect(
    () =>
      onSessionHints((hints) => {
        const isMine = hints.some((hint) => hint.sessionId === id);
        // What is not at the end will meet the new entries when it gets there.
        if (isMine && !latest.current.hasAfter) loadAfter();
      }),
    [id, latest, loadAfter],
  );
}

async function loadAround(id: string, seq: number | null, signal: AbortSignal): Promise<ItemWindow> {
  const none: ItemPage = { items: [], total: 0, oldestSeq: null };
  if (seq === null) {
    const page = await answerOf(rest.items(id, { limit: pageSize, after: 0 }, signal));
    return windowAround(none, page, pageSize);
  }
  const [before, after] = await Promise.all([
    answerOf(rest.items(id, { before: seq, limit: beforeSize }, signal)),
    answerOf(rest.items(id, { after: seq - 1, limit: pageSize }, signal)),
  ]);
  return windowAround(before, after, pageSize);
}
