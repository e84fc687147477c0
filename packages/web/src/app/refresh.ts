/** What to ask for again when the line says that sessions changed: at a pace that a streaming answer cannot drive. */
import type { SessionHint, SessionSummary } from '@taffrail/wire';
import { queryClient } from './api.js';
import { openSessionsQuery, withHint, withHints } from './open-sessions.js';
import { pacedBy } from './pace.js';

/** A session that is being written is asked for at most this often; its text comes by another way. */
const sessionMs = 1000;
/** Lists and sums are asked for at most this often while logs keep growing. */
const sumsMs = 4000;

const due = new Set<string>();
let sumsAreDue = false;

/** Takes over at once what hints say, and asks for the rest a little later. */
export function refreshSessions(hints: readonly SessionHint[]): void {
  patchOpen(hints);
  for (const hint of hints) {
    queryClient.setQueryData<SessionSummary>(['session', hint.sessionId], (old) => (old ? withHint(old, hint) : old));
    if (due.size === 0) setTimeout(askForDue, sessionMs);
    due.add(hint.sessionId);
    // What a sub-agent spends is in the sums of those above it.
    for (const id of ancestorsOf(hint.parentId)) due.add(id);
  }
  refreshSums();
}

/** As far as they are known here: sums of a session that nobody has looked at are asked for when somebody does. */
function ancestorsOf(parentId: string | null): string[] {
  const ids: string[] = [];
  for (let id = parentId; id !== null && !ids.includes(id); ) {
    ids.push(id);
    id = queryClient.getQueryData<SessionSummary>(['session', id])?.parentId ?? null;
  }
  return ids;
}

function patchOpen(hints: readonly SessionHint[]): void {
  const open = queryClient.getQueryData(openSessionsQuery.queryKey);
  const patched = open ? withHints(open, hints) : null;
  if (patched === null) void queryClient.invalidateQueries({ queryKey: openSessionsQuery.queryKey });
  else if (patched !== open) queryClient.setQueryData(openSessionsQuery.queryKey, [...patched]);
}

function askForDue(): void {
  for (const id of due) for (const key of sessionKeys) paced.refresh(JSON.stringify([key, id]));
  due.clear();
}

const sessionKeys = ['session', 'usage', 'timeline', 'children', 'trace-turn', 'budgets'];

/** By the key of a query. */
const paced = pacedBy((name) => queryClient.invalidateQueries({ queryKey: JSON.parse(name) as string[] }), {
  now: () => performance.now(),
  after: (ms, work) => setTimeout(work, ms),
});

/** The line is lost: who answers next may be another server, and when it says hello everything is asked for again (F7). */
export function forgetDue(): void {
  due.clear();
  paced.forget();
}

/** Lists and sums follow in one go, a little later: a growing log sends many hints. */
export function refreshSums(): void {
  if (sumsAreDue) return;
  sumsAreDue = true;
  setTimeout(() => {
    sumsAreDue = false;
    for (const key of ['sessions', 'facets', 'analytics', 'budgets', 'import']) {
      void queryClient.invalidateQueries({ queryKey: [key] });
    }
  }, sumsMs);
}
