/** Usage: one record per response in newer logs, the change of the running totals in older ones. Never both. */
import type { RequestIdentity, Sink, UsageDraft } from '../contract.js';
import { isObject, type JsonObject, objectAt, stringAt, tokensAt } from '../json.js';
import { ownerOfLine, replayedFrom } from './lineage.js';
import { type CodexState, type Place, rowBase } from './state.js';
import {
  type CountedTotals,
  type Figures,
  figuresOf,
  figuresText,
  growth,
  isZero,
  noteCounted,
  noteTotals,
  sameFigures,
  sumOf,
} from './totals.js';
import { beginStep, endStep, endUnmarkedTurn } from './turns.js';

/** A `token_usage_record`: exactly one per completed response that reported usage. */
export function readUsageRecord(state: CodexState, record: JsonObject, place: Place, out: Sink): void {
  const usage = objectAt(record, 'usage');
  const figures = figuresOf(usage);
  if (!figures) {
    out.problem('wrong_shape', 'usage record without figures');
    return;
  }
  const total = figuresOf(record['thread_token_usage']);
  const { attemptId, key } = countedEarlier(state, total, figures) ?? recordName(state, record, total, place);
  const claim = claimOf(state, stringAt(record, 'thread_id'), place);
  const model = stringAt(record, 'model') ?? state.model;
  const provider = stringAt(record, 'model_provider') ?? state.provider;
  emit(state, { attemptId, model, provider, usage, identity: { key, claim } }, place, out);
  state.totals.known = total ?? sumOf(state.totals.known, figures);
  state.recordedIn = { turnId: state.turn?.id ?? null };
  if (claim === 'own') claimTotals(state, 'thread_token_usage', record['thread_token_usage'], figures, place, out);
}

function recordName(state: CodexState, record: JsonObject, total: Figures | null, place: Place) {
  const named = stringAt(record, 'response_id');
  const attemptId = named ?? `record:${total ? figuresText(total) : place.hash()}`;
  return { attemptId, key: named ? `codex:${named}` : `codex:${state.sessionId}:${attemptId}` };
}

/** A fork's replay names the parent; elsewhere a foreign thread is a short-lived helper that has no log of its own. */
function claimOf(state: CodexState, threadId: string | undefined, place: Place): RequestIdentity['claim'] {
  const owner = threadId ?? ownerOfLine(state, place);
  if (owner === state.sessionId) return 'own';
  return owner !== null && state.lineage.parentId ? 'copy' : 'unknown';
}

/** The name under which running totals already counted this response, where they came before the record. */
function countedEarlier(state: CodexState, total: Figures | null, usage: Figures): CountedTotals | undefined {
  const inTurn = state.totals.counted.filter((each) => each.turnId === (state.turn?.id ?? null));
  const found = total ? state.totals.counted.find((each) => sameFigures(each.figures, total)) : inTurn.at(-1);
  return found && sameFigures(found.usage, usage) ? found : undefined;
}

/** A `token_count` event: the running totals, and what the last response added to them. */
export function readTokenCount(state: CodexState, event: JsonObject, place: Place, out: Sink): void {
  const info = event['info'];
  if (!isObject(info)) return;
  const figures = figuresOf(info['total_token_usage']);
  if (!figures) {
    out.problem('wrong_shape', 'token count without totals');
    return;
  }
  const usage = requestUsage(state.totals.known, info, figures);
  const stated = figuresOf(usage);
  const news = noteTotals(state.totals, figures, stated, place.at);
  if (!news || !stated || isZero(stated) || hasRecords(state, info)) return;
  countRequest(state, { figures, stated, usage, total: info['total_token_usage'] }, place, out);
}

/**
 * True where the same requests stand in usage records: the turn has one already, or the line is of a version that
 * writes them (its totals may be a parent's, whose records were not replayed with them).
 */
function hasRecords(state: CodexState, info: JsonObject): boolean {
  const inTurn = state.recordedIn !== null && state.recordedIn.turnId === (state.turn?.id ?? null);
  return inTurn || state.lineage.historyBase || 'last_usage_includes_reasoning' in info;
}

/** What the request used: as stated, or the growth of the totals where nothing usable is stated. */
function requestUsage(known: Figures | null, info: JsonObject, total: Figures): JsonObject {
  const last = objectAt(info, 'last_token_usage');
  const figures = figuresOf(last);
  if (figures && !isZero(figures)) return last;
  const whole = objectAt(info, 'total_token_usage');
  if (!known) return figures ? last : whole;
  return growth(known, total) ?? (figures ? last : whole);
}

interface Counted {
  figures: Figures;
  stated: Figures;
  usage: JsonObject;
  total: unknown;
}

function countRequest(state: CodexState, { figures, stated, usage, total }: Counted, place: Place, out: Sink): void {
  const { model, provider } = state;
  const attemptId = requestName(state, figures);
  const identity = identityOf(state, attemptId, place);
  if (!identity) return;
  emit(state, { attemptId, model, provider, usage, identity }, place, out);
  noteCounted(state.totals, { figures, usage: stated, turnId: state.turn?.id ?? null, attemptId, key: identity.key });
  if (identity.claim !== 'copy') claimTotals(state, 'token_count', total, stated, place, out);
  endUnmarkedTurn(state, place, out);
}

/** Names a request by the totals after it: they are replayed unchanged, the times are not. */
function requestName(state: CodexState, figures: Figures): string {
  return `${figuresText(figures)}${state.totals.epoch > 0 ? `#${state.totals.epoch}` : ''}`;
}

/**
 * Who counts a request that only running totals tell of. `null`: it is provably a parent's, and that parent's own
 * log names it otherwise (by its record), so that repeating it here could only count it twice.
 */
function identityOf(state: CodexState, request: string, place: Place): RequestIdentity | null {
  const owner = ownerOfLine(state, place);
  if (owner === state.sessionId) return { key: `codex:${owner}:${request}`, claim: 'own' };
  if (owner !== null) return state.lineage.writesRecords ? null : { key: `codex:${owner}:${request}`, claim: 'copy' };
  const key = `codex:${state.sessionId}:${request}`;
  const parentId = replayedFrom(state, place);
  return parentId ? { key, originKey: `codex:${parentId}:${request}`, claim: 'unknown' } : { key, claim: 'unknown' };
}

type Request = Pick<UsageDraft, 'attemptId' | 'model' | 'provider'> & { usage: JsonObject; identity: RequestIdentity };

/** Input includes what was read from and written to the cache; output includes reasoning. */
function emit(state: CodexState, { usage, identity, ...request }: Request, place: Place, out: Sink): void {
  const data: UsageDraft = { ...request, ...tokensOf(usage, out), final: true, raw: figuresIn(usage) };
  beginStep(state);
  out.row({ ...rowBase(state, place), key: `usage:${request.attemptId}`, kind: 'usage.recorded', data, identity });
  endStep(state);
}

/** The provider's own words, as far as they are figures. */
function figuresIn(usage: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(usage).filter(([, figure]) => figure === null || typeof figure === 'number'),
  );
}

function tokensOf(usage: JsonObject, out: Sink) {
  return {
    inputTokens: tokensAt(usage, 'input_tokens', out),
    outputTokens: tokensAt(usage, 'output_tokens', out),
    cacheReadTokens: tokensAt(usage, 'cached_input_tokens', out),
    cacheWriteTokens: tokensAt(usage, 'cache_write_input_tokens', out),
    cacheWrite1hTokens: null,
    reasoningTokens: tokensAt(usage, 'reasoning_output_tokens', out),
  };
}

/** The running total, kept to be compared. In a fork it may have begun at the parent's: the first own request tells. */
function claimTotals(state: CodexState, source: string, total: unknown, usage: Figures, place: Place, out: Sink): void {
  const figures = figuresOf(total);
  if (!figures || !isObject(total)) return;
  state.totals.inherits ??= state.lineage.parentId !== null && !sameFigures(figures, usage);
  const data = { source, includesInherited: state.totals.inherits, includesSubAgents: false, ...tokensOf(total, out) };
  out.row({ sessionId: state.sessionId, at: place.at, key: `claim:${source}`, kind: 'usage.claimed', data });
}
