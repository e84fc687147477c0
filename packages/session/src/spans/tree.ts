/** Spans as a forest: calls below their turns, sub-agents below the calls that started them, attempts below their step. */
import type { TraceSpan } from '@taffrail/wire';
import { withAgentTimes } from './agent-times.js';

export interface SpanNode {
  /** Unique in the forest. */
  key: string;
  span: TraceSpan;
  /** Attempts at one answer: `span` is the one that stands, or the last. */
  isAttempts: boolean;
  children: SpanNode[];
  /** Milliseconds since 1970 UTC; with all that lies below. `null`: it runs, or nobody knows. */
  startMs: number;
  endMs: number | null;
}

export const spanKey = ({ sessionId, id }: Pick<TraceSpan, 'sessionId' | 'id'>): string => `${sessionId}/${id}`;

/** The trees of `sessionId`'s spans, oldest first. What no tree of it holds is left out. */
export function spanForest(all: readonly TraceSpan[], sessionId: string): SpanNode[] {
  const spans = withAgentTimes(withoutEchoes(all));
  const nodes = new Map(spans.map((span) => [spanKey(span), nodeOf(span)]));
  const starters = startersOf(spans);
  const roots: SpanNode[] = [];
  for (const node of nodes.values()) {
    const parent = parentOf(node, nodes, starters);
    if (parent) parent.children.push(node);
    else if (node.span.sessionId === sessionId) roots.push(node);
  }
  return roots.map(settled).sort(byStart);
}

/** A sub-agent's question stands in the logs above it too: where its own is here, that one is shown. */
export function withoutEchoes(spans: readonly TraceSpan[]): readonly TraceSpan[] {
  const keys = new Set(spans.map(spanKey));
  return spans.filter(
    ({ kind, id, childSessionId }) =>
      kind !== 'permission' || childSessionId === null || !keys.has(spanKey({ sessionId: childSessionId, id })),
  );
}

function nodeOf(span: TraceSpan): SpanNode {
  const startMs = Date.parse(span.startedAt);
  const endMs = span.finishedAt === null ? null : Date.parse(span.finishedAt);
  return { key: spanKey(span), span, isAttempts: false, children: [], startMs, endMs };
}

/** By session, the span that started it: the agent's own before the call that asked for one. */
function startersOf(spans: readonly TraceSpan[]): Map<string, string> {
  const starters = new Map<string, string>();
  for (const span of spans)
    if (
      span.childSessionId !== null &&
      span.kind !== 'permission' &&
      (span.kind === 'agent' || !starters.has(span.childSessionId))
    )
      starters.set(span.childSessionId, spanKey(span));
  return starters;
}

type Nodes = ReadonlyMap<string, SpanNode>;

/** Logs may name parents that are not there, or in a circle: then there is none. */
function parentOf(node: SpanNode, nodes: Nodes, starters: ReadonlyMap<string, string>): SpanNode | null {
  const parent = namedParent(node, nodes, starters);
  const seen = new Set([node.key]);
  for (let above = parent; above; above = namedParent(above, nodes, starters)) {
    if (above === node) return null;
    // A circle further up, which this one is not part of: its members are roots, and this one hangs below one of them.
    if (seen.has(above.key)) break;
    seen.add(above.key);
  }
  return parent;
}

function namedParent({ span }: SpanNode, nodes: Nodes, starters: ReadonlyMap<string, string>): SpanNode | null {
  const within = span.parentId === null ? null : nodes.get(`${span.sessionId}/${span.parentId}`);
  if (within) return within;
  const starter = starters.get(span.sessionId);
  return (starter === undefined ? null : nodes.get(starter)) ?? null;
}

function settled(node: SpanNode): SpanNode {
  const below = node.children.map(settled).sort(byStart);
  const children = withAttempts(below.flatMap((child) => (isOnlyTurn(child, node, below) ? child.children : [child])));
  const ends = children.map(({ endMs }) => endMs).filter((end) => end !== null);
  const isOpen = node.span.status === 'running';
  const endMs = isOpen ? null : ends.reduce<number | null>((last, end) => Math.max(last ?? end, end), node.endMs);
  const startMs = children.reduce((first, child) => Math.min(first, child.startMs), node.startMs);
  return { ...node, children, startMs, endMs };
}

/** A sub-agent with one turn is that turn. */
function isOnlyTurn(child: SpanNode, parent: SpanNode, siblings: readonly SpanNode[]): boolean {
  const isTurn = ({ span }: SpanNode) => span.kind === 'turn' && span.sessionId === child.span.sessionId;
  const isForeign = child.span.sessionId !== parent.span.sessionId;
  return isForeign && isTurn(child) && siblings.filter(isTurn).length === 1;
}

/** Attempts of one step, of which one came to nothing, as one. */
function withAttempts(children: readonly SpanNode[]): SpanNode[] {
  const steps = new Map<string, SpanNode[]>();
  for (const child of children) {
    const { kind, sessionId, turnId, step } = child.span;
    if (kind !== 'model' || step === null) continue;
    const name = `${sessionId}\n${turnId}\n${step}`;
    steps.set(name, [...(steps.get(name) ?? []), child]);
  }
  const groups = [...steps.values()].filter(
    (attempts) => attempts.length > 1 && attempts.some(({ span }) => span.discarded !== null),
  );
  const grouped = new Map(groups.flatMap((attempts) => attempts.map((attempt) => [attempt, attempts] as const)));
  return children.flatMap((child) => {
    const attempts = grouped.get(child);
    if (!attempts) return [child];
    return attempts[0] === child ? [groupOf(attempts)] : [];
  });
}

function groupOf(attempts: SpanNode[]): SpanNode {
  const [first] = attempts as [SpanNode, ...SpanNode[]];
  const standing = attempts.findLast(({ span }) => span.discarded === null) ?? attempts.at(-1) ?? first;
  const isOpen = attempts.some(({ span }) => span.status === 'running');
  const endMs = attempts.reduce<number | null>(
    (last, { endMs: end }) => (end === null ? last : Math.max(last ?? end, end)),
    null,
  );
  return {
    key: `${first.key}+`,
    span: standing.span,
    isAttempts: true,
    children: attempts,
    startMs: first.startMs,
    endMs: isOpen ? null : endMs,
  };
}

function byStart(one: SpanNode, other: SpanNode): number {
  return one.startMs - other.startMs || one.span.seq - other.span.seq;
}
