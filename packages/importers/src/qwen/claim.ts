/** `usage_record.jsonl`: at each end the program writes what the session has used so far, inherited history included. */
import type { LineInfo, Sink } from '../contract.js';
import { isObject, type JsonObject, objectAt, sumKnown, timeAt, tokensAt } from '../json.js';

export function readClaim(record: JsonObject, sessionId: string, line: LineInfo, out: Sink): void {
  const models = Object.values(objectAt(record, 'models')).filter(isObject);
  const sum = (key: string) => sumKnown(...models.map((model) => tokensAt(model, key, out)));
  const at = timeAt(record, 'timestamp');
  out.row({
    sessionId,
    at,
    key: `claim:usage_record:${at ?? line.hash()}`,
    kind: 'usage.claimed',
    data: {
      source: 'usage_record',
      includesInherited: true,
      includesSubAgents: true,
      inputTokens: sum('inputTokens'),
      outputTokens: sum('outputTokens'),
      cacheReadTokens: sum('cachedTokens'),
      cacheWriteTokens: null,
      cacheWrite1hTokens: null,
      reasoningTokens: sum('thoughtsTokens'),
    },
  });
}
