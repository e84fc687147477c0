/** What a step cost: tokens in, tokens out, time. */
import type { UsageRequest } from '@taffrail/wire';
import { useCapabilities } from '../../app/capabilities.js';
import { Tokens } from '../../parts/figure.js';
import { duration } from '../../parts/format-time.js';
import { KindSwatch } from '../../parts/token-bar.js';
import { whyUnknown } from '../../parts/usage-words.js';
import type { LedgerEntry } from './steps.js';

const why = (request: UsageRequest | undefined, fallback: string) =>
  request?.outputPlaceholder === undefined
    ? fallback
    : 'The log’s figure was written before the answer was finished; what the answer took is not recorded';

export function Ledger({ entry, agent }: { entry: LedgerEntry; agent: string }) {
  const capabilities = useCapabilities(agent);
  const { requests, ms } = entry;
  const models = [...new Set(requests.map((request) => request.model ?? 'model not logged'))].join(', ');
  const many = requests.length > 1 ? `, ${requests.length} requests` : '';
  return (
    <span className="ledger" title={`${models}${many}`}>
      <Tokens
        value={sum(requests, 'inputTokens')}
        why={whyUnknown(agent, 'inputTokens', capabilities)}
        unit="tokens in"
      />
      <KindSwatch kind="input" />
      <Tokens
        value={sum(requests, 'outputTokens')}
        why={why(requests[0], whyUnknown(agent, 'outputTokens', capabilities))}
        unit="tokens out"
      />
      <KindSwatch kind="output" />
      {ms === null ? null : (
        <span className="t" title="From the entry before this step to the step’s last">
          {duration(ms)}
        </span>
      )}
    </span>
  );
}

/** Adds what was reported; `null` where none was. */
function sum(requests: readonly UsageRequest[], field: 'inputTokens' | 'outputTokens'): number | null {
  const known = requests.map((request) => request[field]).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
