/**
 * A request's figures, which Qwen Code logs twice: in a telemetry line of the session's main file (also for
 * sub-agents and hidden helpers) and in the answer's own line. Both name the request alike, so that it is one
 * whichever of them a log has, in whatever order: see README.md.
 */
import type { RequestIdentity, Sink, UsageDraft } from '../contract.js';
import { outputOf } from '../gemini/usage.js';
import { type JsonObject, rawOf, tokensAt } from '../json.js';
import { isCopy } from './place.js';

export interface Figures {
  input: number | null;
  output: number | null;
  cached: number | null;
  thoughts: number | null;
  raw: JsonObject | undefined;
}

/** What an answer's line says. */
export function figuresOfAnswer(metadata: JsonObject, out: Sink): Figures {
  const figure = (key: string) => tokensAt(metadata, key, out);
  return figures(
    [figure('promptTokenCount'), figure('candidatesTokenCount'), figure('cachedContentTokenCount')],
    [figure('thoughtsTokenCount'), figure('totalTokenCount')],
    rawOf(metadata),
  );
}

/** What a telemetry line says. It writes 0 for what nobody reported. */
export function figuresOfEvent(event: JsonObject, out: Sink): Figures {
  const figure = (key: string) => tokensAt(event, key, out);
  const { response_text: _text, ...raw } = event;
  return figures(
    [figure('input_token_count'), figure('output_token_count'), figure('cached_content_token_count')],
    [figure('thoughts_token_count'), figure('total_token_count')],
    rawOf(raw),
  );
}

type Count = number | null;

function figures(
  [input, output, cached]: [Count, Count, Count],
  [thoughts, total]: [Count, Count],
  raw: JsonObject | undefined,
): Figures {
  // A request without a prompt does not exist: all zeros are a response that reported no usage.
  if (![input, output, cached, thoughts].some((count) => count !== null && count > 0))
    return { input: null, output: null, cached: null, thoughts: null, raw };
  return { input, output: outputOf(input, output, thoughts, total), cached, thoughts, raw };
}

/** The figures as a name: equal in the telemetry line and the answer's line of one request. */
export function nameOf({ input, output, cached, thoughts }: Figures): string {
  return [input, output, cached, thoughts].map((count) => count ?? 0).join('/');
}

export function draftOf(
  attemptId: string,
  model: string | null,
  { input, output, cached, thoughts, raw }: Figures,
): UsageDraft {
  return {
    attemptId,
    model,
    provider: null,
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: cached,
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: thoughts,
    final: true,
    ...(raw ? { raw } : {}),
  };
}

/** A fork marks every line that it copies. */
export function identityOf(attemptId: string, line: JsonObject): RequestIdentity {
  return { key: `qwen:${attemptId}`, claim: isCopy(line) ? 'copy' : 'own' };
}
