/**
 * Rewinds, and their undoing. What a rewind takes out of the conversation is set aside until the next turn begins; then
 * only the log has it. So undoing needs no more than the rows, and costs memory only while it is possible.
 */
import type { FileChanges, PlacedItem, RewindMark, Turn } from '@taffrail/wire';
import type { Draft, RowOf } from './state.js';

export interface Rewind extends RewindMark {
  /** `null` where it can no longer be undone, or where this reader came later and never held it. */
  aside: Aside | null;
}

interface Aside {
  items: readonly PlacedItem[];
  turns: readonly Turn[];
  rewinds: readonly Rewind[];
  changes: FileChanges | null;
}

/** The conversation goes on from before `toSeq`; usage that was spent stays spent. */
export function rewind(draft: Draft, { seq, at, data: { toSeq, files } }: RowOf<'session.rewound'>): void {
  const aside: Aside = {
    items: takeFrom(draft.items, toSeq),
    turns: takeFrom(draft.turns, toSeq),
    rewinds: draft.rewinds.filter((one) => one.seq >= toSeq),
    changes: draft.changes,
  };
  const mark: Rewind = {
    seq,
    toSeq,
    at,
    turnsLeft: draft.turns.size,
    turnsAside: aside.turns.length,
    status: standing(draft.status),
    isOpen: true,
    files: files ?? null,
    restored: null,
    aside,
  };
  draft.rewinds = [...draft.rewinds.filter((one) => one.seq < toSeq), mark];
  draft.changes = null;
  draft.restoring = files ?? null;
}

function takeFrom<Value extends { seq: number }>(held: Map<string, Value>, toSeq: number): Value[] {
  const taken: Value[] = [];
  for (const [id, value] of held) {
    if (value.seq < toSeq) continue;
    taken.push(value);
    held.delete(id);
  }
  return taken;
}

const standing = (status: Draft['status']): RewindMark['status'] =>
  status === 'interrupted' || status === 'failed' ? status : 'idle';

/** Where what was set aside is not here, the reader must fetch the session anew: the rest cannot be told from this row. */
export function undoRewind(draft: Draft, { data: { rewoundSeq, files } }: RowOf<'rewind.undone'>): void {
  draft.restoring = files ?? null;
  const last = draft.rewinds.at(-1);
  if (last?.seq !== rewoundSeq || !last.aside) return;
  const { items, turns, rewinds, changes } = last.aside;
  draft.items = inOrder([...draft.items.values(), ...items], ({ id }) => id);
  draft.turns = inOrder([...draft.turns.values(), ...turns], ({ turnId }) => turnId);
  draft.rewinds = [...draft.rewinds.slice(0, -1), ...rewinds];
  draft.changes = changes;
}

function inOrder<Value extends { seq: number }>(values: Value[], key: (value: Value) => string): Map<string, Value> {
  values.sort((one, other) => one.seq - other.seq);
  return new Map(values.map((value) => [key(value), value]));
}

/** A turn begins: from now on the conversation is another one, and no rewind before it can be undone. */
export function closeRewinds(draft: Draft): void {
  if (!draft.rewinds.some(({ isOpen }) => isOpen)) return;
  draft.rewinds = draft.rewinds.map((one) => ({ ...one, isOpen: false, aside: null }));
}

export function restoreFiles(draft: Draft, { data }: RowOf<'files.restored'>): void {
  const { restoring } = draft;
  draft.restoring = null;
  const last = draft.rewinds.at(-1);
  if (!last || !restoring || last.files?.target !== restoring.target || last.restored) return;
  draft.rewinds = [...draft.rewinds.slice(0, -1), { ...last, restored: data }];
}
