/** Channels: the label of a row, derived from its kind. Apart from the schemas, so that reading rows loads without them. */
import type { ItemType } from './item.js';
import type { RowKind } from './row.js';
import { unreachable } from './unreachable.js';

export const channels = ['text', 'reasoning', 'tool_call', 'tool_result', 'status', 'error', 'usage', 'trace'] as const;
export type Channel = (typeof channels)[number];

const channelOfItem: Record<ItemType, Channel> = {
  message: 'text',
  reasoning: 'reasoning',
  tool_call: 'tool_call',
  tool_result: 'tool_result',
  compaction: 'status',
  error: 'error',
};

/** The channel a row of this kind belongs to; for items it follows from the item's type. */
export function channelOf(kind: RowKind, itemType?: ItemType): Channel {
  switch (kind) {
    case 'session.described':
    case 'turn.started':
    case 'turn.completed':
      return 'status';
    case 'usage.recorded':
    case 'usage.claimed':
    case 'usage.shown':
      return 'usage';
    case 'input.queued':
    case 'input.dropped':
    case 'turn.waiting':
    case 'turn.resumed':
    case 'permission.asked':
    case 'permission.answered':
    case 'session.rewound':
    case 'rewind.undone':
    case 'files.restored':
    case 'checkpoint.made':
    case 'files.changed':
    case 'budget.warned':
      return 'status';
    case 'attempt.discarded':
    case 'span.started':
    case 'span.finished':
      return 'trace';
    case 'item.recorded':
    case 'text.appended':
    case 'item.deleted':
      return itemType ? channelOfItem[itemType] : 'text';
    default:
      return unreachable(kind);
  }
}
