/**
 * Items as the reader shows them: a call and its result are one line, and every block knows the turn it stands in.
 * Pure: items in, blocks out.
 */
import type {
  BudgetWarning,
  DiscardedAttempt,
  Item,
  OpenPermission,
  PlacedItem,
  RewindMark,
  Turn,
} from '@taffrail/wire';

type Placed<T extends Item['type']> = PlacedItem & { item: Extract<Item, { type: T }> };
export type CallItem = Placed<'tool_call'>;
export type ResultItem = Placed<'tool_result'>;

type BlockBase = {
  /** The item's identity: it stays when items are loaded before it. */
  key: string;
  seq: number;
  at: string;
  turnId: string | null;
  step: number | null;
  /** The first block of its turn. */
  opensTurn: boolean;
};
export type Block = BlockBase &
  (
    | { kind: 'prompt'; item: Placed<'message'> }
    | { kind: 'prose'; item: Placed<'message'> }
    | { kind: 'harness'; item: Placed<'message'> }
    | { kind: 'thinking'; item: Placed<'reasoning'> }
    /** A call with its result, if one came; or a result whose call is not loaded or never was logged. */
    | { kind: 'tool'; call: CallItem | null; result: ResultItem | null }
    | { kind: 'compaction'; item: Placed<'compaction'> }
    | { kind: 'error'; item: Placed<'error'> }
    | LiveRow
  );
/** What only a session that runs here shows between its items: see `live-rows.ts`. */
type LiveRow =
  | { kind: 'ask'; permission: OpenPermission }
  /** `error`: what the turn ended with, when its last item says so; `isLast`: nothing came after it. */
  | { kind: 'turn_end'; turn: Turn; error: Placed<'error'> | null; isLast: boolean }
  | { kind: 'attempt'; attempt: DiscardedAttempt; answeredBy: string | null }
  | { kind: 'rewound'; mark: RewindMark }
  | { kind: 'budget'; warning: BudgetWarning };
export type ToolBlock = Extract<Block, { kind: 'tool' }>;

/** Turns a stretch of items into blocks. Results join their calls; what has no call stands for itself. */
export function blocksOf(items: readonly PlacedItem[]): Block[] {
  const results = new Map<string, ResultItem>();
  const calls = new Set<string>();
  for (const item of items) {
    if (isOf(item, 'tool_result') && !results.has(item.item.callId)) results.set(item.item.callId, item);
    if (isOf(item, 'tool_call')) calls.add(item.item.callId);
  }
  const blocks: Block[] = [];
  // What belongs to no turn (a summary, a notice) interrupts none: a turn begins once.
  const begun = new Set<string>();
  for (const item of items) {
    const isJoined = isOf(item, 'tool_result') && calls.has(item.item.callId);
    if (isJoined && results.get(item.item.callId) === item) continue;
    const opensTurn = item.turnId !== null && !begun.has(item.turnId);
    if (item.turnId !== null) begun.add(item.turnId);
    const base = baseOf(item, opensTurn);
    blocks.push(blockOf(item, base, results));
  }
  return blocks;
}

function isOf<T extends Item['type']>(item: PlacedItem, type: T): item is Placed<T> {
  return item.item.type === type;
}

function baseOf(item: PlacedItem, opensTurn: boolean): BlockBase {
  return { key: item.id, seq: item.seq, at: item.at, turnId: item.turnId, step: item.step, opensTurn };
}

function blockOf(item: PlacedItem, base: BlockBase, results: ReadonlyMap<string, ResultItem>): Block {
  if (isOf(item, 'message')) {
    if (item.item.author === 'harness' || item.item.role === 'system') return { ...base, kind: 'harness', item };
    return { ...base, kind: item.item.role === 'user' ? 'prompt' : 'prose', item };
  }
  if (isOf(item, 'reasoning')) return { ...base, kind: 'thinking', item };
  if (isOf(item, 'tool_call')) {
    return { ...base, kind: 'tool', call: item, result: results.get(item.item.callId) ?? null };
  }
  if (isOf(item, 'tool_result')) return { ...base, kind: 'tool', call: null, result: item };
  if (isOf(item, 'compaction')) return { ...base, kind: 'compaction', item };
  return { ...base, kind: 'error', item: item as Placed<'error'> };
}

/** Whether a block shows the item with this seq. */
export function shows(block: Block, seq: number): boolean {
  return block.seq === seq || (block.kind === 'tool' && block.result?.seq === seq);
}

/**
 * The index of the block that shows a seq, or of the last one before it; -1 where nothing is loaded.
 * @param turnId The turn that begins at this seq: no block shows the row itself, and its first one comes after it.
 */
export function indexOfSeq(blocks: readonly Block[], seq: number, turnId?: string): number {
  const exact = blocks.findIndex((block) => shows(block, seq));
  if (exact !== -1) return exact;
  const first = turnId === undefined ? -1 : blocks.findIndex((block) => block.turnId === turnId);
  if (first !== -1) return first;
  const after = blocks.findIndex((block) => block.seq > seq);
  return after === -1 ? blocks.length - 1 : Math.max(0, after - 1);
}

/** Whether a call's result is not there yet, or not yet whole. */
export function isUnfinished(block: ToolBlock): boolean {
  return block.result === null || block.result.item.streaming === true;
}

/** The blocks that did not change are the ones of before, so that their rows need not be drawn again. */
export function keepSame(before: ReadonlyMap<string, Block>, blocks: readonly Block[]): Block[] {
  return blocks.map((block) => {
    const known = before.get(block.key);
    return known && isSame(known, block) ? known : block;
  });
}

/** Blocks of one kind have the same fields; what they hold is compared by identity. */
function isSame(one: Block, other: Block): boolean {
  if (one.kind !== other.kind) return false;
  const right = other as Record<string, unknown>;
  for (const key in one) if ((one as Record<string, unknown>)[key] !== right[key]) return false;
  return true;
}

/** More than this many items at once are no growing text. */
const grownMax = 8;

/**
 * The blocks after some of their items were written on, without making the others again; `null` where more than that has
 * happened. A streaming answer changes one item of thousands many times a second.
 */
export function grown(
  before: { items: readonly PlacedItem[]; blocks: readonly Block[] },
  items: readonly PlacedItem[],
): Block[] | null {
  if (before.items.length !== items.length) return null;
  const changed = new Map<string, PlacedItem>();
  for (const [index, item] of items.entries()) {
    const old = before.items[index];
    if (old === item) continue;
    if (old?.id !== item.id || old.item.type !== item.item.type || changed.size >= grownMax) return null;
    changed.set(item.id, item);
  }
  return before.blocks.map((block) => (holdsOne(block, changed) ? withItems(block, changed) : block));
}

function holdsOne(block: Block, changed: ReadonlyMap<string, PlacedItem>): boolean {
  if (block.kind === 'tool') return changed.has(block.call?.id ?? '') || changed.has(block.result?.id ?? '');
  return changed.has(block.key);
}

function withItems(block: Block, changed: ReadonlyMap<string, PlacedItem>): Block {
  if (block.kind === 'tool') {
    const call = (changed.get(block.call?.id ?? '') as CallItem | undefined) ?? block.call;
    const result = (changed.get(block.result?.id ?? '') as ResultItem | undefined) ?? block.result;
    return { ...block, call, result };
  }
  return { ...block, item: changed.get(block.key) } as Block;
}

/** How long a call took: as its log says, else from the call's entry to the result's. */
export function callMs(block: ToolBlock): { ms: number; isMeasured: boolean } | null {
  const { call, result } = block;
  if (result?.item.durationMs !== undefined) return { ms: result.item.durationMs, isMeasured: true };
  if (!call || !result || result.item.streaming) return null;
  const ms = new Date(result.at).getTime() - new Date(call.at).getTime();
  return ms > 0 ? { ms, isMeasured: false } : null;
}
