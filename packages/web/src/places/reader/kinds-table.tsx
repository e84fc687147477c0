/** The tokens of a session by kind: as a bar, and as a table with who reported each and what all came to. */
import type { Usage } from '@taffrail/wire';
import { useCapabilities } from '../../app/capabilities.js';
import { Cost, Share, Tokens } from '../../parts/figure.js';
import { exactNumber, shortNumber } from '../../parts/format-number.js';
import { KindSwatch, TokenBar } from '../../parts/token-bar.js';
import {
  coverageOf,
  type KindFigure,
  priceCoverage,
  requestCoverage,
  type TokenKind,
  tokenKinds,
  whyUnknown,
  whyUnpriced,
} from '../../parts/usage-words.js';

const fieldOf: Record<
  TokenKind,
  'cacheReadTokens' | 'cacheWriteTokens' | 'inputTokens' | 'outputTokens' | 'reasoningTokens'
> = {
  'cache-read': 'cacheReadTokens',
  'cache-write': 'cacheWriteTokens',
  input: 'inputTokens',
  output: 'outputTokens',
  reasoning: 'reasoningTokens',
};

export function KindsTable({ usage, agent }: { usage: Usage; agent: string }) {
  const capabilities = useCapabilities(agent);
  const kinds = tokenKinds(usage);
  const total = kinds.reduce((sum, kind) => sum + (kind.value ?? 0), 0);
  const why = (kind: KindFigure) => whyUnknown(agent, fieldOf[kind.kind], capabilities);
  return (
    <>
      <div className="stack-l">
        <span>Tokens</span>
        <TokenBar kinds={kinds} label={`${exactNumber(total)} tokens by kind`} />
        <span className="num ink2" title={`${exactNumber(total)} tokens, in and out`}>
          {shortNumber(total)}
        </span>
      </div>
      <table className="kv mt-2">
        <thead>
          <tr>
            <th>Kind</th>
            <th className="num">Tokens</th>
            <th className="num">Reported by</th>
            <th className="num">Share</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <KindRow key={kind.kind} kind={kind} requests={usage.requests} total={total} why={why(kind)} />
          ))}
          <SumRow usage={usage} agent={agent} capabilities={capabilities} />
        </tbody>
      </table>
    </>
  );
}

function KindRow({ kind, requests, total, why }: { kind: KindFigure; requests: number; total: number; why: string }) {
  return (
    <tr>
      <td>
        <span className="lab">
          <KindSwatch kind={kind.kind} />
          {kind.label}
        </span>
      </td>
      <td className="num">
        <Tokens value={kind.value} why={why} />
      </td>
      <td className="num ink3">
        {kind.reported === requests ? (
          'all'
        ) : (
          <span className="unknown" title={why}>
            {kind.reported === 0 ? 'none' : coverageOf(kind.reported, requests)}
          </span>
        )}
      </td>
      <td className="num ink2">
        <Share value={kind.value === null || total === 0 ? null : kind.value / total} why={why} />
      </td>
    </tr>
  );
}

type SumProps = { usage: Usage; agent: string; capabilities: ReturnType<typeof useCapabilities> };

function SumRow({ usage, agent, capabilities }: SumProps) {
  return (
    <tr className="sum">
      <td>In / out</td>
      <td className="num" colSpan={2}>
        <Tokens
          value={usage.inputTokens}
          why={whyUnknown(agent, 'inputTokens', capabilities)}
          note={requestCoverage(usage, 'inputTokens')}
        />{' '}
        /{' '}
        <Tokens
          value={usage.outputTokens}
          why={whyUnknown(agent, 'outputTokens', capabilities)}
          note={requestCoverage(usage, 'outputTokens')}
        />
      </td>
      <td className="num">
        <Cost micros={usage.costMicros} why={whyUnpriced(usage)} note={priceCoverage(usage)} />
      </td>
    </tr>
  );
}
