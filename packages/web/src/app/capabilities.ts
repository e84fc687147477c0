/** What an agent's log can tell at all, so that "never recorded" is told from "not recorded this time". */
import type { ImporterCapabilities } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { importQuery } from './queries.js';

export function useCapabilities(agent: string): ImporterCapabilities | undefined {
  return useQuery({
    ...importQuery,
    select: (status) => status.roots.find((root) => root.agent === agent)?.capabilities,
  }).data;
}
