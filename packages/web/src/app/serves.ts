/** F7: what the server says it can do, for whoever shows a control. Until it has said so, it can do nothing. */
import type { Capability } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { metaQuery } from './queries.js';
import { latestServed, onServed, type Serves } from './served.js';

export function useServes(name: Capability): boolean {
  return useServed()(name);
}

/** For those who ask about several things: a new function whenever the server says something else. */
export function useServed(): Serves {
  // Asked for beside the socket's own word: that may be kept from this page.
  useQuery(metaQuery);
  return useSyncExternalStore(onServed, latestServed);
}
