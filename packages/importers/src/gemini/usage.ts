/** `tokens` of Gemini CLI's model messages. See README.md for what each number includes. */
import type { RequestIdentity, Sink, UsageDraft } from '../contract.js';
import { isObject, type JsonObject, rawOf, stringAt, tokensAt } from '../json.js';
import type { GeminiState } from './state.js';

/** The usage of one model message, or `null` where it carries none. */
export function usageOf(state: GeminiState, message: JsonObject, id: string, out: Sink): UsageDraft | null {
  const tokens = message['tokens'];
  if (!isObject(tokens)) return null;
  const figure = (key: string) => tokensAt(tokens, key, out);
  const [input, cached, thoughts] = [figure('input'), figure('cached'), figure('thoughts')];
  const output = outputOf(input, figure('output'), thoughts, figure('total'));
  // The program writes 0 for every figure it was not told; a request without a prompt does not exist.
  const told = [input, output, cached].some((count) => count !== null && count > 0);
  const raw = rawOf(tokens);
  return {
    attemptId: id,
    model: stringAt(message, 'model') ?? null,
    provider: state.agent === 'gemini' ? 'google' : null,
    inputTokens: told ? input : null,
    outputTokens: told ? output : null,
    cacheReadTokens: told ? cached : null,
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: told ? thoughts : null,
    final: true,
    ...(raw ? { raw } : {}),
  };
}

/**
 * Google counts thoughts beside the output, OpenAI's kind of provider inside it, under the same names: the total
 * tells which. Without a total Google's meaning holds.
 */
export function outputOf(
  input: number | null,
  output: number | null,
  thoughts: number | null,
  total: number | null,
): number | null {
  if (output === null || thoughts === null || thoughts === 0) return output;
  const inside = total !== null && input !== null && total === input + output;
  return inside ? output : output + thoughts;
}

/** The log has no response id; a message keeps its id through rewriting, resuming and `--session-file`. */
export function identityOf(state: GeminiState, id: string, at: number | null): RequestIdentity {
  const key = `${state.agent}:${id}`;
  if (at === null || state.bornAt === null) return { key, claim: 'unknown' };
  return { key, claim: at < state.bornAt ? 'copy' : 'own' };
}
