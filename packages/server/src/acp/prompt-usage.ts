/** What an agent whose own log is not known says a prompt has cost: one record for all of its requests. Pure. */
import type { Usage } from '@agentclientprotocol/sdk/unstable';
import type { NewRow } from '@taffrail/session';
import { eachToken, type TokenCounts } from '@taffrail/wire';

interface UsagePlace {
  turnId: string;
  at: number;
  model: string | null;
}

/** Without figures the record says that nobody told them. */
export function promptUsageRow(usage: Usage | null, { turnId, at, model }: UsagePlace): NewRow {
  const attemptId = `prompt:${turnId}`;
  const data = { attemptId, model, provider: null, final: true, ...figuresOf(usage) };
  return {
    key: `usage:${attemptId}`,
    at,
    turnId,
    kind: 'usage.recorded',
    identity: { key: `taffrail:${attemptId}`, claim: 'own' },
    data: usage === null ? data : { ...data, raw: usage },
  };
}

/**
 * The protocol does not say whether the input includes what was cached, nor the output what was thought; the total tells.
 * Figures that do not add up to it either way are not taken.
 */
function figuresOf(usage: Usage | null): TokenCounts {
  if (!usage) return eachToken(() => null);
  const { inputTokens, outputTokens, totalTokens } = usage;
  const [read, write, thought] = [usage.cachedReadTokens, usage.cachedWriteTokens, usage.thoughtTokens].map(
    (figure) => figure ?? null,
  ) as [number | null, number | null, number | null];
  const cached = (read ?? 0) + (write ?? 0);
  const rests = [
    { input: inputTokens, output: outputTokens },
    { input: inputTokens + cached, output: outputTokens },
    { input: inputTokens, output: outputTokens + (thought ?? 0) },
    { input: inputTokens + cached, output: outputTokens + (thought ?? 0) },
  ];
  const right = rests.find(({ input, output }) => input + output === totalTokens);
  return {
    inputTokens: right?.input ?? null,
    outputTokens: right?.output ?? null,
    cacheReadTokens: right ? read : null,
    cacheWriteTokens: right ? write : null,
    cacheWrite1hTokens: null,
    reasoningTokens: right ? thought : null,
  };
}
