/** A piece of a text that is being written: the shortest way into the log, because there are very many. */
import type { NewRow } from '../commit.js';
import type { SessionRecord } from './records.js';
import type { Writes } from './writes.js';

/** Has no identity of its own (told twice it changes nothing), and is not in the digest: the whole text will be. */
export function appendText(
  writes: Writes,
  session: SessionRecord,
  row: Extract<NewRow, { kind: 'text.appended' }>,
): void {
  session.head += 1;
  session.updatedAt = Math.max(session.updatedAt, row.at);
  writes.rows.push({
    num: session.num,
    seq: session.head,
    at: row.at,
    kind: row.kind,
    turnId: row.turnId ?? null,
    step: row.step ?? null,
    key: row.key,
    itemType: null,
    label: null,
    data: JSON.stringify(row.data),
    text: null,
    revises: null,
  });
}
