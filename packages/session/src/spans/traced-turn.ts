/**
 * Where a turn stands while its trace is read. Another agent's log seldom says when a model was asked: it was when the
 * last input came, and it answered when its last part was written.
 */
import { type SpanDraft, type SpanPlace, spanDraft } from './span-draft.js';

/** What a model wrote between two inputs: a step. */
export interface Answer {
  since: number;
  until: number;
  firstSeq: number | null;
  /** The call that wrote it, where the log does not tell of calls itself. */
  span: SpanDraft | null;
  hasRequest: boolean;
}

export interface TracedTurn {
  /** `null` for what the log places in no turn. */
  span: SpanDraft | null;
  /** It runs, or ran, here: its log tells of its spans itself. */
  isLive: boolean;
  /** Another agent's program carries it out: its calls of tools are told, those of its model are not. */
  isHosted: boolean;
  isOver: boolean;
  lastAt: number;
  /** -1 before the first. */
  lastStep: number;
  /** Its log does not say of everything which step it belongs to: that follows from what stands before it. */
  isStepless: boolean;
  inputAt: number;
  hasInput: boolean;
  current: Answer | null;
  answers: Map<number, Answer>;
  wait: SpanDraft | null;
  compaction: SpanDraft | null;
}

export function tracedTurn(span: SpanDraft | null, at: number): TracedTurn {
  return {
    span,
    isLive: false,
    isHosted: false,
    isOver: false,
    lastAt: at,
    lastStep: -1,
    isStepless: false,
    inputAt: at,
    hasInput: true,
    current: null,
    answers: new Map(),
    wait: null,
    compaction: null,
  };
}

/** Its own, with spans that `draftOf` gives for those of the turn. */
export function copiedTurn(turn: TracedTurn, draftOf: (draft: SpanDraft) => SpanDraft): TracedTurn {
  const copies = new Map<Answer, Answer>();
  const own = (draft: SpanDraft | null) => draft && draftOf(draft);
  const answerOf = (answer: Answer): Answer => {
    const copy = copies.get(answer) ?? { ...answer, span: own(answer.span) };
    copies.set(answer, copy);
    return copy;
  };
  return {
    ...turn,
    span: own(turn.span),
    wait: own(turn.wait),
    compaction: own(turn.compaction),
    current: turn.current && answerOf(turn.current),
    answers: new Map([...turn.answers].map(([step, answer]) => [step, answerOf(answer)])),
  };
}

/** Something that the model is told. */
export function takeInput(turn: TracedTurn, at: number): void {
  turn.inputAt = at;
  turn.hasInput = true;
}

/** Something that the model said. Returns the call that is new by it. */
export function takeOutput(turn: TracedTurn, place: SpanPlace): SpanDraft | null {
  const answer = answerAt(turn, place.step);
  turn.hasInput = false;
  turn.current = answer;
  answer.until = Math.max(answer.until, place.at);
  answer.firstSeq ??= place.seq;
  if (turn.isLive && !turn.isHosted) return null;
  turn.isStepless ||= place.step === null;
  if (answer.span) {
    end(answer.span, answer);
    answer.span.itemSeq ??= answer.firstSeq;
    return null;
  }
  answer.span = modelDraft(answer, place);
  return answer.span;
}

/** A request that the log tells of without a span. Returns its call, and whether that is new. */
export function takeRequest(turn: TracedTurn, place: SpanPlace): { span: SpanDraft; isNew: boolean } {
  turn.isStepless ||= place.step === null;
  const named = place.step === null ? turn.current : turn.answers.get(place.step);
  if (named?.span && !named.hasRequest) {
    named.hasRequest = true;
    return { span: named.span, isNew: false };
  }
  // Another request of the same step begins where the one before ended.
  const since = named && !turn.hasInput ? Math.max(named.since, named.span?.finishedAt ?? named.since) : turn.inputAt;
  const answer: Answer = { since, until: place.at, firstSeq: null, span: null, hasRequest: true };
  answer.span = modelDraft(answer, place);
  if (!named) {
    turn.current = answer;
    turn.hasInput = false;
    if (place.step !== null) turn.answers.set(place.step, answer);
  }
  return { span: answer.span, isNew: true };
}

function answerAt(turn: TracedTurn, step: number | null): Answer {
  const known = step === null ? (turn.hasInput ? null : turn.current) : turn.answers.get(step);
  if (known) return known;
  const { inputAt } = turn;
  const answer: Answer = { since: inputAt, until: 0, firstSeq: null, span: null, hasRequest: false };
  if (step !== null) turn.answers.set(step, answer);
  return answer;
}

function modelDraft({ since, until, firstSeq }: Answer, place: SpanPlace): SpanDraft {
  const { turnId, step, seq } = place;
  const id = `model:${step === null ? seq : `${turnId ?? ''}:${step}`}`;
  const span = spanDraft(id, 'model', '', { ...place, at: since }, { inferred: true, itemSeq: firstSeq });
  end(span, { since, until });
  return span;
}

/** One that was written down together with what was asked tells nothing of its length. */
function end(span: SpanDraft, { since, until }: Pick<Answer, 'since' | 'until'>): void {
  span.status = 'ok';
  span.finishedAt = until > since ? until : null;
}
