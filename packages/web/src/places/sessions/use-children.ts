/** The sub-agents of the sessions that are open in the tree. */
import type { SessionSummary } from '@taffrail/wire';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { childrenQuery } from '../../app/queries.js';

const none: string[] = [];

/** Loaded sub-agents by parent; a parent whose answer has not come is absent. */
export function useChildren(open: readonly string[] | undefined): ReadonlyMap<string, readonly SessionSummary[]> {
  const ids = open ?? none;
  const lists = useQueries({
    queries: ids.map(childrenQuery),
    combine: (results) => results.map((result) => result.data?.sessions),
  });
  return useMemo(
    () => new Map(ids.flatMap((id, index) => (lists[index] ? [[id, lists[index]] as const] : []))),
    [ids, lists],
  );
}
