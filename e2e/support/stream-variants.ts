/** The protocol with one rule left out, each as a wrapper round the real pieces: what the model check must object to. */
import { type FollowState, stepFollow } from '@taffrail/client';
import { DivergedError, foldRows, type SessionState } from '@taffrail/session';
import type { Channel, ItemsFrame, Row, RowsFrame, TextFrame } from '@taffrail/wire';
import type { Variant } from './stream-reader.js';

/** A text's pieces are appended wherever it ends, as if they had no offset. */
function appendedBlindly(frame: RowsFrame, known: SessionState | null): RowsFrame {
  const lengths = new Map([...(known?.items ?? [])].map(([id, { item }]) => [id, item.text.length]));
  const rows = frame.rows.map((row): Row => {
    const id = row.partId ?? '';
    if (row.seq <= (known?.head ?? 0)) return row;
    if (row.kind === 'item.recorded') lengths.set(id, row.data.text.length);
    if (row.kind !== 'text.appended') return row;
    const offset = lengths.get(id) ?? 0;
    lengths.set(id, offset + row.data.text.length);
    return { ...row, data: { ...row.data, offset } };
  });
  return { ...frame, rows };
}

/** A cursor for each channel in place of one for all: a row is taken when its channel has not come so far. */
function perChannel(): typeof stepFollow {
  const cursors = new WeakMap<object, ReadonlyMap<Channel, number>>();
  return (state, input, now) => {
    if (input.type !== 'frame' || input.frame.type !== 'rows' || !state.log || state.asked)
      return stepFollow(state, input, now);
    const { session } = state.log;
    const known = cursors.get(session) ?? new Map<Channel, number>();
    const from = known.size === 0 ? session.head : 0;
    const fresh = input.frame.rows.filter(({ seq, channel }) => seq > (known.get(channel) ?? from));
    const further = new Map(known);
    for (const { seq, channel } of fresh) further.set(channel, seq);
    const next = withRows(state, fresh, input.frame);
    if (!next?.log) return stepFollow({ ...state, isBroken: true }, { type: 'retry' }, now);
    cursors.set(next.log.session, further);
    return { state: { ...next, movedAt: now }, effects: [] };
  };
}

function withRows(state: FollowState, rows: readonly Row[], { to }: RowsFrame): FollowState | null {
  if (!state.log) return null;
  const { session } = state.log;
  try {
    // Begun from nothing, so that no row counts as known.
    const next = { ...foldRows({ ...session, head: 0 }, rows), head: Math.max(session.head, to) };
    return { ...state, log: { ...state.log, session: next } };
  } catch (error) {
    if (error instanceof DivergedError) return null;
    throw error;
  }
}

/** Pieces of a snapshot are taken as being of the moment at which the reader stands. */
function takenAnytime(frame: ItemsFrame | TextFrame, { log }: FollowState): ItemsFrame | TextFrame {
  return frame.type === 'items' && log ? { ...frame, seq: log.session.head } : frame;
}

/** What comes of a cut text is appended wherever it ends. */
function goneOnAnywhere(frame: ItemsFrame | TextFrame, { log }: FollowState): ItemsFrame | TextFrame {
  if (frame.type !== 'text') return frame;
  return { ...frame, offset: (log?.cutText ?? log?.session.items.get(frame.itemId)?.item.text ?? '').length };
}

export const variants: Readonly<Record<string, () => Variant>> = {
  'without heads in heartbeats': () => ({ headless: true }),
  'with text that is appended blindly': () => ({ rows: appendedBlindly }),
  'with usage that the client adds up': () => ({ total: (reader) => reader.summed }),
  'with items of a snapshot that are taken whenever they come': () => ({ piece: takenAnytime }),
  'with a cut text that goes on wherever it ends': () => ({ piece: goneOnAnywhere }),
  'with a cursor for each channel': () => ({ step: perChannel(), isJudgedAtEnd: true }),
  'without a row that keeps the place of a text': () => ({
    log: (log, { closed }) => ({
      ...log,
      rowsAfter: async (...question) => {
        const { rows, to } = await log.rowsAfter(...question);
        const left = rows.filter(
          (row) => !(row.kind === 'item.recorded' && 'streaming' in row.data && closed.has(row.partId ?? '')),
        );
        return { to, rows: left.map((row) => (closed.has(row.partId ?? '') ? { ...row, revises: undefined } : row)) };
      },
    }),
  }),
};
