/** The same spans as a table, sorted by whatever one looks for. */
import type { SpanNode } from '@taffrail/session';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Tokens, Unknown } from '../../parts/figure.js';
import { bytes, exactNumber } from '../../parts/format-number.js';
import { duration } from '../../parts/format-time.js';
import { exactClock, exactWords, type TurnFacts, tokensOf, wordsOf } from './trace-rows.js';

const rowPx = 26;

type Column = 'name' | 'start' | 'took' | 'input' | 'output' | 'size';
const columns: { name: Column; label: string }[] = [
  { name: 'name', label: 'Span' },
  { name: 'start', label: 'Start' },
  { name: 'took', label: 'Took' },
  { name: 'input', label: 'In' },
  { name: 'output', label: 'Out' },
  { name: 'size', label: 'Result' },
];

interface TableProps {
  nodes: readonly SpanNode[];
  nowMs: number;
  selected: string | null;
  turnFacts: ReadonlyMap<string, TurnFacts>;
  onSelect: (key: string) => void;
}

export function SpanTable({ nodes, nowMs, selected, turnFacts, onSelect }: TableProps) {
  const [sort, setSort] = useState<{ by: Column; isDown: boolean }>({ by: 'took', isDown: true });
  const sorted = useMemo(() => sortedBy(nodes, sort.by, sort.isDown), [nodes, sort]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
  });
  const { scrollToIndex } = virtual;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is selected is come to once, and then stays where it is sorted to
  useEffect(() => {
    const at = sorted.findIndex(({ key }) => key === selected);
    if (at >= 0) scrollToIndex(at, { align: 'center' });
  }, [scrollToIndex]);
  const Arrow = sort.isDown ? ArrowDown : ArrowUp;
  return (
    <div className="sp-table">
      <div className="sp-row sp-head">
        {columns.map(({ name, label }) => (
          <span key={name}>
            <button
              type="button"
              onClick={() =>
                setSort({ by: name, isDown: sort.by === name ? !sort.isDown : name !== 'name' && name !== 'start' })
              }
            >
              {label}
              {sort.by === name ? <Arrow className="icon-xs" aria-hidden="true" /> : null}
            </button>
          </span>
        ))}
      </div>
      <div ref={scroller} className="panel-scroll">
        <div className="relative" style={{ height: virtual.getTotalSize() + 8 }}>
          {virtual.getVirtualItems().map((row) => {
            const node = sorted[row.index];
            return node ? (
              <TableRow
                key={node.key}
                node={node}
                nowMs={nowMs}
                turn={turnFacts.get(node.span.id) ?? null}
                top={row.start}
                isSelected={node.key === selected}
                onSelect={onSelect}
              />
            ) : null;
          })}
        </div>
      </div>
    </div>
  );
}

function TableRow({
  node,
  nowMs,
  turn,
  top,
  isSelected,
  onSelect,
}: {
  node: SpanNode;
  nowMs: number;
  turn: TurnFacts | null;
  top: number;
  isSelected: boolean;
  onSelect: (key: string) => void;
}) {
  const { span } = node;
  const words = wordsOf(node, node.span.discarded !== null, turn);
  const tokens = tokensOf(node);
  return (
    <button
      type="button"
      className={isSelected ? 'sp-row sel' : 'sp-row'}
      style={{ transform: `translateY(${top}px)` }}
      title={exactWords(node, words, nowMs)}
      onClick={() => onSelect(node.key)}
    >
      <span className="trunc">
        {words.name} <span className="ink3">{words.about}</span>
      </span>
      <span className="ink3">{exactClock(node.startMs).slice(0, 8)}</span>
      <span className={span.status === 'error' ? 'bad' : undefined}>
        {tookOf(node) === null ? (
          <Unknown why={span.status === 'running' ? 'It runs' : 'The log does not say'} />
        ) : (
          `${span.inferred ? '≈ ' : ''}${duration(tookOf(node) ?? 0)}`
        )}
      </span>
      <span>{tokens ? <Tokens value={tokens.input} why={tokens.note ?? 'Nobody reported it'} /> : null}</span>
      <span>{tokens ? <Tokens value={tokens.output} why={tokens.note ?? 'Nobody reported it'} /> : null}</span>
      <span title={span.outputBytes === null ? undefined : `${exactNumber(span.outputBytes)} bytes`}>
        {span.outputBytes === null ? null : bytes(span.outputBytes)}
      </span>
    </button>
  );
}

const tookOf = ({ span }: SpanNode): number | null => span.durationMs;

/** What is unknown comes last, whichever way. */
function sortedBy(nodes: readonly SpanNode[], by: Column, isDown: boolean): SpanNode[] {
  if (by === 'name') {
    const label = (node: SpanNode) => Object.values(wordsOf(node, false, null)).join(' ');
    const named = nodes
      .map((node) => ({ node, label: label(node) }))
      .sort((one, other) => one.label.localeCompare(other.label));
    return (isDown ? named.reverse() : named).map(({ node }) => node);
  }
  const valued = nodes.map((node) => ({ node, value: figureOf(node, by) }));
  const known = valued.filter((one): one is { node: SpanNode; value: number } => one.value !== null);
  const unknown = valued.filter(({ value }) => value === null);
  known.sort((one, other) => (isDown ? other.value - one.value : one.value - other.value));
  return [...known, ...unknown].map(({ node }) => node);
}

function figureOf(node: SpanNode, by: Exclude<Column, 'name'>): number | null {
  switch (by) {
    case 'start':
      return node.startMs;
    case 'took':
      return tookOf(node);
    case 'input':
      return tokensOf(node)?.input ?? null;
    case 'output':
      return tokensOf(node)?.output ?? null;
    case 'size':
      return node.span.outputBytes;
    default:
      return by satisfies never;
  }
}
