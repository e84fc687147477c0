/** The usage object of Claude Code's versions, and the truth behind it. */
import type { TokenCounts } from '@taffrail/wire';
import type { Random } from './random.js';

export type ClaudeVersion = '2.1.328' | '2.1.197' | '2.0.45' | '1.0.127';

export interface ClaudeUsage {
  /** As the last line of the message states it. */
  stated: Record<string, unknown>;
  tokens: TokenCounts;
  /** Earlier lines of the message were written before the answer was finished. */
  grows: boolean;
}

/** What a stream's first event states as output. */
const placeholder = 3;

export function claudeUsage(random: Random, version: ClaudeVersion, aborted: boolean): ClaudeUsage {
  const input = random.skewed(12, 1.5, 20_000);
  const read = random.skewed(45_000, 0.8, 190_000);
  const [fiveMinutes, oneHour] = [
    random.chance(0.2) ? random.skewed(1_500, 1, 60_000) : 0,
    random.chance(0.6) ? random.skewed(1_800, 1, 60_000) : 0,
  ];
  const output = random.skewed(350, 1.1, 30_000) + 40;
  const thinking = version === '2.1.328' && !aborted ? random.between(0, Math.floor(output / 2)) : null;
  const stated = {
    input_tokens: input,
    cache_creation_input_tokens: fiveMinutes + oneHour,
    cache_read_input_tokens: read,
    output_tokens: aborted ? placeholder : output,
    ...(thinking === null ? {} : { output_tokens_details: { thinking_tokens: thinking } }),
    cache_creation: { ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour },
    service_tier: 'standard',
  };
  const tokens = {
    inputTokens: input + read + fiveMinutes + oneHour,
    outputTokens: aborted ? null : output,
    cacheReadTokens: read,
    cacheWriteTokens: fiveMinutes + oneHour,
    cacheWrite1hTokens: oneHour,
    reasoningTokens: thinking,
  };
  return { stated, tokens, grows: version === '1.0.127' };
}

/** The usage as line number `index` of its message states it: old versions write what they know by then. */
export function usageAt({ stated, grows, tokens }: ClaudeUsage, index: number, last: boolean): Record<string, unknown> {
  if (!grows || last || tokens.outputTokens === null) return stated;
  return { ...stated, output_tokens: index === 0 ? placeholder : Math.ceil(tokens.outputTokens / 3) };
}
