/** Usage of opencode's answers. See README.md for what each number means in which version. */
import type { RequestIdentity, Sink, UsageDraft } from '../contract.js';
import { type JsonObject, jsonText, objectAt, rawOf, shown, stringAt, sumKnown, timeAt, tokensAt } from '../json.js';
import type { MessageRecord, PartRecord } from './shelf.js';

export interface Request {
  /** 0 for the only request of a message; versions before 1.0 made several within one. */
  index: number;
  usage: UsageDraft;
  identity: RequestIdentity;
}

/** The requests that stand behind one assistant message and reported usage. */
export function requestsOf(
  message: MessageRecord,
  parts: PartRecord[],
  sessionCreated: number | null,
  out: Sink,
): Request[] {
  return tokensOfSteps(message, parts)
    .map((tokens, index) => ({ tokens, index }))
    .filter(({ tokens }) => isReported(tokens, message.data))
    .map(({ tokens, index }) => ({
      index,
      usage: usageOf(message, parts, tokens, index, out),
      identity: identityOf(message, tokens, index, sessionCreated),
    }));
}

/**
 * The message's own figures count. Its `step-finish` parts repeat them, and matter only where the message has none
 * (it was read between the two writes) or where it went through several requests and shows the last one alone.
 */
function tokensOfSteps(message: MessageRecord, parts: PartRecord[]): JsonObject[] {
  const own = objectAt(message.data, 'tokens');
  const steps = parts
    .filter((part) => part.data['type'] === 'step-finish')
    .map((part) => objectAt(part.data, 'tokens'));
  if (steps.length > 1) return steps;
  return [isEmpty(own) ? (steps[0] ?? own) : own];
}

/**
 * opencode writes zeros where nothing was reported. What gives it away is that the total is absent (1.18) or that
 * the answer never finished; 1.0 has no total at all, and no real request costs nothing.
 */
function isReported(tokens: JsonObject, message: JsonObject): boolean {
  return !isEmpty(tokens) || (typeof tokens['total'] === 'number' && stringAt(message, 'finish') !== undefined);
}

function isEmpty(tokens: JsonObject): boolean {
  const cache = objectAt(tokens, 'cache');
  return [tokens['input'], tokens['output'], tokens['reasoning'], cache['read'], cache['write']].every(
    (figure) => !figure,
  );
}

function usageOf(
  message: MessageRecord,
  parts: PartRecord[],
  tokens: JsonObject,
  index: number,
  out: Sink,
): UsageDraft {
  const cache = objectAt(tokens, 'cache');
  const uncached = tokensAt(tokens, 'input', out);
  const cacheRead = tokensAt(cache, 'read', out);
  const cacheWrite = tokensAt(cache, 'write', out);
  const reasoning = tokensAt(tokens, 'reasoning', out);
  const total = tokensAt(tokens, 'total', out);
  const output = tokensAt(tokens, 'output', out);
  const raw = rawOf(tokens);
  return {
    attemptId: index === 0 ? message.id : `${message.id}:${index}`,
    model: stringAt(message.data, 'modelID') ?? null,
    provider: stringAt(message.data, 'providerID') ?? null,
    inputTokens: uncached === null ? null : sumKnown(uncached, cacheRead, cacheWrite),
    outputTokens: wholeOutput(
      output,
      reasoning,
      total === null ? null : total - (sumKnown(uncached, cacheRead, cacheWrite) ?? 0),
    ),
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite1hTokens: null,
    reasoningTokens: reasoning === 0 && neverReportsReasoning(message.data, parts, cacheWrite) ? null : reasoning,
    final: stringAt(message.data, 'finish') !== undefined,
    ...(raw ? { raw } : {}),
  };
}

/**
 * Output with reasoning in it. Versions up to 1.0 (no total) kept the provider's figure, which includes reasoning;
 * newer ones take reasoning out. In between both were written, and the total tells which.
 */
function wholeOutput(output: number | null, reasoning: number | null, totalLessInput: number | null): number | null {
  if (output === null || reasoning === null) return output;
  const included = reasoning <= output && (totalLessInput === null || totalLessInput === output);
  return included ? output : output + reasoning;
}

/**
 * opencode writes 0 where the provider gives no count of its thinking. Anthropic's models (the only ones with cache
 * writes) give none, and an answer that shows thinking cannot have used 0 for it.
 */
function neverReportsReasoning(message: JsonObject, parts: PartRecord[], cacheWrite: number | null): boolean {
  const names = `${stringAt(message, 'providerID') ?? ''} ${stringAt(message, 'modelID') ?? ''}`;
  if (/anthropic|claude/i.test(names) || (cacheWrite ?? 0) > 0) return true;
  return parts.some((part) => part.data['type'] === 'reasoning' && stringAt(part.data, 'text') !== undefined);
}

/**
 * A fork copies messages under new ids, so ids name nothing. The moment of creation, the model and the figures are
 * copied unchanged; the moment of completion is left out, because it is written after the figures.
 */
function identityOf(
  message: MessageRecord,
  tokens: JsonObject,
  index: number,
  sessionCreated: number | null,
): RequestIdentity {
  const cache = objectAt(tokens, 'cache');
  const created = timeAt(objectAt(message.data, 'time'), 'created');
  const figures = [tokens['input'], tokens['output'], tokens['reasoning'], cache['read'], cache['write']].map(shown);
  const names = [stringAt(message.data, 'providerID') ?? '', stringAt(message.data, 'modelID') ?? ''];
  // Without a time two requests of the same size could not be told apart: then only the id names it.
  const moment = created === null ? message.id : String(created);
  return {
    key: ['opencode', moment, ...names, figures.join('.'), ...(index === 0 ? [] : [String(index)])].join(':'),
    claim: created === null || sessionCreated === null ? 'unknown' : created < sessionCreated ? 'copy' : 'own',
  };
}

/** The session's running totals: never summed. In a fork they go on from the copied history. */
export function claimOf(totals: JsonObject, includesInherited: boolean, out: Sink) {
  if (Object.values(totals).every((figure) => !figure)) return null;
  const cacheReadTokens = tokensAt(totals, 'cacheRead', out);
  const cacheWriteTokens = tokensAt(totals, 'cacheWrite', out);
  return {
    source: 'session.tokens',
    includesInherited,
    includesSubAgents: false,
    inputTokens: sumKnown(tokensAt(totals, 'input', out), cacheReadTokens, cacheWriteTokens),
    outputTokens: sumKnown(tokensAt(totals, 'output', out), tokensAt(totals, 'reasoning', out)),
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: null,
    reasoningTokens: tokensAt(totals, 'reasoning', out),
  };
}

/** True where a message is older than its session: it was copied from another one. */
export function isCopied(data: JsonObject, sessionCreated: number | null): boolean {
  const created = timeAt(objectAt(data, 'time'), 'created');
  return created !== null && sessionCreated !== null && created < sessionCreated;
}

/** Do two messages hold the same answer? Everything that a fork leaves unchanged is compared. */
export function isSameMessage(one: JsonObject, other: JsonObject): boolean {
  return (
    one['role'] === other['role'] && one['modelID'] === other['modelID'] && figuresText(one) === figuresText(other)
  );
}

function figuresText(data: JsonObject): string {
  const time = objectAt(data, 'time');
  return jsonText([data['tokens'] ?? null, time['created'], time['completed']]);
}
