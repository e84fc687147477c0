/** `usage` of pi's assistant messages. See README.md for what each number includes. */
import type { RequestIdentity, Sink, UsageDraft } from '../contract.js';
import { isObject, type JsonObject, jsonText, rawOf, stringAt, sumKnown, timeAt, tokensAt } from '../json.js';
import { shortHash } from '../text.js';
import type { EntryPlace, PiState } from './state.js';

/** The usage of one assistant message, or `null` where it carries none. */
export function usageOf(message: JsonObject, place: EntryPlace, out: Sink): UsageDraft | null {
  const usage = message['usage'];
  if (!isObject(usage)) return null;
  const figure = (key: string) => tokensAt(usage, key, out);
  const [input, output, cacheRead, written] = [
    figure('input'),
    figure('output'),
    figure('cacheRead'),
    figure('cacheWrite'),
  ];
  // pi writes 0 for what it was not told; a request without a prompt does not exist.
  const told = [input, output, cacheRead, written].some((count) => count !== null && count > 0);
  if (!told && !hasContent(message)) return null;
  const cacheWrite = written === 0 && !tellsCacheWrites(message) ? null : written;
  // Cut off: the output is what the stream's first event said, before anything was written.
  const cut = message['stopReason'] === 'error' || message['stopReason'] === 'aborted';
  const placeholder = told && cut && output !== null ? { outputPlaceholder: output } : {};
  const raw = rawOf(usage);
  return {
    attemptId: requestOf(message, place),
    model: stringAt(message, 'responseModel') ?? stringAt(message, 'model') ?? null,
    provider: stringAt(message, 'provider') ?? null,
    inputTokens: told ? sumKnown(input, cacheRead, cacheWrite) : null,
    outputTokens: told && !cut ? output : null,
    cacheReadTokens: told ? cacheRead : null,
    cacheWriteTokens: told ? cacheWrite : null,
    cacheWrite1hTokens: null,
    reasoningTokens: null,
    final: !cut,
    ...placeholder,
    ...(raw ? { raw } : {}),
  };
}

function hasContent(message: JsonObject): boolean {
  const { content } = message;
  return Array.isArray(content) ? content.length > 0 : typeof content === 'string' && content !== '';
}

/** Only these interfaces know of cache writes: a 0 of another one was never reported. */
function tellsCacheWrites(message: JsonObject): boolean {
  const api = stringAt(message, 'api');
  return api === undefined || api === 'anthropic-messages' || api === 'bedrock-converse-stream';
}

// Local servers number their responses anew at each start (`chatcmpl-123`).
const uniqueIdLengthMin = 20;

/**
 * Names the request by the provider's response id. Entry ids will not do: eight hex digits meet again in a large
 * archive, and the first file version has none until pi rewrites the file. A message is copied word for word.
 */
function requestOf(message: JsonObject, place: EntryPlace): string {
  const responseId = stringAt(message, 'responseId');
  const sentAt = timeAt(message, 'timestamp');
  if (responseId && responseId.length >= uniqueIdLengthMin) return responseId;
  if (responseId && sentAt !== null) return `${responseId}@${sentAt}`;
  return shortHash(`${jsonText(message)}${sentAt === null ? (place.at ?? place.id) : ''}`);
}

/** A message older than the session it stands in was copied into it, if the session is a copy at all. */
export function identityOf(state: PiState, attemptId: string, message: JsonObject): RequestIdentity {
  const key = `pi:${attemptId}`;
  const sentAt = timeAt(message, 'timestamp');
  if (sentAt === null || state.bornAt === null) return { key, claim: 'unknown' };
  if (sentAt >= state.bornAt) return { key, claim: 'own' };
  return { key, claim: state.forked ? 'copy' : 'unknown' };
}
