/** Span rows as they are stored: the span's id stands in the row's key, and its parent is mostly the turn. */
import type { SpanEnd, SpanStart } from '@taffrail/wire';
import { idIn, type LeanPlace } from './place.js';

/** `true`: the same as the span's id. */
type Named<Id> = Id | true;
type LeanSpanStart = Omit<SpanStart, 'spanId' | 'parentId' | 'callId' | 'attemptId'> & {
  spanId?: string;
  /** The row's turn where it is not said. */
  parentId?: string | null;
  callId?: Named<string>;
  attemptId?: Named<string>;
};
type LeanSpanEnd = Omit<SpanEnd, 'spanId'> & { spanId?: string };

export function leanSpanStart({ spanId, parentId, callId, attemptId, ...said }: SpanStart, place: LeanPlace) {
  const isNamed = idIn(place.key, 'span:') === spanId;
  const named = (id: string): Named<string> => (id === spanId ? true : id);
  const lean: LeanSpanStart = {
    ...(isNamed ? {} : { spanId }),
    ...(parentId === place.turnId ? {} : { parentId }),
    ...said,
    ...(callId === undefined ? {} : { callId: named(callId) }),
    ...(attemptId === undefined ? {} : { attemptId: named(attemptId) }),
  };
  return lean;
}

/** What the row said. Rows of before stand in full already. */
export function fullSpanStart(stored: LeanSpanStart, { key, turnId }: LeanPlace): SpanStart {
  const { spanId = idIn(key, 'span:') ?? '', parentId = turnId, callId, attemptId, ...said } = stored;
  const full = (id: Named<string>): string => (id === true ? spanId : id);
  return {
    spanId,
    parentId,
    ...said,
    ...(callId === undefined ? {} : { callId: full(callId) }),
    ...(attemptId === undefined ? {} : { attemptId: full(attemptId) }),
  };
}

export function leanSpanEnd({ spanId, ...said }: SpanEnd, { key }: LeanPlace): LeanSpanEnd {
  return idIn(key, 'span:', ':end') === spanId ? said : { spanId, ...said };
}

/** What the row said. Rows of before stand in full already. */
export function fullSpanEnd(stored: LeanSpanEnd, { key }: LeanPlace): SpanEnd {
  return { spanId: idIn(key, 'span:', ':end') ?? '', ...stored };
}
