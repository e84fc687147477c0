/** The lines of a waterfall: which nodes are on view, and what each says. */
import type { SpanNode } from '@taffrail/session';
import type { TraceSpan } from '@taffrail/wire';
import { bytes } from '../../parts/format-number.js';
import { shortModel } from '../../parts/format-path.js';
import { duration } from '../../parts/format-time.js';
import type { Stretch } from './time-axis.js';

export interface TraceLine {
  node: SpanNode;
  depth: number;
  /** `null` where nothing lies below it. */
  isOpen: boolean | null;
}

export function linesOf(forest: readonly SpanNode[], folded: ReadonlySet<string>): TraceLine[] {
  const lines: TraceLine[] = [];
  const add = (node: SpanNode, depth: number): void => {
    const isOpen = node.children.length === 0 ? null : !folded.has(node.key);
    lines.push({ node, depth, isOpen });
    if (isOpen) for (const child of node.children) add(child, depth + 1);
  };
  for (const node of forest) add(node, 0);
  return lines;
}

/** When something was done: a turn's own length says nothing, for a person may have been away in the middle of it. */
export function busyOf(forest: readonly SpanNode[], nowMs: number): Stretch[] {
  const busy: Stretch[] = [];
  const add = (node: SpanNode): void => {
    const { span, startMs, endMs, children } = node;
    const isFrame = span.kind === 'turn' || (span.kind === 'agent' && children.length > 0);
    if (!isFrame || children.length === 0)
      busy.push({ fromMs: startMs, toMs: Math.max(startMs, endMs ?? openEnd(span, startMs, nowMs)) });
    else busy.push({ fromMs: startMs, toMs: startMs });
    children.forEach(add);
  };
  forest.forEach(add);
  return busy;
}

/** Where the bar of what has no end is drawn to. */
export function openEnd({ status }: TraceSpan, startMs: number, nowMs: number): number {
  return status === 'running' ? nowMs : startMs;
}

export interface TokenSum {
  input: number | null;
  output: number | null;
  /** Why a part is missing, or all. */
  note: string | null;
}

/** What lies below a node took: copies are counted in the session they belong to. */
export function tokensOf(node: SpanNode): TokenSum | null {
  if (node.span.kind === 'model' && !node.isAttempts) return tokensOfCall(node.span);
  const calls = callsBelow(node);
  if (calls.length === 0) return null;
  const counted = calls.filter(({ usage }) => usage !== null && usage.inheritedFrom === null);
  const sum = (field: 'inputTokens' | 'outputTokens'): number | null => {
    const known = counted.flatMap(({ usage }) => usage?.[field] ?? []);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  const missing = calls.filter(({ usage, discarded }) => discarded === null && usage?.outputTokens == null).length;
  const note = missing === 0 ? null : `from ${calls.length - missing} of ${calls.length} requests`;
  return { input: sum('inputTokens'), output: sum('outputTokens'), note };
}

function tokensOfCall({ usage, status, discarded }: TraceSpan): TokenSum {
  if (usage) return { input: usage.inputTokens, output: usage.outputTokens, note: null };
  const why =
    status === 'running'
      ? 'Told when the answer ends'
      : discarded
        ? 'It came to nothing, and nothing was billed as far as the provider said'
        : 'Nobody reported it';
  return { input: null, output: null, note: why };
}

function callsBelow(node: SpanNode): TraceSpan[] {
  if (node.span.kind === 'model' && !node.isAttempts) return [node.span];
  return node.children.flatMap(callsBelow);
}

/** What is known of a session's turns by their spans: those that stand, and those that a rewind has set aside. */
export function turnFactsOf(
  turns: readonly { turnId: string; seq: number; prompt: string }[],
  spans: readonly TraceSpan[],
  sessionId: string,
): ReadonlyMap<string, TurnFacts> {
  const facts = new Map<string, TurnFacts>(
    turns.map(({ turnId, prompt }, index) => [turnId, { number: index + 1, prompt }]),
  );
  // Turns from before the first that is known here may stand as well.
  const from = turns[0]?.seq ?? Number.POSITIVE_INFINITY;
  for (const { id, kind, sessionId: of, status, seq } of spans) {
    const isAside = kind === 'turn' && of === sessionId && status !== 'running' && seq >= from && !facts.has(id);
    if (isAside) facts.set(id, { number: null, prompt: '' });
  }
  return facts;
}

export interface TurnFacts {
  /** Of the session's turns, from 1; `null`: a rewind has set it aside. */
  number: number | null;
  prompt: string;
}

/** The two words of a line: what it is, and of what. */
export function wordsOf(node: SpanNode, isAttempt: boolean, turn: TurnFacts | null): { name: string; about: string } {
  const { span, isAttempts, children } = node;
  switch (span.kind) {
    case 'turn':
      if (turn?.number === null) return { name: 'turn', about: 'set aside by a restore; what it took stays counted' };
      return { name: turn === null ? 'turn' : `turn ${turn.number}`, about: span.error ?? turn?.prompt ?? '' };
    case 'model': {
      const model = span.usage?.model ?? span.name;
      const about = model === '' ? 'model not logged' : shortModel(model);
      if (isAttempts) return { name: 'chat', about: `${children.length} attempts` };
      const code = span.discarded?.httpStatus;
      return isAttempt
        ? { name: span.keyId ?? 'attempt', about: code ? `${about} · ${code}` : about }
        : { name: 'chat', about };
    }
    case 'permission':
      return { name: 'permission', about: [span.name, span.subject].filter(Boolean).join(' ') };
    case 'check':
      return { name: 'check', about: span.name };
    case 'wait':
      return { name: 'waiting', about: span.subject ?? '' };
    default:
      return { name: span.kind === 'compaction' ? 'compaction' : span.name || 'call', about: span.subject ?? '' };
  }
}

const decisions = { allow: 'allowed', always: 'always allowed', deny: 'denied', expired: 'not answered' } as const;
const reasons = {
  rate_limited: 'rate limited',
  overloaded: 'overloaded',
  unavailable: 'unavailable',
  unauthorised: 'key refused',
  out_of_credit: 'no credit left',
  refused: 'refused',
  broken_off: 'broken off',
} as const;

/** What stands beside a bar. */
export function barWords({ span, isAttempts, startMs, endMs }: SpanNode, nowMs: number): string {
  const ms =
    isAttempts && endMs !== null ? endMs - startMs : span.status === 'running' ? nowMs - startMs : span.durationMs;
  const words = [ms === null ? null : `${span.inferred && !isAttempts ? '≈ ' : ''}${duration(Math.max(0, ms))}`];
  if (span.discarded && !isAttempts) words.push(reasons[span.discarded.reason], span.usage ? null : 'no usage');
  else if (span.decision) words.push(decisions[span.decision]);
  else if (span.status === 'error') words.push('failed');
  else if (span.status === 'cancelled') words.push('stopped');
  else if (span.status === 'interrupted') words.push(ms === null ? 'no end in the log' : 'interrupted');
  // A mark has no length; of anything else it is not known.
  if (ms === null && words.length === 1) return span.kind === 'compaction' ? '' : '—';
  return words.filter((word) => word !== null).join(', ');
}

const timeFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});
export const exactClock = (ms: number): string => timeFormat.format(ms);

/** Everything exact, for hover and focus. */
export function exactWords(node: SpanNode, { name, about }: { name: string; about: string }, nowMs: number): string {
  const { span, startMs } = node;
  const end =
    span.finishedAt === null
      ? span.status === 'running'
        ? 'now'
        : 'no end in the log'
      : exactClock(Date.parse(span.finishedAt));
  const sizes = [
    span.inputBytes === null ? null : `${bytes(span.inputBytes)} in`,
    span.outputBytes === null ? null : `${bytes(span.outputBytes)} out`,
  ];
  const first = span.firstContentMs === null ? null : `first content after ${duration(span.firstContentMs)}`;
  const inferred = span.inferred ? 'times inferred from what stands around it in the log' : null;
  return [
    [name, about].filter(Boolean).join(' '),
    `${exactClock(startMs)} – ${end}`,
    barWords(node, nowMs),
    first,
    ...sizes,
    inferred,
  ]
    .filter((part) => part !== null && part !== '')
    .join(' · ');
}

export type Tone = 'agent' | 'model' | 'tool' | 'wait' | 'failed';

export function toneOf({ span, isAttempts }: SpanNode): Tone {
  if (span.kind === 'turn' || span.kind === 'agent') return 'agent';
  if (span.kind === 'permission' || span.kind === 'wait') return 'wait';
  if (span.discarded && !isAttempts) return 'failed';
  return span.kind === 'model' || span.kind === 'compaction' ? 'model' : 'tool';
}
