/** What stands at the head of a transcript: the session's facts, and what it spent with its coverage. */
import { agentLabel, type TokenField, type Usage } from '@taffrail/wire';
import { costFigure, counted, exactNumber, tokenFigure } from '../words/figures.js';
import { plainLine } from '../words/plain-text.js';
import type { TranscriptHead } from './transcript.js';

export interface Fact {
  name: string;
  value: string;
}

export interface Figure {
  name: string;
  /** Part of the figure above it. */
  isPart: boolean;
  value: string;
  /** What it was counted from. */
  from: string;
}

export function titleOf({ session }: TranscriptHead): string {
  return plainLine(session.title ?? '') || 'Untitled session';
}

/** Only what is known; times in UTC. */
export function factsOf({ session }: TranscriptHead): Fact[] {
  const agent = [agentLabel(session.agent), session.agentVersion].filter(Boolean).join(' ');
  const facts: [string, string | null][] = [
    ['Agent', agent],
    ['Model', session.model],
    ['Project', session.project],
    ['Folder', session.cwd === session.project ? null : session.cwd],
    ['Branch', session.branch],
    ['Time', `${moment(session.createdAt)} to ${moment(session.updatedAt)} UTC`],
    ['Length', `${counted(session.turnCount, 'turn')}, ${counted(session.itemCount, 'item')}`],
    ['Session', session.id],
    ['Sub-agent of', session.parentId],
    ['Forked from', session.forkedFrom],
  ];
  return facts.flatMap(([name, value]) => (value ? [{ name, value: plainLine(value) }] : []));
}

const rows: { name: string; field: TokenField; isPart: boolean }[] = [
  { name: 'Input', field: 'inputTokens', isPart: false },
  { name: 'cache reads', field: 'cacheReadTokens', isPart: true },
  { name: 'cache writes', field: 'cacheWriteTokens', isPart: true },
  { name: 'Output', field: 'outputTokens', isPart: false },
  { name: 'reasoning', field: 'reasoningTokens', isPart: true },
];

/** Every figure with the number of requests that reported it. */
export function figuresOf(usage: Usage): Figure[] {
  const from = (reported: number) => `${exactNumber(reported)} of ${counted(usage.requests, 'request')}`;
  const tokens = rows.map(({ name, field, isPart }) => ({
    name,
    isPart,
    value: tokenFigure(usage, field, 'exact'),
    from: from(usage.reported[field]),
  }));
  return [
    ...tokens,
    { name: 'Cost', isPart: false, value: costFigure(usage, 'exact'), from: from(usage.pricedRequests) },
  ];
}

/** `2026-11-20 14:29:03`. */
export function moment(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}
