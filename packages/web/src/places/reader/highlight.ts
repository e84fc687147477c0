/** Colours for code, found by a worker when the first code comes into sight. They are our tokens', in both themes. */
import { useSyncExternalStore } from 'react';
import type { CodeToken, HighlightAnswer, HighlightOrder } from './highlight-worker.js';
import type { Language } from './languages.js';

/** More than this is shown without colours. */
const codeMax = 30_000;
const cacheMax = 400;

/** What was found by order; `null` where the code stays plain or the answer is awaited. */
const found = new Map<string, CodeToken[][] | null>();
const listeners = new Set<() => void>();
let worker: Worker | null = null;

function order(key: string, code: string, language: Language): void {
  if (found.has(key)) return;
  if (found.size >= cacheMax) found.clear();
  found.set(key, null);
  worker ??= start();
  worker.postMessage({ key, code, language } satisfies HighlightOrder);
}

function start(): Worker {
  const started = new Worker(new URL('./highlight-worker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', (event: MessageEvent<HighlightAnswer>) => {
    found.set(event.data.key, event.data.lines);
    for (const listener of listeners) listener();
  });
  return started;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Code as coloured tokens per line; `null` until they are found, and where there are none to find. */
export function useTokens(code: string, language: Language | null): CodeToken[][] | null {
  const isWanted = language !== null && code !== '' && code.length <= codeMax;
  const key = isWanted ? `${language}\n${code}` : '';
  return useSyncExternalStore(
    (listener) => {
      if (isWanted) order(key, code, language);
      return subscribe(listener);
    },
    () => found.get(key) ?? null,
  );
}
