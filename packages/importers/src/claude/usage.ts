/** Usage of Claude Code's assistant lines. See README.md for what each number means and which copies exist. */
import type { RequestIdentity, Sink, UsageDraft } from '../contract.js';
import { booleanAt, isObject, type JsonObject, objectAt, rawOf, stringAt, sumKnown, tokensAt } from '../json.js';
import type { ClaudeState, OpenMessage } from './state.js';

// What a stream's first event reports as output before anything was written. Larger figures are usually real.
const placeholderMax = 8;
// Nobody writes more than this many characters to a token; a longer text with fewer tokens was not counted.
const charactersPerTokenMax = 6;
// Not even runs of blanks are longer.
const charactersPerTokenEver = 24;

/** The usage of one assistant line, or `null` where it carries none. */
export function usageOf(line: JsonObject, message: JsonObject, open: OpenMessage, out: Sink): UsageDraft | null {
  const usage = message['usage'];
  if (!isObject(usage)) return null;
  const cacheRead = tokensAt(usage, 'cache_read_input_tokens', out);
  const cacheWrite = cacheWriteOf(usage, out);
  const output = tokensAt(usage, 'output_tokens', out);
  const placeholder = output !== null && isPlaceholder(line, open, output);
  const raw = rawOf(usage);
  return {
    attemptId: open.id,
    model: stringAt(message, 'model') ?? null,
    provider: 'anthropic',
    inputTokens: sumKnown(tokensAt(usage, 'input_tokens', out), cacheRead, cacheWrite),
    outputTokens: placeholder ? null : output,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite1hTokens: tokensAt(objectAt(usage, 'cache_creation'), 'ephemeral_1h_input_tokens', out),
    reasoningTokens: tokensAt(objectAt(usage, 'output_tokens_details'), 'thinking_tokens', out),
    final: open.finished,
    ...(placeholder ? { outputPlaceholder: output } : {}),
    ...(raw ? { raw } : {}),
  };
}

/** All cache writes: their sum where the log gives it, else the 5-minute and 1-hour parts. */
function cacheWriteOf(usage: JsonObject, out: Sink): number | null {
  const total = tokensAt(usage, 'cache_creation_input_tokens', out);
  if (total !== null) return total;
  const parts = objectAt(usage, 'cache_creation');
  return sumKnown(tokensAt(parts, 'ephemeral_5m_input_tokens', out), tokensAt(parts, 'ephemeral_1h_input_tokens', out));
}

/**
 * A message that never finished keeps the figure of the stream's first event. It says so itself when it was
 * aborted. Old versions give no mark, nor do they mark all messages that did finish; but a handful of tokens holds
 * no tool call, no message ends in its thinking, and no text is longer than its tokens.
 */
function isPlaceholder(line: JsonObject, open: OpenMessage, output: number): boolean {
  if (booleanAt(line, 'isAbortedMidStream')) return true;
  if (open.finished) return false;
  if (output > placeholderMax) return open.contentLength > output * charactersPerTokenEver;
  return open.lastBlock !== 'text' || open.contentLength > output * charactersPerTokenMax;
}

/**
 * The request is named by its message id alone: forks drop the request id and retries change it. A line that
 * was copied from another session says so (newer logs), or is older than the file it stands in. A sub-agent's
 * line may replay the main conversation's (a side question), never the other way round.
 */
export function identityOf(
  state: ClaudeState,
  line: JsonObject,
  open: OpenMessage,
  at: number | null,
): RequestIdentity {
  const origin = stringAt(line, 'requestSessionId');
  const own = stringAt(line, 'sessionId') ?? state.fileSession;
  const copied =
    (origin !== undefined && origin !== own) || (at !== null && state.bornAt !== null && at < state.bornAt);
  const side = state.fileAgent !== null || booleanAt(line, 'isSidechain');
  return { key: `claude:${open.id}`, claim: copied ? 'copy' : side ? 'unknown' : 'own' };
}

/** The running total that the program writes at its end; it also counts requests that no line records. */
export function claimOf(line: JsonObject, out: Sink) {
  const models = Object.values(objectAt(line, 'modelUsage')).filter(isObject);
  const sum = (key: string) => sumKnown(...models.map((model) => tokensAt(model, key, out)));
  const cacheReadTokens = sum('cacheReadInputTokens');
  const cacheWriteTokens = sum('cacheCreationInputTokens');
  return {
    source: 'cost-state',
    includesInherited: true,
    includesSubAgents: true,
    inputTokens: sumKnown(sum('inputTokens'), cacheReadTokens, cacheWriteTokens),
    outputTokens: sum('outputTokens'),
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: sum('cacheCreationEphemeral1hInputTokens'),
    reasoningTokens: sum('thinkingTokens'),
  };
}
