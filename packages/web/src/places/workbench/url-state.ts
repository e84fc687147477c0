/** The state of the workbench, as its address holds it. */
import { oneOf, textOf, wholeOf } from '../../app/search-params.js';
import { type TraceSearch, traceSearchOf } from '../trace/trace-scope.js';

export const livePanels = ['usage', 'trace', 'timeline', 'changes', 'tasks'] as const;
export type LivePanel = (typeof livePanels)[number];

/** What a panel takes that not every server can do. */
export const panelNeeds = { trace: 'traces', changes: 'checkpoints' } as const;

/** In place of a session: the form for a new one. */
export const newTab = 'new';

export type WorkbenchSearch = TraceSearch & {
  /** The session on view, or `new`. Absent: the last one that was. */
  s?: string;
  /** The entry that is shown and marked. */
  seq?: number;
  /** What stands in the inspector; `none` when it is folded away. */
  panel?: LivePanel | 'none';
  /** What is looked for in the session. */
  find?: string;
  /** The turn before which the conversation may go on: what that would do is shown. */
  restore?: string;
  /** Since when changes are shown: a turn's id; absent: since the start. */
  since?: string;
};

export function workbenchSearchOf(raw: Record<string, unknown>): WorkbenchSearch {
  const s = textOf(raw.s);
  const seq = wholeOf(raw.seq, 1);
  const panel = oneOf(raw.panel, [...livePanels, 'none'] as const);
  const find = textOf(raw.find);
  const restore = textOf(raw.restore);
  const since = textOf(raw.since);
  return {
    ...(s ? { s } : {}),
    ...(seq ? { seq } : {}),
    ...(panel ? { panel } : {}),
    ...(find ? { find } : {}),
    ...(restore ? { restore } : {}),
    ...(since ? { since } : {}),
    ...traceSearchOf(raw),
  };
}
