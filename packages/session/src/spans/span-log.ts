/**
 * Spans from rows: the same for sessions that run here, whose logs tell of them, and for those of other agents, whose
 * logs tell of calls, results and requests. Rows come in the order of their seq and may be added as the log grows.
 */
import { type TraceSpan, type TraceStatus, type TurnStart, unreachable } from '@taffrail/wire';
import { mergeRequests, requestFrom } from '../request.js';
import { TracedCalls } from './calls.js';
import { finish, type SpanDraft, spanDraft, spanFrom } from './span-draft.js';
import type { TraceRow, TraceRowOf } from './trace-row.js';
import { type TracedTurn, takeInput, takeOutput, takeRequest, tracedTurn } from './traced-turn.js';

const statusOfOutcome = {
  complete: 'ok',
  cancelled: 'cancelled',
  failed: 'error',
  interrupted: 'interrupted',
} as const;

export class SpanLog {
  readonly #sessionId: string;
  readonly #drafts: SpanDraft[] = [];
  readonly #ids = new Set<string>();
  /** By the id that their rows name them by. */
  readonly #named = new Map<string, SpanDraft>();
  readonly #requests = new Map<string, SpanDraft>();
  readonly #turns = new Map<string | null, TracedTurn>();
  readonly #calls = new TracedCalls((draft) => this.#add(draft));
  #head = 0;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  get head(): number {
    return this.#head;
  }

  get length(): number {
    return this.#drafts.length;
  }

  /** Rows that it knows are passed over. */
  take(row: TraceRow): void {
    if (row.seq <= this.#head) return;
    this.#head = row.seq;
    const turn = this.#turnOf(row);
    this.#apply(turn, row);
    if (row.kind !== 'item.recorded') return;
    turn.lastAt = Math.max(turn.lastAt, row.at);
    if (turn.span) turn.span.itemSeq ??= row.seq;
  }

  /** From `from` up to `to`. `isAll`: the log ends here, so that what has no end in it was cut off. */
  slice(from: number, to: number, isAll: boolean): TraceSpan[] {
    return this.#drafts.slice(from, to).map((draft) => this.#span(draft, isAll));
  }

  isOf(index: number, turnId: string): boolean {
    return this.#drafts[index]?.turnId === turnId;
  }

  /** Whether what is known of a span will stand, as far as logs tell things in their order. */
  isSettled(index: number): boolean {
    const draft = this.#drafts[index];
    const turn = this.#turns.get(draft?.turnId ?? null);
    if (draft === undefined || turn === undefined) return false;
    // What is inferred in a running turn may still grow.
    const isTold = turn.isLive && !(turn.isHosted && draft.inferred);
    return turn.isOver || (isTold && draft.status !== 'running');
  }

  #apply(turn: TracedTurn, row: TraceRow): void {
    switch (row.kind) {
      case 'turn.started':
        return startTurn(turn, row.at, row.data);
      case 'turn.completed':
        return endTurn(turn, row);
      case 'item.recorded':
        return this.#item(turn, row);
      case 'usage.recorded':
        return this.#usage(turn, row);
      case 'span.started':
        return this.#start(turn, row);
      case 'span.finished':
        return this.#end(turn, row);
      case 'attempt.discarded':
        return this.#discard(row);
      case 'permission.asked':
      case 'permission.answered':
        return this.#permission(row);
      case 'turn.waiting':
      case 'turn.resumed':
        return this.#wait(turn, row);
      default:
        unreachable(row);
    }
  }

  /** The turn of a row; one that the log does not begin, or that is no turn, is known by what is in it. */
  #turnOf(row: TraceRow): TracedTurn {
    const known = this.#turns.get(row.turnId);
    if (known) return known;
    const inferred = row.kind !== 'turn.started';
    const place = { ...row, step: null };
    const span = row.turnId === null ? null : this.#add(spanDraft(row.turnId, 'turn', 'turn', place, { inferred }));
    const turn = tracedTurn(span, row.at);
    this.#turns.set(row.turnId, turn);
    return turn;
  }

  /** Two spans never share an id, whatever the log says. */
  #add(draft: SpanDraft): SpanDraft {
    if (this.#ids.has(draft.id)) draft.id = `${draft.id}#${draft.kind}${draft.seq}`;
    this.#ids.add(draft.id);
    this.#drafts.push(draft);
    return draft;
  }

  #item(turn: TracedTurn, row: TraceRowOf<'item.recorded'>): void {
    const { data } = row;
    switch (data.type) {
      case 'message':
        return data.author === 'model' ? this.#output(turn, row) : takeInput(turn, row.at);
      case 'reasoning':
        return this.#output(turn, row);
      case 'tool_call':
        this.#output(turn, row);
        return this.#calls.call(turn, row, data);
      case 'tool_result':
        takeInput(turn, row.at);
        return this.#calls.result(turn, row, data);
      case 'compaction':
        return this.#compaction(turn, row, data.trigger);
      case 'error':
        return;
      default:
        unreachable(data);
    }
  }

  #output(turn: TracedTurn, row: TraceRow): void {
    const span = takeOutput(turn, row);
    if (span) this.#add(span);
  }

  /** Other agents' logs only mark it: how long it took is not known. */
  #compaction(turn: TracedTurn, row: TraceRow, trigger: string): void {
    takeInput(turn, row.at);
    if (turn.compaction) turn.compaction.itemSeq = row.seq;
    else if (!turn.isLive) {
      const some = { inferred: true, itemSeq: row.seq, status: 'ok' as const };
      this.#add(spanDraft(`compaction:${row.seq}`, 'compaction', trigger, row, some));
    }
  }

  #usage(turn: TracedTurn, row: TraceRowOf<'usage.recorded'>): void {
    const { attemptId, inheritedFrom = null } = row.data;
    const span = this.#requests.get(attemptId) ?? this.#named.get(attemptId) ?? this.#inferredCall(turn, row);
    this.#requests.set(attemptId, span);
    const stated = requestFrom(row.data);
    const merged = span.request ? mergeRequests(span.request, stated) : stated;
    span.request = { ...merged, inheritedFrom };
    if (span.inferred) span.name = merged.model ?? '';
  }

  #inferredCall(turn: TracedTurn, row: TraceRow): SpanDraft {
    const { span, isNew } = takeRequest(turn, row);
    return isNew ? this.#add(span) : span;
  }

  #start(turn: TracedTurn, row: TraceRowOf<'span.started'>): void {
    const { spanId, parentId, kind, name, keyId, callId, childSessionId } = row.data;
    if (this.#named.get(spanId)?.status === 'running') return;
    const call = callId === undefined ? null : this.#calls.of(callId);
    const some = {
      // The request that writes a summary is part of making it.
      parentId: kind === 'model' ? (turn.compaction?.id ?? parentId) : parentId,
      keyId: keyId ?? null,
      callId: callId ?? null,
      childSessionId: childSessionId ?? null,
      subject: call?.subject ?? null,
      itemSeq: call?.seq ?? null,
    };
    const span = this.#add(spanDraft(spanId, kind, name, row, some));
    this.#named.set(spanId, span);
    if (call) call.span ??= span;
    if (kind === 'compaction') turn.compaction = span;
  }

  #end(turn: TracedTurn, row: TraceRowOf<'span.finished'>): void {
    const span = this.#named.get(row.data.spanId);
    if (span?.status !== 'running') return;
    const { status, error, inputBytes, outputBytes, firstContentMs } = row.data;
    finish(span, row.at, status);
    span.error ??= error ?? null;
    span.inputBytes = inputBytes ?? span.inputBytes;
    span.outputBytes = outputBytes ?? span.outputBytes;
    span.firstContentMs = firstContentMs ?? null;
    if (span.kind === 'model' && status !== 'error' && span.step !== null)
      span.itemSeq = turn.answers.get(span.step)?.firstSeq ?? null;
    if (turn.compaction === span) turn.compaction = null;
  }

  #discard(row: TraceRowOf<'attempt.discarded'>): void {
    const { attemptId, model, keyId, reason, message, httpStatus, retryAfterMs } = row.data;
    const known = this.#named.get(attemptId);
    const span = known ?? this.#add(spanDraft(attemptId, 'model', model, row, { inferred: true, status: 'error' }));
    Object.assign(span, { keyId, error: message, discarded: { reason, httpStatus, retryAfterMs } });
    this.#named.set(attemptId, span);
  }

  #permission(row: TraceRowOf<'permission.asked' | 'permission.answered'>): void {
    const { permissionId } = row.data;
    const known = this.#named.get(permissionId);
    if (row.kind === 'permission.asked') {
      if (known) return;
      const { tool, subject, callId, childSessionId = null } = row.data;
      const itemSeq = this.#calls.of(callId)?.seq ?? null;
      const span = this.#add(
        spanDraft(permissionId, 'permission', tool, row, { subject, callId, childSessionId, itemSeq }),
      );
      this.#named.set(permissionId, span);
    } else if (known?.status === 'running') {
      known.decision = row.data.decision;
      finish(known, row.at, row.data.decision === 'expired' ? 'cancelled' : 'ok');
    }
  }

  #wait(turn: TracedTurn, row: TraceRowOf<'turn.waiting' | 'turn.resumed'>): void {
    if (turn.wait) finish(turn.wait, row.at, 'ok');
    turn.wait =
      row.kind === 'turn.resumed'
        ? null
        : this.#add(spanDraft(`wait:${row.seq}`, 'wait', 'wait', row, { subject: row.data.reason }));
  }

  #span(draft: SpanDraft, isAll: boolean): TraceSpan {
    const turn = this.#turns.get(draft.turnId);
    const isCutOff = draft.status === 'running' && turn !== undefined && (turn.isOver || (isAll && !turn.isLive));
    if (!isCutOff) return spanFrom(this.#sessionId, draft);
    const status: TraceStatus = 'interrupted';
    if (draft !== turn.span) return spanFrom(this.#sessionId, { ...draft, status, inferred: true });
    const last = { ...draft, inferred: true };
    finish(last, turn.lastAt, status);
    return spanFrom(this.#sessionId, last);
  }
}

function startTurn(turn: TracedTurn, at: number, { runGen, hosted }: TurnStart): void {
  turn.isLive ||= runGen !== undefined;
  turn.isHosted ||= hosted ?? false;
  if (turn.span) turn.span.startedAt = Math.min(turn.span.startedAt, at);
}

/** What is said last stands: a turn that was over may have gone on. */
function endTurn(turn: TracedTurn, { at, data }: TraceRowOf<'turn.completed'>): void {
  turn.isOver = true;
  if (!turn.span) return;
  finish(turn.span, at, statusOfOutcome[data.outcome]);
  turn.span.error = data.reason ?? null;
}
