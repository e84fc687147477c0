/**
 * Spans from rows: the same for sessions that run here, whose logs tell of them, and for those of other agents, whose
 * logs tell of calls, results and requests. Rows come in the order of their seq and may be added as the log grows.
 */
import { type TraceSpan, type TraceStatus, type TurnStart, unreachable } from '@taffrail/wire';
import { mergeRequests, requestFrom } from '../request.js';
import { TracedCalls } from './calls.js';
import { finish, type SpanDraft, spanDraft, spanFrom } from './span-draft.js';
import type { TraceRow, TraceRowOf } from './trace-row.js';
import { copiedTurn, type TracedTurn, takeInput, takeOutput, takeRequest, tracedTurn } from './traced-turn.js';

const statusOfOutcome = {
  complete: 'ok',
  cancelled: 'cancelled',
  failed: 'error',
  interrupted: 'interrupted',
} as const;

/** What later rows can still change of some spans. */
export interface OpenEnds {
  /** The last row that was read. */
  head: number;
  /** Their log tells of their ends itself, and nothing else in it changes them. */
  isTold: boolean;
  /** Turns that are not over, each with the last of its steps that was read: rows of later ones tell of other spans. */
  turns: ReadonlyMap<string, number>;
  /** Spans that run, and the calls of those that wait for a result. */
  running: readonly string[];
  waitingCalls: readonly string[];
}

export class SpanLog {
  readonly #sessionId: string;
  readonly #drafts: SpanDraft[] = [];
  readonly #ids = new Set<string>();
  readonly #gone = new Set<SpanDraft>();
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
    turn.lastStep = Math.max(turn.lastStep, row.step ?? -1);
    this.#apply(turn, row);
    if (row.kind !== 'item.recorded') return;
    turn.lastAt = Math.max(turn.lastAt, row.at);
    if (turn.span) turn.span.itemSeq ??= row.seq;
  }

  /** From `from` up to `to`. `isAll`: the log ends here, so that what has no end in it was cut off. */
  slice(from: number, to: number, isAll: boolean): TraceSpan[] {
    const drafts = this.#drafts.slice(from, to).filter((draft) => !this.#gone.has(draft));
    return drafts.map((draft) => this.#span(draft, isAll));
  }

  /** Whether it has come to stand elsewhere. */
  isGone(index: number): boolean {
    const draft = this.#drafts[index];
    return draft !== undefined && this.#gone.has(draft);
  }

  isOf(index: number, turnId: string): boolean {
    return this.#drafts[index]?.turnId === turnId;
  }

  /** Whether what is known of a span will stand, as far as logs tell things in their order. */
  isSettled(index: number): boolean {
    const draft = this.#drafts[index];
    const turn = this.#turns.get(draft?.turnId ?? null);
    if (draft === undefined || turn === undefined) return false;
    const isRunning = draft.status === 'running';
    // What a hosted agent's model took is told when its turn is over, and a call may end after its turn.
    const isAwaited = (turn.isHosted && draft.inferred) || (isRunning && draft.callId !== null);
    return !isAwaited && (turn.isOver || (turn.isLive && !isRunning));
  }

  /** Whether no more spans of this turn come. */
  isOver(turnId: string): boolean {
    const { isOver, isHosted } = this.#turns.get(turnId) ?? { isOver: false, isHosted: false };
    return isOver && !isHosted;
  }

  /** What must be asked of the rest of the log before these spans can be told; `null`: no less than all of it. */
  openEnds(indexes: readonly number[]): OpenEnds | null {
    const turns = new Map<string, number>();
    const running: string[] = [];
    const waitingCalls: string[] = [];
    let isTold = true;
    for (const index of indexes) {
      const draft = this.#drafts[index];
      if (draft === undefined || this.isSettled(index)) continue;
      const turn = this.#turns.get(draft.turnId);
      const isKnown = turn !== undefined && !turn.isStepless && turn.span !== null && turn.span.itemSeq !== null;
      if (draft.turnId === null || !isKnown) return null;
      turns.set(draft.turnId, turn.lastStep);
      isTold &&= turn.isLive && !turn.isHosted;
      if (draft.status !== 'running' || draft === turn.span) continue;
      running.push(draft.id);
      if (draft.callId !== null) waitingCalls.push(draft.callId);
    }
    return { head: this.#head, isTold, turns, running, waitingCalls };
  }

  /** These spans alone, in this order, to be read on by themselves. */
  copy(indexes: readonly number[]): SpanLog {
    const copied = new SpanLog(this.#sessionId);
    const drafts = new Map<SpanDraft, SpanDraft>();
    for (const index of indexes) {
      const draft = this.#drafts[index];
      if (draft) drafts.set(draft, { ...draft });
    }
    // What rows say of the others is said of nobody.
    const nobody = spanDraft('', 'turn', '', { seq: 0, at: 0, turnId: null, step: null }, { status: 'ok' });
    const draftOf = (draft: SpanDraft) => drafts.get(draft) ?? nobody;
    copied.#drafts.push(...drafts.values());
    for (const [id, draft] of this.#named) copied.#named.set(id, draftOf(draft));
    for (const [id, draft] of this.#requests) copied.#requests.set(id, draftOf(draft));
    for (const { turnId } of drafts.values()) {
      const turn = copied.#turns.has(turnId) ? undefined : this.#turns.get(turnId);
      if (turn) copied.#turns.set(turnId, copiedTurn(turn, draftOf));
    }
    this.#calls.copyInto(copied.#calls, draftOf);
    copied.#head = this.#head;
    return copied;
  }

  /** Items of the turn stand in the log until then, of which it was told nothing else. */
  lasts(turnId: string, at: number): void {
    const turn = this.#turns.get(turnId);
    if (turn) turn.lastAt = Math.max(turn.lastAt, at);
  }

  /** Whether something in these turns is placed by what stands before it. */
  hasStepless(turnIds: Iterable<string>): boolean {
    return [...turnIds].some((id) => this.#turns.get(id)?.isStepless);
  }

  /** Turns among these that say nothing of their end: the last thing in them is it. */
  endless(turnIds: Iterable<string>): string[] {
    return [...turnIds].filter((id) => {
      const turn = this.#turns.get(id);
      return turn !== undefined && !turn.isLive && !turn.isOver;
    });
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
    const known = this.#requests.get(attemptId) ?? this.#named.get(attemptId);
    // Its agent's caller told of it first, and not where it belongs.
    const isMoved = known?.inferred === true && known.turnId === null && row.turnId !== null;
    if (isMoved) this.#gone.add(known);
    const span = known && !isMoved ? known : this.#inferredCall(turn, row);
    this.#requests.set(attemptId, span);
    const stated = requestFrom(row.data);
    const merged = known?.request ? mergeRequests(known.request, stated) : stated;
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
    if (!isCutOff) return spanFrom(this.#sessionId, wasCutOff(draft, turn) ? { ...draft, inferred: true } : draft);
    const status: TraceStatus = 'interrupted';
    if (draft !== turn.span) return spanFrom(this.#sessionId, { ...draft, status, inferred: true });
    const last = { ...draft, inferred: true };
    finish(last, turn.lastAt, status);
    return spanFrom(this.#sessionId, last);
  }
}

/** Its server stopped or died under it: the log ends it where it was last written to. */
function wasCutOff({ status }: SpanDraft, turn: TracedTurn | undefined): boolean {
  return status === 'interrupted' && turn?.isLive === true;
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
