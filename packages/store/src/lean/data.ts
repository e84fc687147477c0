/**
 * The data of rows as they are stored. A session is its text; what stands round it in every turn would be half as much
 * again in full words. Nothing but the store knows these forms: digests are over, and readers are given, the full ones.
 */
import type { NewRow } from '@taffrail/session';
import type { CheckpointRow, SpanEnd, SpanStart, UsageRecord } from '@taffrail/wire';
import { fullCheckpoint, leanCheckpoint } from './checkpoint.js';
import type { LeanPlace } from './place.js';
import { fullSpanEnd, fullSpanStart, leanSpanEnd, leanSpanStart } from './spans.js';
import { fullTurnEnd, leanTurnEnd } from './turn-end.js';
import { fullUsage } from './usage.js';

/** `null`: stored as it is told. Usage rows have their own way, with the provider's record as the text that it is. */
export function leanData(row: NewRow, place: LeanPlace): object | null {
  switch (row.kind) {
    case 'span.started':
      return leanSpanStart(row.data, place);
    case 'span.finished':
      return leanSpanEnd(row.data, place);
    case 'turn.completed':
      return leanTurnEnd(row.data, place);
    case 'checkpoint.made':
      return leanCheckpoint(row.data, place);
    default:
      return null;
  }
}

/** What a row of this kind said, from its data as it is stored. */
export function fullData(kind: string, stored: object, place: LeanPlace): object {
  switch (kind) {
    case 'usage.recorded':
      return fullUsage(stored as UsageRecord, place);
    case 'span.started':
      return fullSpanStart(stored as SpanStart, place);
    case 'span.finished':
      return fullSpanEnd(stored as SpanEnd, place);
    case 'turn.completed':
      return fullTurnEnd(stored as { outcome: 'complete' }, place);
    case 'checkpoint.made':
      return fullCheckpoint(stored as CheckpointRow, place);
    default:
      return stored;
  }
}
