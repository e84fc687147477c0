/** The columns that tables of usage share. */
import { costFigure, type Digits, exactNumber, tokenFigure } from '@taffrail/session';
import type { Usage } from '@taffrail/wire';
import type { Column } from './table.js';

const figure = (title: string, spare?: number): Column => ({ title, align: 'right', ...(spare ? { spare } : {}) });

/** Input stays whatever the room: it is known where cost is not. */
export const usageColumns: readonly Column[] = [
  figure('Requests', 7),
  figure('Input'),
  figure('Cache read', 6),
  figure('Cache write', 8),
  figure('Output', 4),
  figure('Reasoning', 9),
  figure('Cost', 2),
];

export function usageCells(usage: (Usage & { untoldRequests?: number }) | null, digits: Digits): string[] {
  return [
    usage ? exactNumber(usage.requests) : '—',
    tokenFigure(usage, 'inputTokens', digits),
    tokenFigure(usage, 'cacheReadTokens', digits),
    tokenFigure(usage, 'cacheWriteTokens', digits),
    tokenFigure(usage, 'outputTokens', digits),
    tokenFigure(usage, 'reasoningTokens', digits),
    costFigure(usage, digits),
  ];
}
