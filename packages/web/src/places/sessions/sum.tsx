/** A sum with its coverage: `31.4M in · 412k out · $41.07 from 12 of 14`. */
import { Cost, Tokens } from '../../parts/figure.js';
import { counted, exactNumber } from '../../parts/format-number.js';
import type { GroupSum } from './rows.js';

const why = 'None of these sessions reported it';

export function Sum({ sum }: { sum: GroupSum }) {
  const missing = sum.sessions - sum.sessionsWithUsage;
  const unpriced = sum.unpricedRequests > 0 ? `${counted(sum.unpricedRequests, 'request')} unpriced` : undefined;
  return (
    <span className="num">
      <span className="sum-tokens">
        <Tokens value={sum.inputTokens} why={why} /> in · <Tokens value={sum.outputTokens} why={why} /> out ·{' '}
      </span>
      <Cost micros={sum.costMicros} why={why} note={unpriced} />
      {missing > 0 ? (
        <span className="partial ml-1.5" title={`${counted(missing, 'session')} reported no usage`}>
          from {exactNumber(sum.sessionsWithUsage)} of {exactNumber(sum.sessions)}
        </span>
      ) : null}
    </span>
  );
}
