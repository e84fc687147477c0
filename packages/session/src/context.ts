/** What the model's window holds: known from the last request that finished, until the context is made smaller. */
import type { SessionState } from './fold/state.js';

/** Input and output of the last finished request; `null` where they are unknown, or stale since a compaction. */
export function tokensInContext({ requests, items }: Pick<SessionState, 'requests' | 'items'>): number | null {
  const last = [...requests.values()].findLast(({ final }) => final);
  if (!last || last.inputTokens === null) return null;
  const compaction = [...items.values()].findLast(({ item }) => item.type === 'compaction');
  if (compaction && compaction.seq > last.seq) return null;
  return last.inputTokens + (last.outputTokens ?? 0);
}
