/** Tool calls of a trace: from their own spans where the log has them, else from the call to its result. */

import { callSubject } from './call-subject.js';
import { finish, type SpanDraft, spanDraft } from './span-draft.js';
import type { TracedItem, TraceRowOf } from './trace-row.js';
import type { TracedTurn } from './traced-turn.js';

export interface TracedCall {
  seq: number;
  at: number;
  turnId: string | null;
  step: number | null;
  name: string;
  subject: string | null;
  bytes: number;
  /** Its turn runs, or ran, here. Its result may stand in another one. */
  isLive: boolean;
  span: SpanDraft | null;
}

type ItemRow = TraceRowOf<'item.recorded'>;
type Call = Extract<TracedItem, { type: 'tool_call' }>;
type Result = Extract<TracedItem, { type: 'tool_result' }>;

export class TracedCalls {
  readonly #calls = new Map<string, TracedCall>();
  readonly #add: (draft: SpanDraft) => SpanDraft;

  constructor(add: (draft: SpanDraft) => SpanDraft) {
    this.#add = add;
  }

  of(callId: string): TracedCall | null {
    return this.#calls.get(callId) ?? null;
  }

  copyInto(other: TracedCalls, draftOf: (draft: SpanDraft) => SpanDraft): void {
    for (const [id, call] of this.#calls) other.#calls.set(id, { ...call, span: call.span && draftOf(call.span) });
  }

  call(turn: TracedTurn, row: ItemRow, { callId, name }: Call): void {
    const { seq, at, turnId, step, textBytes: bytes } = row;
    const subject = callSubject(row.textHead, bytes > row.textHead.length);
    const known = this.#calls.get(callId);
    const call = known ?? { seq, at, turnId, step, name, subject, bytes, isLive: turn.isLive, span: null };
    Object.assign(call, { name, subject, bytes });
    this.#calls.set(callId, call);
    if (call.span) Object.assign(call.span, { name, subject, inputBytes: bytes });
    else if (!turn.isLive) call.span = this.#add(draftOf(callId, call, row));
  }

  result(turn: TracedTurn, row: ItemRow, data: Result): void {
    if (data.streaming) return;
    const outputBytes = data.blob?.sizeBytes ?? row.textBytes;
    const call = this.#calls.get(data.callId);
    const span = call?.span ?? this.#without(call, row, data.callId);
    if (call) call.span = span;
    span.outputBytes ??= outputBytes;
    if (data.childSessionId !== undefined) span.childSessionId = data.childSessionId;
    const isLive = call?.isLive ?? turn.isLive;
    // The log that tells of spans ends them itself.
    if (isLive && (span.status === 'running' || !span.inferred)) return;
    span.outputBytes = outputBytes;
    if (data.childSessionId !== undefined) span.kind = 'agent';
    if (isLive) span.status = data.status;
    else end(span, call?.at ?? row.at, row.at, data);
  }

  /** Nothing says that it ran: it was refused, or its call is not in the log. */
  #without(call: TracedCall | undefined, row: ItemRow, callId: string): SpanDraft {
    const unnamed = { seq: row.seq, at: row.at, turnId: row.turnId, step: row.step, name: '', subject: null, bytes: 0 };
    const known: TracedCall = call ?? { ...unnamed, isLive: false, span: null };
    const span = this.#add(draftOf(callId, known, row));
    if (!call) span.inputBytes = null;
    span.status = 'error';
    return span;
  }
}

function draftOf(callId: string, call: TracedCall, row: ItemRow): SpanDraft {
  const { turnId, step, name, subject, bytes } = call;
  const some = { callId, subject, inputBytes: bytes, itemSeq: call.seq, inferred: true };
  return spanDraft(callId, 'tool', name, { turnId, step, at: row.at, seq: row.seq }, some);
}

/** Between call and result lies also what it waited for. Where the log states how long it ran, that was at the end. */
function end(span: SpanDraft, calledAt: number, at: number, { status, durationMs }: Result): void {
  span.startedAt = calledAt;
  if (durationMs === undefined) return finish(span, at, status);
  span.startedAt = Math.max(calledAt, at - Math.round(durationMs));
  span.inferred = false;
  finish(span, span.startedAt + Math.round(durationMs), status);
}
