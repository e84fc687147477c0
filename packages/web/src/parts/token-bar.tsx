/** The stacked bar of token kinds: cool went in, warm came out; 1 px between kinds, 3 px between in and out. */
import type { CSSProperties } from 'react';
import type { KindFigure, TokenKind } from './usage-words.js';

/** The little square that names a kind in a legend. */
export function KindSwatch({ kind }: { kind: TokenKind }) {
  return <i className="sw" style={{ '--c': `var(--color-token-${kind})` } as CSSProperties} />;
}

type Part = Pick<KindFigure, 'kind' | 'value'>;

const isIn = (part: Part) => part.kind !== 'output' && part.kind !== 'reasoning';

/** `kinds` in their fixed order; unknown and zero kinds take no place. `width` is the share of the full width. */
export function TokenBar({ kinds, width = 1, label }: { kinds: Part[]; width?: number; label: string }) {
  const shown = kinds.filter((part) => (part.value ?? 0) > 0);
  const total = shown.reduce((sum, part) => sum + (part.value ?? 0), 0);
  const segment = (part: Part) => (
    <i
      key={part.kind}
      style={
        { '--c': `var(--color-token-${part.kind})`, width: `${((part.value ?? 0) / total) * 100}%` } as CSSProperties
      }
    />
  );
  const ins = shown.filter(isIn);
  const outs = shown.filter((part) => !isIn(part));
  return (
    <div className="stack" style={{ width: `${width * 100}%` }} role="img" aria-label={label}>
      {ins.map(segment)}
      {ins.length > 0 && outs.length > 0 ? <i className="brk" /> : null}
      {outs.map(segment)}
    </div>
  );
}
