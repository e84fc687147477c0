/** opencode's session records → what is known about a session, and its running totals. */
import type { SessionDescription } from '@taffrail/wire';
import type { Sink } from '../contract.js';
import { booleanAt, objectAt, timeAt } from '../json.js';
import { titleFrom } from '../text.js';
import { textOf } from './parts.js';
import type { MessageRecord, SessionRecord, Shelf } from './shelf.js';
import { claimOf, isCopied, isSameMessage } from './usage.js';

/** opencode's own placeholder until a title is written. */
const untitled = /^(New|Child) session - \d{4}-/;

export function readSession(session: SessionRecord, shelf: Shelf, out: Sink): void {
  const base = { sessionId: session.id, at: session.created };
  const copied = session.parentId ? null : lastCopied(session, shelf);
  out.row({ ...base, key: session.key, kind: 'session.described', data: descriptionOf(session, copied, shelf) });
  const claim = session.totals ? claimOf(session.totals, copied !== null, out) : null;
  if (claim) out.row({ ...base, key: 'claim:session', kind: 'usage.claimed', data: claim });
}

function descriptionOf(session: SessionRecord, copied: MessageRecord | null, shelf: Shelf): SessionDescription {
  const title =
    session.title && !untitled.test(session.title) ? session.title : titleFrom(firstPrompt(session.id, shelf));
  const origin = copied ? originOf(copied, shelf) : null;
  return {
    ...(title ? { title } : {}),
    ...(session.directory ? { cwd: session.directory } : {}),
    ...(session.version ? { agentVersion: session.version } : {}),
    ...(session.parentId ? { parentId: session.parentId } : {}),
    ...(origin ? { forkedFrom: origin } : {}),
  };
}

function firstPrompt(sessionId: string, shelf: Shelf): string {
  const first = shelf.messageIds(sessionId)[0];
  const message = first ? shelf.message(sessionId, first) : null;
  if (message?.data['role'] !== 'user') return '';
  return textOf(shelf.parts(message).filter((part) => !booleanAt(part.data, 'synthetic')));
}

/** The newest of the messages that a fork began with; `null` for a session that began empty. Copies come first. */
function lastCopied(session: SessionRecord, shelf: Shelf): MessageRecord | null {
  let last: MessageRecord | null = null;
  for (const id of shelf.messageIds(session.id)) {
    const message = shelf.message(session.id, id);
    if (message && !isCopied(message.data, session.created)) break;
    last = message ?? last;
  }
  return last;
}

/**
 * A fork has no link to its parent, only copies of its messages. The parent is proven when exactly one session holds
 * the same message as its own, made while that session existed.
 */
function originOf(copied: MessageRecord, shelf: Shelf): string | null {
  const created = timeAt(objectAt(copied.data, 'time'), 'created');
  if (created === null) return null;
  const owners = shelf
    .createdAt(created, copied.sessionId)
    .filter((message) => isSameMessage(message.data, copied.data))
    .filter((message) => !isCopied(message.data, shelf.sessionCreated(message.sessionId, created)))
    .map((message) => message.sessionId);
  return owners.length === 1 ? (owners[0] ?? null) : null;
}
