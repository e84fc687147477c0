/**
 * The turns of a live session as the timeline shows them: what its log's end says now, with what the server summed up
 * about older ones. Pure.
 */
import type { FollowedSession } from '@taffrail/client';
import {
  type CompactionMark,
  compactionMark,
  type PlacedItem,
  type RewindMark,
  type TimelineAside,
  type TimelineTurn,
} from '@taffrail/wire';
import { noneAside, type ShownTurn } from '../reader/timeline-rows.js';

type Facts = Pick<FollowedSession['session'], 'turns' | 'items' | 'permissions' | 'waiting'>;

/**
 * In their order; the line tells of the last ones, the server of those from before. A turn's figures are those it ended
 * with; while it runs, what the server knows.
 */
export function turnsOf({ turns, items, permissions, waiting }: Facts, known: readonly TimelineTurn[]): ShownTurn[] {
  const byId = new Map(known.map((turn) => [turn.turnId, turn]));
  const told = toldByTurn(items.values());
  const asking = new Set([...permissions.values()].map(({ turnId }) => turnId));
  const [first] = turns.values();
  const older = first ? known.filter(({ turnId, seq }) => seq < first.seq && !turns.has(turnId)) : known;
  const shown = [...turns.values()].map((turn): ShownTurn => {
    const old = byId.get(turn.turnId);
    const here = told.get(turn.turnId);
    const { throughput } = turn;
    const compactions = marksOf(old?.compactions, here?.compactions);
    return {
      turnId: turn.turnId,
      seq: turn.seq,
      startedAt: turn.startedAt,
      finishedAt: turn.finishedAt,
      prompt: here?.prompt ?? old?.prompt ?? '',
      toolCalls: Math.max(here?.toolCalls ?? 0, old?.toolCalls ?? 0),
      requests: throughput?.requests ?? old?.requests ?? 0,
      inputTokens: throughput?.inputTokens ?? old?.inputTokens ?? null,
      outputTokens: throughput?.outputTokens ?? old?.outputTokens ?? null,
      outcome: turn.outcome,
      ...(turn.outcome === 'running' ? waitOf(asking.has(turn.turnId), waiting) : {}),
      model: throughput?.model ?? null,
      ...(turn.resumes === null ? {} : { unasked: 'resume' }),
      ...(turn.compacts ? { unasked: 'compaction' } : {}),
      ...(old?.files ? { files: old.files } : {}),
      ...(old?.fileCount ? { fileCount: old.fileCount } : {}),
      ...(compactions.length > 0 ? { compactions, ...(turn.compacts ? { compacts: true } : {}) } : {}),
    };
  });
  return [...older, ...shown];
}

/** A question comes first: nobody but a person can answer it. */
function waitOf(asks: boolean, forKey: Facts['waiting']): Pick<ShownTurn, 'waitsFor'> {
  if (asks) return { waitsFor: 'person' };
  return forKey === null ? {} : { waitsFor: 'key' };
}

/** What is set aside now: of a restore that was undone the server may not have said so yet. */
export function asideNow(
  known: readonly TimelineAside[] = noneAside,
  rewinds: readonly RewindMark[],
): readonly TimelineAside[] {
  const standing = new Set(rewinds.map(({ seq }) => seq));
  return known.filter(({ seq, within }) => within !== null || standing.has(seq));
}

/** What is loaded here is newer than what the server summed up. */
function marksOf(old: readonly CompactionMark[] = [], here: readonly CompactionMark[] = []): CompactionMark[] {
  const bySeq = new Map([...old, ...here].map((mark) => [mark.seq, mark]));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

interface Told {
  prompt: string | null;
  toolCalls: number;
  compactions: CompactionMark[];
}

function toldByTurn(items: Iterable<PlacedItem>): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const { turnId, seq, item } of items) {
    if (turnId === null) continue;
    const turn = told.get(turnId) ?? { prompt: null, toolCalls: 0, compactions: [] };
    if (item.type === 'message' && item.author === 'human') turn.prompt ??= item.text;
    if (item.type === 'tool_call') turn.toolCalls += 1;
    if (item.type === 'compaction') turn.compactions.push(compactionMark(seq, item));
    told.set(turnId, turn);
  }
  return told;
}
