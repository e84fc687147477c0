/** `tokens` of Gemini CLI's model messages. See README.md for what each number includes. */
import type { RequestIdentity, Sink, UsageDraft } from '../contract.js';
import { isObject, type JsonObject, stringAt, tokensAt } from '../json.js';

/** The usage of one model message, or `null` where it carries none. */
export function usageOf(message: JsonObject, id: string, out: Sink): UsageDraft | null {
  const tokens = message['tokens'];
  if (!isObject(tokens)) return null;
  const figure = (key: string) => tokensAt(tokens, key, out);
  const [input, output, cached, thoughts] = [figure('input'), figure('output'), figure('cached'), figure('thoughts')];
  // The program writes 0 for every figure it was not told; a request without a prompt does not exist.
  const told = [input, output, cached, thoughts].some((count) => count !== null && count > 0);
  return {
    attemptId: id,
    model: stringAt(message, 'model') ?? null,
    provider: 'google',
    inputTokens: told ? input : null,
    outputTokens: told && output !== null ? output + (thoughts ?? 0) : null,
    cacheReadTokens: told ? cached : null,
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: told ? thoughts : null,
    final: true,
    raw: tokens,
  };
}

/** The log has no response id; a message keeps its id through rewriting, resuming and `--session-file`. */
export function identityOf(id: string, at: number | null, bornAt: number | null): RequestIdentity {
  const key = `gemini:${id}`;
  if (at === null || bornAt === null) return { key, claim: 'unknown' };
  return { key, claim: at < bornAt ? 'copy' : 'own' };
}
