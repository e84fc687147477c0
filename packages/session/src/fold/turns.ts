/** Turns, what waits for them, and what they wait for. */
import { closeRewinds } from './rewinds.js';
import type { Draft, RowOf } from './state.js';

export function startTurn(draft: Draft, row: RowOf<'turn.started'>): void {
  const turnId = row.turnId ?? `seq-${row.seq}`;
  draft.discarded = [];
  closeRewinds(draft);
  if (draft.turns.has(turnId)) return;
  draft.turns.set(turnId, {
    turnId,
    seq: row.seq,
    startedAt: row.at,
    finishedAt: null,
    outcome: 'running',
    reason: null,
    throughput: null,
    before: null,
    after: null,
    resumes: row.data.resumes ?? null,
    compacts: row.data.compacts ?? false,
  });
}

export function completeTurn(draft: Draft, row: RowOf<'turn.completed'>): void {
  draft.waiting = null;
  const turn = row.turnId ? draft.turns.get(row.turnId) : undefined;
  if (!turn) return;
  const { outcome, reason = null, throughput = null } = row.data;
  draft.turns.set(turn.turnId, { ...turn, finishedAt: row.at, outcome, reason, throughput });
}

export function keepCheckpoint(draft: Draft, row: RowOf<'checkpoint.made'>): void {
  const turn = row.turnId ? draft.turns.get(row.turnId) : undefined;
  if (!turn || row.data.moment === 'rewind') return;
  draft.turns.set(turn.turnId, { ...turn, [row.data.moment ?? 'before']: row.data });
}

export function ask(draft: Draft, row: RowOf<'permission.asked'>): void {
  draft.permissions.set(row.data.permissionId, { ...row.data, askedAt: row.at, turnId: row.turnId ?? null });
}

export function answer(draft: Draft, { data }: RowOf<'permission.answered'>): void {
  const asked = draft.permissions.get(data.permissionId);
  draft.permissions.delete(data.permissionId);
  if (asked && data.decision === 'always')
    draft.allowed = [...draft.allowed, { tool: asked.tool, pattern: asked.pattern }];
}

export function startSpan(draft: Draft, row: RowOf<'span.started'>): void {
  const place = { startedAt: row.at, turnId: row.turnId ?? null, step: row.step ?? null };
  draft.openSpans.set(row.data.spanId, { ...row.data, ...place });
}
