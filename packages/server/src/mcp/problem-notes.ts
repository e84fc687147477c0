/** What a person reads where a turn has to do without a server. It is an error of no request, and no model is told. Pure. */
import type { NewRow, SessionState } from '@taffrail/session';
import { mcpErrorCode } from '@taffrail/wire';
import type { McpProblem } from './turn-servers.js';

/** Nothing of what the session has said last of that server. */
export function problemNotes(
  { items }: SessionState,
  problems: readonly McpProblem[],
  { turnId, at }: { turnId: string; at: number },
): NewRow[] {
  return problems.flatMap(({ server, text }): NewRow[] => {
    const start = `mcp:${server}:`;
    const last = [...items.values()].findLast(({ id }) => id.startsWith(start))?.item.text;
    if (last === text) return [];
    const data = { type: 'error', text, code: mcpErrorCode } as const;
    return [{ key: `${start}${turnId}`, at, turnId, kind: 'item.recorded', data }];
  });
}
