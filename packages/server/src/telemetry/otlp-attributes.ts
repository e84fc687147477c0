/** What is told of a span: names, sizes, figures. What was said and done only where it was asked for. */
import type { TraceSession, TraceSpan, TraceUsage } from '@taffrail/wire';

export interface Attribute {
  key: string;
  value: { stringValue: string } | { intValue: string } | { boolValue: boolean };
}

export interface SpanContent {
  /** A call's arguments and its result; what a model answered. */
  input?: string;
  output?: string;
}

type Value = string | number | boolean | null | undefined;

/** Their names where they differ from ours. */
const providerNames: Readonly<Record<string, string>> = { google: 'gcp.gemini' };

export function attributesOf(span: TraceSpan, session: TraceSession, content: SpanContent | null): Attribute[] {
  const values: Record<string, Value> = {
    'gen_ai.conversation.id': span.sessionId,
    ...namesOf(span, session),
    ...(span.usage ? usageOf(span.usage) : {}),
    'error.type': errorOf(span),
    'http.response.status_code': span.discarded?.httpStatus,
    'taffrail.turn.id': span.turnId,
    'taffrail.step': span.step,
    'taffrail.status': span.status,
    'taffrail.key': span.keyId,
    'taffrail.decision': span.decision,
    'taffrail.first_content_ms': span.firstContentMs,
    'taffrail.retry_after_ms': span.discarded?.retryAfterMs,
    'taffrail.input_bytes': span.inputBytes,
    'taffrail.output_bytes': span.outputBytes,
    'taffrail.inferred': span.inferred || null,
    // OTLP has no span without an end.
    'taffrail.end_unknown': span.finishedAt === null || null,
    ...(content ? contentOf(span, session, content) : {}),
  };
  return Object.entries(values).flatMap(([key, value]) => attribute(key, value));
}

function namesOf(span: TraceSpan, session: TraceSession): Record<string, Value> {
  switch (span.kind) {
    case 'turn':
      return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': session.agent };
    case 'agent':
      return {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': span.name,
        'gen_ai.tool.call.id': span.callId,
        'taffrail.child_session.id': span.childSessionId,
      };
    case 'model':
      return {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': span.usage?.provider && (providerNames[span.usage.provider] ?? span.usage.provider),
        'gen_ai.request.model': span.name,
        'gen_ai.response.model': span.usage?.model,
      };
    case 'tool':
      return {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': span.name,
        'gen_ai.tool.call.id': span.callId,
      };
    case 'permission':
      return { 'gen_ai.tool.name': span.name, 'gen_ai.tool.call.id': span.callId };
    default:
      return {};
  }
}

/** What a copy took is told by the session that it was copied from: nothing is counted twice. */
function usageOf({ inheritedFrom, ...usage }: TraceUsage): Record<string, Value> {
  if (inheritedFrom !== null) return { 'taffrail.inherited_from': inheritedFrom };
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': usage.cacheWriteTokens,
    'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens,
    'taffrail.cost.microdollars': usage.costMicros,
  };
}

function errorOf({ status, discarded, kind }: TraceSpan): string | null {
  if (discarded) return discarded.reason;
  if (status === 'error') return kind === 'tool' ? 'tool_error' : '_OTHER';
  return status === 'interrupted' || status === 'cancelled' ? status : null;
}

function contentOf(span: TraceSpan, session: TraceSession, { input, output }: SpanContent): Record<string, Value> {
  const isCall = span.kind === 'tool' || span.kind === 'agent';
  return {
    'taffrail.session.title': span.kind === 'turn' ? session.title : null,
    'taffrail.subject': span.kind === 'check' ? span.name : span.subject,
    ...(isCall ? { 'gen_ai.tool.call.arguments': input, 'gen_ai.tool.call.result': output } : {}),
    ...(span.kind === 'model' && output !== undefined ? { 'gen_ai.output.messages': answerOf(output) } : {}),
  };
}

function answerOf(text: string): string {
  return JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: text }] }]);
}

/** What is unknown is left out. */
function attribute(key: string, value: Value): Attribute[] {
  if (value === null || value === undefined || value === '') return [];
  if (typeof value === 'boolean') return [{ key, value: { boolValue: value } }];
  return [{ key, value: typeof value === 'number' ? { intValue: String(Math.round(value)) } : { stringValue: value } }];
}
