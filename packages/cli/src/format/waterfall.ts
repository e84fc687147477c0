/** A trace in the terminal: each turn on its own time axis, so that the nights between them do not flatten its bars. */
import { duration, plainLine, type SpanNode, shortNumber, unknown } from '@taffrail/session';
import type { Colours } from './colours.js';
import { cutTo, padTo } from './columns.js';
import { longTime } from './when.js';

export interface WaterfallLook {
  columns: number;
  colours: Colours;
  now: number;
}

const columnsMax = 140;
const labelMax = 44;
const figureColumns = 8;
const tookColumns = 10;
const barColumnsMin = 8;

export function* waterfallLines(forest: readonly SpanNode[], look: WaterfallLook): Generator<string> {
  let number = 0;
  for (const node of forest) {
    if (node.span.kind === 'turn') number += 1;
    const title = node.span.kind === 'turn' ? `Turn ${number}` : labelOf(node);
    const head = `── ${title} · ${longTime(node.span.startedAt)} · ${tookOf(node, look.now)} ──`;
    yield `\n${look.colours.dim(cutTo(head, look.columns))}\n`;
    const axis = { from: node.startMs, to: Math.max(node.startMs + 1, endOf(node, look.now)) };
    for (const child of node.children.length > 0 ? node.children : [node]) yield* below(child, 0, axis, look);
  }
}

interface Axis {
  from: number;
  to: number;
}

function* below(node: SpanNode, depth: number, axis: Axis, look: WaterfallLook): Generator<string> {
  yield `${lineOf(node, depth, axis, look)}\n`;
  for (const child of node.children) yield* below(child, depth + 1, axis, look);
}

function lineOf(node: SpanNode, depth: number, axis: Axis, { columns, colours, now }: WaterfallLook): string {
  const room = Math.min(columns, columnsMax);
  const figures = room >= 72 ? 2 * figureColumns : 0;
  const label = Math.max(12, Math.min(labelMax, Math.floor((room - figures - tookColumns) * 0.5)));
  const width = Math.max(barColumnsMin, room - figures - tookColumns - label - 2);
  const name = padTo(cutTo(`${'  '.repeat(Math.min(depth, 8))}${labelOf(node)}`, label, 'end'), label, 'left');
  const took = padTo(cutTo(tookOf(node, now), tookColumns), tookColumns, 'right');
  const isBad = node.span.status === 'error' || node.span.status === 'interrupted';
  const usage = node.span.kind === 'model' && figures > 0 ? figuresOf(node) : '';
  return `${name} ${barOf(node, axis, width, now)} ${isBad ? colours.red(took) : took}${colours.dim(usage)}`.trimEnd();
}

const marks: Partial<Record<SpanNode['span']['kind'], string>> = {
  model: '█',
  permission: '░',
  wait: '░',
  agent: '─',
  turn: '─',
};

function barOf(node: SpanNode, { from, to }: Axis, width: number, now: number): string {
  const place = (ms: number) => Math.min(width, Math.max(0, ((ms - from) / (to - from)) * width));
  const start = Math.min(width - 1, Math.floor(place(node.startMs)));
  const length = Math.max(1, Math.round(place(endOf(node, now)) - start));
  const mark = node.span.discarded && !node.isAttempts ? '×' : (marks[node.span.kind] ?? '▓');
  return padTo(`${' '.repeat(start)}${mark.repeat(Math.min(length, width - start))}`, width, 'left');
}

function endOf(node: SpanNode, now: number): number {
  return node.endMs ?? (node.span.status === 'running' ? now : node.startMs);
}

/** ≈ where it follows from what stands around it. */
function tookOf({ span, isAttempts, startMs, endMs }: SpanNode, now: number): string {
  const ms =
    isAttempts && endMs !== null ? endMs - startMs : span.status === 'running' ? now - startMs : span.durationMs;
  return ms === null ? unknown : `${span.inferred && !isAttempts ? '≈' : ''}${duration(Math.max(0, ms))}`;
}

function labelOf({ span, isAttempts, children }: SpanNode): string {
  if (isAttempts) return `chat, ${children.length} attempts`;
  const named: Partial<Record<SpanNode['span']['kind'], string>> = {
    turn: 'turn',
    model: `chat ${span.name}`,
    permission: `permission ${span.name}`,
    check: `check ${span.name}`,
    compaction: 'compaction',
    wait: 'waiting',
  };
  const reason = span.discarded ? ` · ${span.discarded.reason.replaceAll('_', ' ')}` : '';
  return plainLine([named[span.kind] ?? span.name, span.subject].filter(Boolean).join(' ') + reason);
}

function figuresOf({ span: { usage } }: SpanNode): string {
  const figure = (value: number | null | undefined) =>
    padTo(value == null ? unknown : shortNumber(value), figureColumns, 'right');
  return figure(usage?.inputTokens) + figure(usage?.outputTokens);
}
