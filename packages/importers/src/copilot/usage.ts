/** Usage of Copilot CLI: one record per request, and the program's own totals when it ends. See README.md. */
import type { RequestIdentity, Sink, UsageDraft } from '../contract.js';
import { isObject, type JsonObject, objectAt, stringAt, sumKnown, tokensAt } from '../json.js';
import { type CopilotState, type Place, rowBase, type Thread } from './state.js';

/** `session.usage_record`. A response without usage leaves the figures out: then nothing was reported. */
export function readUsageRecord(state: CopilotState, thread: Thread, data: JsonObject, place: Place, out: Sink): void {
  const usage = objectAt(data, 'usage');
  state.hasRecords = true;
  if (!('inputTokens' in usage) && !('outputTokens' in usage)) return;
  const accounting = objectAt(usage, 'accounting');
  const attemptId = stringAt(accounting, 'usageId') ?? stringAt(usage, 'apiCallId') ?? place.eventId;
  const draft = {
    attemptId,
    model: stringAt(usage, 'model') ?? thread.model,
    provider: providerOf(usage),
    ...tokensOf(usage, out),
    final: true,
    raw: rawOf(usage),
  };
  emit(thread, draft, claimOf(state, accounting, place), place, out);
}

/**
 * A session is accounted under its own id; a sub-agent under an id that nothing else in the log names. A main
 * conversation accounted under another session's id was copied from there.
 */
function claimOf(state: CopilotState, accounting: JsonObject, place: Place): RequestIdentity['claim'] {
  const source = stringAt(accounting, 'sourceSessionId');
  if (source === undefined || place.sessionId !== state.sessionId) return 'unknown';
  return source === state.sessionId ? 'own' : 'copy';
}

/** Who answered: the named provider, else the kind of interface it speaks. */
function providerOf(usage: JsonObject): string | null {
  const named = stringAt(usage, 'modelProvider');
  return (named === 'other' ? undefined : named) ?? stringAt(usage, 'providerType') ?? null;
}

/** The program's figures without its telemetry. */
function rawOf(usage: JsonObject): JsonObject {
  const told = Object.entries(usage).filter(
    ([key]) => /Tokens$/.test(key) || key === 'finishReason' || key === 'initiator',
  );
  return Object.fromEntries(
    told.filter(([, value]) => value === null || typeof value === 'number' || typeof value === 'string'),
  );
}

/** Input includes cache reads and writes; output includes reasoning. */
function tokensOf(usage: JsonObject, out: Sink) {
  return {
    inputTokens: tokensAt(usage, 'inputTokens', out),
    outputTokens: tokensAt(usage, 'outputTokens', out),
    cacheReadTokens: tokensAt(usage, 'cacheReadTokens', out),
    cacheWriteTokens: tokensAt(usage, 'cacheWriteTokens', out),
    cacheWrite1hTokens: null,
    reasoningTokens: tokensAt(usage, 'reasoningTokens', out),
  };
}

function emit(thread: Thread, data: UsageDraft, claim: RequestIdentity['claim'], place: Place, out: Sink): void {
  const identity = { key: `copilot:${data.attemptId}`, claim };
  out.row({ ...rowBase(thread, place), key: `usage:${data.attemptId}`, kind: 'usage.recorded', data, identity });
}

/** Versions before usage records state a message's output, and nothing else of its request. */
export function readMessageOutput(
  state: CopilotState,
  thread: Thread,
  data: JsonObject,
  place: Place,
  out: Sink,
): void {
  if (state.hasRecords || !('outputTokens' in data)) return;
  const attemptId = stringAt(data, 'apiCallId') ?? stringAt(data, 'messageId') ?? place.eventId;
  const draft = {
    attemptId,
    model: stringAt(data, 'model') ?? thread.model,
    provider: null,
    ...tokensOf({ outputTokens: data['outputTokens'] }, out),
    final: true,
  };
  emit(thread, draft, 'unknown', place, out);
}

/** The request that made a compaction's summary, in versions that record it nowhere else. */
export function readCompactionUsage(
  state: CopilotState,
  thread: Thread,
  data: JsonObject,
  place: Place,
  out: Sink,
): void {
  const used = data['compactionTokensUsed'];
  if (state.hasRecords || !isObject(used)) return;
  const usage =
    'input' in used
      ? { inputTokens: used['input'], outputTokens: used['output'], cacheReadTokens: used['cachedInput'] }
      : used;
  const draft = {
    attemptId: `compaction:${place.eventId}`,
    model: stringAt(used, 'model') ?? thread.model,
    provider: null,
    ...tokensOf(usage, out),
    final: true,
    raw: rawOf(used),
  };
  emit(thread, draft, 'unknown', place, out);
}

/** `session.shutdown`: totals since the session's first start, apart for the main conversation and each sub-agent. */
export function readTotals(state: CopilotState, data: JsonObject, place: Place, out: Sink): void {
  const agents = Object.entries(objectAt(data, 'agentMetrics')).filter(([, metrics]) => isObject(metrics));
  if (agents.length === 0) claim(state.sessionId, data, place, out);
  for (const [agent, metrics] of agents) {
    claim(agent === 'main' ? state.sessionId : `${state.sessionId}.${agent}`, metrics as JsonObject, place, out);
  }
}

function claim(sessionId: string, metrics: JsonObject, place: Place, out: Sink): void {
  const models = Object.values(objectAt(metrics, 'modelMetrics'))
    .filter(isObject)
    .map((model) => tokensOf(objectAt(model, 'usage'), out));
  if (models.length === 0) return;
  const sum = (field: keyof (typeof models)[number]) => sumKnown(...models.map((model) => model[field]));
  const data = {
    source: 'shutdown',
    includesInherited: false,
    includesSubAgents: true,
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    cacheReadTokens: sum('cacheReadTokens'),
    cacheWriteTokens: sum('cacheWriteTokens'),
    cacheWrite1hTokens: null,
    reasoningTokens: sum('reasoningTokens'),
  };
  out.row({ sessionId, at: place.at, key: 'claim:shutdown', kind: 'usage.claimed', data });
}
