/** The state of the reader, as its address holds it. */
import { oneOf, textOf, wholeOf } from '../../app/search-params.js';
import { type TraceSearch, traceSearchOf } from '../trace/trace-scope.js';

export const panels = ['usage', 'trace', 'timeline'] as const;
export type Panel = (typeof panels)[number];

/** What a panel takes that not every server can do. */
export const panelNeeds = { trace: 'traces' } as const;

export type ReaderSearch = TraceSearch & {
  /** The entry that is shown and marked. */
  seq?: number;
  /** What stands in the inspector; `none` when it is folded away. Absent: what the width allows. */
  panel?: Panel | 'none';
  /** What is looked for in this session. */
  find?: string;
};

export function readerSearchOf(raw: Record<string, unknown>): ReaderSearch {
  const seq = wholeOf(raw.seq, 1);
  const panel = oneOf(raw.panel, [...panels, 'none'] as const);
  const find = textOf(raw.find);
  return {
    ...(seq ? { seq } : {}),
    ...(panel ? { panel } : {}),
    ...(find ? { find } : {}),
    ...traceSearchOf(raw),
  };
}
