/**
 * What a session that runs here shows between its items: questions, attempts that came to nothing, how turns ended.
 * Pure: blocks and the session's state in, blocks out.
 */
import type { FollowedSession } from '@taffrail/client';
import { type Item, mcpErrorCode, type RewindMark, type Turn } from '@taffrail/wire';
import type { Block } from './blocks.js';

export type LiveFacts = Pick<
  FollowedSession['session'],
  'turns' | 'permissions' | 'discarded' | 'requests' | 'rewinds' | 'budgetWarnings'
>;

/** The blocks with the live rows at their places. */
export function withLiveRows(blocks: readonly Block[], facts: LiveFacts): Block[] {
  const attempts = withAttempts(withTurnEnds(blocks, facts.turns), facts);
  const told = withQuestions(withWarnings(attempts, facts), facts.permissions);
  return withRewinds(told, facts.rewinds);
}

/** The turn that has not ended, if one runs. */
export function runningTurnOf(turns: ReadonlyMap<string, Turn>): Turn | null {
  const last = lastTurnOf(turns);
  return last?.outcome === 'running' ? last : null;
}

export function lastTurnOf(turns: ReadonlyMap<string, Turn>): Turn | null {
  let last: Turn | null = null;
  for (const turn of turns.values()) last = turn;
  return last;
}

/** Whether nothing changed that a live row shows. The fold makes its maps anew, what they hold it keeps. */
export function sameFacts(one: LiveFacts | undefined, other: LiveFacts | undefined): boolean {
  if (!one || !other) return one === other;
  return (
    one.discarded === other.discarded &&
    one.rewinds === other.rewinds &&
    one.requests.size === other.requests.size &&
    sameValues(one.turns, other.turns) &&
    sameValues(one.permissions, other.permissions) &&
    sameValues(one.budgetWarnings, other.budgetWarnings)
  );
}

/** Whether two maps hold the same under the same keys. */
export function sameValues(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): boolean {
  if (one.size !== other.size) return false;
  for (const [key, value] of one) if (other.get(key) !== value) return false;
  return true;
}

function withTurnEnds(blocks: readonly Block[], turns: ReadonlyMap<string, Turn>): Block[] {
  const lastOfTurn = new Map<string, Block>();
  for (const block of blocks) if (block.turnId !== null) lastOfTurn.set(block.turnId, block);
  const newest = lastTurnOf(turns);
  return blocks.flatMap((block): Block[] => {
    const turn = block.turnId === null ? undefined : turns.get(block.turnId);
    if (!turn || lastOfTurn.get(turn.turnId) !== block || !isBroken(turn)) return [block];
    const error = block.kind === 'error' && endsTurn(block.item.item) ? block.item : null;
    const end: Block = {
      ...placeAfter(block, `end-${turn.turnId}`, turn.finishedAt ?? block.at),
      opensTurn: error !== null && block.opensTurn,
      kind: 'turn_end',
      turn,
      error,
      isLast: turn === newest,
    };
    return error ? [end] : [block, end];
  });
}

/** What a turn had to do without is not why it ended. */
function endsTurn({ retried, code }: Extract<Item, { type: 'error' }>): boolean {
  return !retried && code !== mcpErrorCode;
}

function isBroken(turn: Turn): boolean {
  return turn.outcome === 'failed' || turn.outcome === 'interrupted' || turn.outcome === 'cancelled';
}

/** Each where it happened: before the first block of the turn that is younger. */
function withAttempts(blocks: readonly Block[], facts: LiveFacts): Block[] {
  if (facts.discarded.length === 0) return [...blocks];
  const turn = lastTurnOf(facts.turns);
  const placed = [...blocks];
  for (const attempt of facts.discarded) {
    const after = placed.findIndex(
      (block) => block.turnId === turn?.turnId && block.kind !== 'prompt' && block.at > attempt.at,
    );
    const index = after === -1 ? placed.length : after;
    const neighbour = placed[index - 1] ?? placed[index];
    if (!neighbour) continue;
    placed.splice(index, 0, {
      ...placeAfter(neighbour, `attempt-${attempt.attemptId}`, attempt.at),
      kind: 'attempt',
      attempt,
      answeredBy: answererAfter(facts, attempt.at),
    });
  }
  return placed;
}

/** Each before the first block that is younger; one that stands before all that is loaded is not shown. */
function withWarnings(blocks: readonly Block[], { budgetWarnings }: LiveFacts): Block[] {
  const placed = [...blocks];
  for (const warning of budgetWarnings.values()) {
    const after = placed.findIndex((block) => block.at > warning.at);
    const index = after === -1 ? placed.length : after;
    const neighbour = placed[index - 1];
    if (!neighbour) continue;
    const key = `budget-${warning.scope}-${warning.measure}-${warning.why}`;
    placed.splice(index, 0, { ...placeAfter(neighbour, key, warning.at), kind: 'budget', warning });
  }
  return placed;
}

/** The model of the first request that came after a moment: the one that answered in place of the failed attempt. */
function answererAfter({ requests }: LiveFacts, at: string): string | null {
  for (const request of requests.values()) if (request.at > at && request.model !== null) return request.model;
  return null;
}

/** Each below the call it is about; a call that is not loaded leaves its question at the end. */
function withQuestions(blocks: readonly Block[], permissions: LiveFacts['permissions']): Block[] {
  const placed = [...blocks];
  for (const permission of permissions.values()) {
    const at = placed.findIndex((block) => block.kind === 'tool' && block.call?.item.callId === permission.callId);
    const index = at === -1 ? placed.length - 1 : at;
    const neighbour = placed[index];
    if (!neighbour) continue;
    const place = placeAfter(neighbour, `ask-${permission.permissionId}`, permission.askedAt);
    placed.splice(index + 1, 0, { ...place, kind: 'ask', permission });
  }
  return placed;
}

/** Each where the conversation was rewound to: before what was said afterwards. */
export function withRewinds(blocks: readonly Block[], rewinds: readonly RewindMark[]): Block[] {
  const placed = [...blocks];
  for (const mark of rewinds) {
    const after = placed.findIndex((block) => block.kind !== 'rewound' && block.seq > mark.seq);
    const index = after === -1 ? placed.length : after;
    const base = { key: `rewound-${mark.seq}`, seq: mark.seq, at: mark.at, turnId: null, step: null };
    placed.splice(index, 0, { ...base, opensTurn: false, kind: 'rewound', mark });
  }
  return placed;
}

function placeAfter(block: Block, key: string, at: string) {
  return { key, seq: block.seq, at, turnId: block.turnId, step: block.step, opensTurn: false };
}
