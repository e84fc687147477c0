/** All spans of a log at once. */
import type { Row, TraceSpan } from '@taffrail/wire';
import { SpanLog } from './span-log.js';
import { traceRowFrom } from './trace-row.js';

export function spansOf(sessionId: string, rows: Iterable<Row>): TraceSpan[] {
  const log = new SpanLog(sessionId);
  for (const row of rows) {
    const traced = traceRowFrom(row);
    if (traced) log.take(traced);
  }
  return log.slice(0, log.length, true);
}
