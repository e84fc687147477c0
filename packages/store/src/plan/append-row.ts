/** One row into the log: its seq, its place, the digest, and the counts that follow from it. */
import { hash as digestOf } from 'node:crypto';
import type { Item } from '@taffrail/wire';
import type { NewRow } from '../commit.js';
import { bucketOf } from './buckets.js';
import { keptAside } from './keep-aside.js';
import type { KnownKey, SessionRecord, StoredRow } from './records.js';
import { countTool, takeBackTool } from './tool-sums.js';
import type { Writes } from './writes.js';

/** A row's content in the form that is stored: long text apart from the JSON, big parts as blobs. */
export interface Content {
  data: string;
  /** In place of `data`, where it is stored in a shorter form. */
  stored?: string;
  text: string | null;
  itemType: Item['type'] | null;
  label: string | null;
}

/** `since`: the time of what the row speaks of, where it is part of what it says. */
type RowPlace = Pick<NewRow, 'key' | 'at' | 'turnId' | 'step' | 'kind'> & { since?: number };

/** Appends a row unless its identity is known with the same content. Returns its seq, or `null` where nothing changed. */
export function appendRow(writes: Writes, session: SessionRecord, row: RowPlace, content: Content): number | null {
  const hash = hashOf(row, content);
  const known = writes.key(session.num, row.key);
  if (known && !isNews(writes, session.num, known, { kind: row.kind, at: row.at, hash })) return null;
  const seq = session.head + 1;
  const stored: StoredRow = {
    num: session.num,
    seq,
    at: row.at,
    kind: row.kind,
    turnId: row.turnId ?? null,
    step: row.step ?? null,
    key: row.key,
    itemType: content.itemType,
    label: content.label,
    data: content.stored ?? content.data,
    text: content.text,
    revises: known?.place ?? null,
  };
  session.head = seq;
  // Over what is said, not over the seqs: text that came in pieces and text that came whole are one log.
  session.digest = digestOf('sha256', `${session.digest}\n${row.at}\n${hash}`, 'base64url');
  session.createdAt = Math.min(session.createdAt, row.at);
  session.updatedAt = Math.max(session.updatedAt, row.at);
  writes.rows.push(stored);
  const forms = row.kind === 'usage.recorded' ? hash : withForm(known?.hash, hash);
  writes.putKey(session.num, row.key, { place: known?.place ?? seq, latest: seq, hash: forms });
  return seq;
}

// The forms a fact is remembered to have had: enough for what grows as it is written.
const formsMax = 32;

/** The hashes of a fact's forms, the latest first. */
function withForm(forms: string | undefined, hash: string): string {
  return forms === undefined ? hash : [hash, ...forms.split(' ').slice(0, formsMax - 1)].join(' ');
}

/**
 * Whether a known fact told again revises what is known of it. Lines are repeated and files are read again: a form it
 * had before does not undo the later one (but a turn's outcome and what is said of a session may, at a later time), nor
 * does an earlier statement of what holds until the next. A request's figures only grow, its owner may change to and fro.
 */
function isNews(
  writes: Writes,
  num: number,
  known: KnownKey,
  row: Pick<NewRow, 'kind' | 'at'> & { hash: string },
): boolean {
  if (known.hash === row.hash) return false;
  const [latest, ...earlier] = known.hash.split(' ');
  if (latest === row.hash) return false;
  if (row.kind === 'usage.recorded') return true;
  // An item's forms come in the order they are told in: their times are those of its parts.
  if (row.kind === 'item.recorded') return !earlier.includes(row.hash);
  const latestAt = () => writes.atOf(num, known.latest);
  if (earlier.includes(row.hash)) return row.at > latestAt();
  return holdsUntilTheNext.has(row.kind) ? row.at >= latestAt() : true;
}

const holdsUntilTheNext: ReadonlySet<NewRow['kind']> = new Set(['session.described', 'usage.claimed', 'usage.shown']);

export function appendItem(
  writes: Writes,
  session: SessionRecord,
  row: Extract<NewRow, { kind: 'item.recorded' }>,
): void {
  const item = keptAside(writes, row.data, row.files ?? []);
  const label =
    item.type === 'tool_call'
      ? item.name
      : item.type === 'tool_result'
        ? (writes.toolOf(session.num, item.callId) ?? null)
        : null;
  if (item.type === 'tool_call') writes.putTool(session.num, item.callId, item.name);
  const before = writes.key(session.num, row.key);
  const data = JSON.stringify({ ...item, text: undefined });
  const seq = appendRow(writes, session, row, { data, text: item.text, itemType: item.type, label });
  if (seq === null) return;
  countTool(writes, session, { key: row.key, at: row.at, item, label, isRevision: before !== undefined });
  if (before) {
    // The whole text stands in this row: the pieces that came before it are no longer needed.
    if (session.origin === 'live' && !('streaming' in item))
      writes.wholes.push({ num: session.num, key: row.key, from: before.place, until: seq });
    return;
  }
  const isMessage = item.type === 'message' && item.author !== 'harness';
  session.itemCount += 1;
  session.messageCount += isMessage ? 1 : 0;
  const counts = { messages: isMessage ? 1 : 0, toolCalls: item.type === 'tool_call' ? 1 : 0 };
  if (counts.messages + counts.toolCalls > 0) writes.addActivity(session.num, bucketOf(row.at), counts);
}

/** Takes an item out of the transcript. */
export function deleteItem(
  writes: Writes,
  session: SessionRecord,
  row: Extract<NewRow, { kind: 'item.deleted' }>,
): void {
  if (writes.key(session.num, row.key) === undefined) return;
  if (appendRow(writes, session, row, plainContent(row.data)) === null) return;
  session.itemCount -= 1;
  takeBackTool(writes, session, row.key);
}

export function plainContent(data: unknown): Content {
  return jsonContent(JSON.stringify(data));
}

/** The same for data that is JSON already. */
export function jsonContent(data: string): Content {
  return { data, text: null, itemType: null, label: null };
}

function hashOf({ kind, turnId, since }: RowPlace, content: Content): string {
  const text = content.text === null ? '' : `\0${content.text}`;
  return digestOf('sha256', `${kind}\0${turnId ?? ''}\0${since ?? ''}\0${content.data}${text}`, 'base64url').slice(
    0,
    22,
  );
}
