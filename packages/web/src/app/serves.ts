/** F7: what the server says it can do. Until it has answered, it can do nothing. */
import type { capabilities } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { metaQuery } from './queries.js';

export function useServes(name: (typeof capabilities)[number]): boolean {
  return useQuery(metaQuery).data?.capabilities.includes(name) ?? false;
}
