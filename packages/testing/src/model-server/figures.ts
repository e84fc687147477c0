/** Usage on its way out: what a reply says, and how much of it is told at which place of a stream. */
import { type TokenCounts, type TokenField, tokenFields } from '@taffrail/wire';
import type { Part, Reply, UsageAt } from './reply.js';
import { rawInputOf } from './wire-format.js';

export const untold: TokenCounts = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
};

/** What is told at the start, amid (given the share of the answer that was sent) and at the end; null: nothing. */
interface Telling {
  start: TokenCounts | null;
  amid(share: number): TokenCounts | null;
  end: TokenCounts | null;
}

/** When a reply's figures are told; `usual` is the provider's way. */
export function telling(reply: Reply, usual: UsageAt): Telling {
  const whole = figuresOf(reply);
  const at = reply.usageAt ?? usual;
  if (whole === null) return { start: null, amid: () => null, end: null };
  const soFar = (share: number): TokenCounts => ({
    ...whole,
    outputTokens: portion(whole.outputTokens, share),
    reasoningTokens: portion(whole.reasoningTokens, share),
  });
  const begun: TokenCounts = { ...whole, outputTokens: portion(whole.outputTokens, 0), reasoningTokens: null };
  const starts: Record<UsageAt, TokenCounts | null> = {
    start: whole,
    end: null,
    both: whole,
    placeholder: begun,
    repeated: whole,
    growing: begun,
  };
  const amid = (share: number) => (at === 'repeated' ? whole : at === 'growing' ? soFar(share) : null);
  return { start: starts[at], amid, end: at === 'start' ? null : whole };
}

/** A share of a figure: 1 at least, as the placeholder has it, so that it never shrinks. */
function portion(figure: number | null, share: number): number | null {
  return figure === null ? null : Math.max(Math.min(figure, 1), Math.floor(figure * Math.min(share, 1)));
}

/** The reply's figures, `null` where it has none; null if it tells nothing at all. */
export function figuresOf(reply: Reply): TokenCounts | null {
  return reply.usage ? later(untold, reply.usage) : null;
}

const charactersPerToken = 4;

/** The reply with figures: its own, or an estimate from the lengths of what was asked and is answered. */
export function withFigures(reply: Reply, askedCharacters: number): Reply {
  if (reply.usage !== undefined) return reply;
  const tokens = (characters: number) => Math.ceil(characters / charactersPerToken);
  return { ...reply, usage: { inputTokens: tokens(askedCharacters), outputTokens: tokens(answerLength(reply)) } };
}

/** The characters in a reply: what shares of it are shares of. */
export function answerLength(reply: Reply): number {
  return (reply.parts ?? []).reduce((sum, part) => sum + lengthOf(part), 0);
}

function lengthOf(part: Part): number {
  if ('hugeText' in part) return part.hugeText;
  if ('thinking' in part) return part.thinking.length;
  if ('redactedThinking' in part) return part.redactedThinking.length;
  return 'toolCall' in part ? rawInputOf(part.toolCall).length : part.text.length;
}

/** `told` over what was told `before`: a figure once told stays until it is told anew. */
export function later(before: TokenCounts, told: { [Field in TokenField]?: number | null | undefined }): TokenCounts {
  const entries = tokenFields.map((field) => [field, told[field] ?? before[field]]);
  return Object.fromEntries(entries) as unknown as TokenCounts;
}

/** `a` minus what is known of `parts`; null when `a` is. */
export function without(a: number | null, ...parts: (number | null)[]): number | null {
  return a === null ? null : Math.max(0, a - parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
}

/** The fields that have a value: what is unknown is not written. */
export function known(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
