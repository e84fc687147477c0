/** A stored session, with all that it started, as OTLP spans. */
import { itemPages, type PriceTable, type StoreReader, Traces } from '@taffrail/store';
import type { TraceSpan } from '@taffrail/wire';
import { type OtlpSpan, otlpRequest, otlpSpan, spanIdOf, type TracePlace, traceIdOf } from './otlp.js';
import type { SpanContent } from './otlp-attributes.js';

const spansPerPage = 1000;

export interface StoredArchive {
  queries: StoreReader['queries'];
  prices: PriceTable;
}

/** In pieces, so that a long session need not be one. @throws Error where there is no such session. */
export async function* storedSpans(
  archive: StoredArchive,
  sessionId: string,
  options: { content: boolean },
): AsyncGenerator<OtlpSpan[]> {
  const { spans, sessions } = await new Traces(archive.queries, archive.prices).whole(sessionId);
  const places = placesOf(spans);
  for (const session of sessions) {
    const own = spans.filter((span) => span.sessionId === session.id);
    const contents = options.content ? await contentsOf(archive, session.id) : null;
    for (let from = 0; from < own.length; from += spansPerPage) {
      const page = own.slice(from, from + spansPerPage);
      yield page.flatMap((span) => otlpSpan(span, session, places(span), contents ? contents(span) : null) ?? []);
    }
  }
}

/** The same as one JSON document, in pieces. */
export async function* otlpDocument(
  archive: StoredArchive,
  sessionId: string,
  options: { content: boolean },
): AsyncGenerator<string> {
  const empty = JSON.stringify(otlpRequest([]));
  const at = empty.lastIndexOf('[]') + 1;
  yield empty.slice(0, at);
  let lead = '';
  for await (const spans of storedSpans(archive, sessionId, options)) {
    if (spans.length === 0) continue;
    yield `${lead}${spans.map((span) => JSON.stringify(span)).join(',')}`;
    lead = ',';
  }
  yield `${empty.slice(at)}\n`;
}

// A chain of sessions that is longer than this is a loop in broken logs.
const depthMax = 64;

/** The trace of a sub-agent's span is that of the turn which began it all. */
export function placesOf(spans: readonly TraceSpan[]): (span: TraceSpan) => TracePlace {
  const starters = new Map<string, TraceSpan>();
  for (const span of spans)
    if (
      span.childSessionId !== null &&
      span.kind !== 'permission' &&
      (span.kind === 'agent' || !starters.has(span.childSessionId))
    )
      starters.set(span.childSessionId, span);
  return (span) => {
    const starter = starters.get(span.sessionId);
    let root = span;
    for (let depth = 0; depth < depthMax; depth += 1) {
      const above = starters.get(root.sessionId);
      if (!above) break;
      root = above;
    }
    return { traceId: traceIdOf(root.sessionId, root.turnId), parentSpanId: starter ? spanIdOf(starter) : null };
  };
}

/** What was said, by call and by step. */
async function contentsOf({ queries }: StoredArchive, sessionId: string): Promise<(span: TraceSpan) => SpanContent> {
  const session = await queries.selectFrom('sessions').select('num').where('id', '=', sessionId).executeTakeFirst();
  const calls = new Map<string, SpanContent>();
  const answers = new Map<string, string>();
  for await (const page of itemPages(queries, session?.num ?? 0, { whole: false })) {
    for (const { item, turnId, step } of page) {
      if (item.type === 'tool_call') calls.set(item.callId, { ...calls.get(item.callId), input: item.text });
      else if (item.type === 'tool_result') calls.set(item.callId, { ...calls.get(item.callId), output: item.text });
      else if (item.type === 'message' && item.author === 'model') {
        const name = `${turnId}\n${step}`;
        answers.set(name, [answers.get(name), item.text].filter(Boolean).join('\n\n'));
      }
    }
  }
  return (span) => {
    if (span.callId !== null) return calls.get(span.callId) ?? {};
    const output = span.discarded ? undefined : answers.get(`${span.turnId}\n${span.step}`);
    return output === undefined ? {} : { output };
  };
}
