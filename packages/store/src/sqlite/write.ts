/** Puts a planned batch into the tables. */
import { tokenFields } from '@taffrail/wire';
import type { SourceCheckpoint, SourceProblem } from '../commit.js';
import { isCounted, type UsageBucket } from '../plan/buckets.js';
import type { Fact, SessionRecord, StoredRow } from '../plan/records.js';
import type { ToolBucket } from '../plan/tool-sums.js';
import type { Writes } from '../plan/writes.js';
import { rowId, rowIdSpan } from '../row-id.js';
import type { Database } from './database.js';

const sql = {
  row: 'INSERT INTO rows (id, at, kind, turn_id, step, key, item_type, label, data, text, revises) VALUES (?,?,?,?,?,?,?,?,?,?,?)',
  revised: 'UPDATE rows SET revised_by = ? WHERE id = ?',
  key: 'INSERT INTO keys (num, key, place, latest, hash) VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET latest = excluded.latest, hash = excluded.hash',
  blob: 'INSERT INTO blobs (hash, size, bytes) VALUES (?,?,?) ON CONFLICT DO NOTHING',
  claim: `INSERT INTO usage_claims (num, source, at, data) VALUES (?,?,?,?)
    ON CONFLICT DO UPDATE SET at = excluded.at, data = excluded.data WHERE excluded.at >= usage_claims.at`,
  activity: `INSERT INTO activity_buckets (bucket, num, messages, turns, tool_calls) VALUES (?,?,?,?,?)
    ON CONFLICT DO UPDATE SET messages = messages + excluded.messages, turns = turns + excluded.turns, tool_calls = tool_calls + excluded.tool_calls`,
  tool: `INSERT INTO tool_buckets (num, bucket, name, calls, errors, results, output_bytes, timed, duration_ms) VALUES (?,?,?,?,?,?,?,?,?)
    ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, errors = errors + excluded.errors, results = results + excluded.results,
      output_bytes = output_bytes + excluded.output_bytes, timed = timed + excluded.timed, duration_ms = duration_ms + excluded.duration_ms`,
  fact: `INSERT OR REPLACE INTO usage_facts (num, attempt_id, key, origin_key, claim, seq, at, turn_id, step, model, provider,
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, reasoning_tokens,
    output_seen, output_placeholder, final, inherited_from, counted, raw) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
  forgetProblems: 'DELETE FROM source_problems WHERE path = ?',
  // What was wrong with the file as it then was, not with a line that stays as it is.
  forgetPassing: "DELETE FROM source_problems WHERE path = ? AND kind IN ('incomplete', 'unreadable')",
  problemKnown: 'SELECT 1 FROM source_problems WHERE path = ? AND kind = ? AND message = ?',
  problemAgain: 'UPDATE source_problems SET count = count + ? WHERE path = ? AND kind = ? AND message = ?',
  problem: 'INSERT INTO source_problems (path, line, kind, message, count) VALUES (?,?,?,?,?)',
  foldText: "DELETE FROM rows WHERE id > ? AND id < ? AND kind = 'text.appended' AND key = ?",
  rewind: `UPDATE rows SET revised_by = ? WHERE id >= ? AND id < ? AND kind = 'item.recorded' AND revises IS NULL
    AND NOT EXISTS (SELECT 1 FROM rows later WHERE later.id = rows.id - rows.id % ${rowIdSpan} + rows.revised_by AND later.kind <> 'item.recorded')`,
  // Once for all items: to look for each one's latest form would read the stretch as often as it has items.
  undoRewind: `WITH latest AS MATERIALIZED (SELECT revises AS place, max(id) % ${rowIdSpan} AS seq FROM rows
      WHERE id > ? AND id < ? AND revises IS NOT NULL GROUP BY revises)
    UPDATE rows SET revised_by = (SELECT seq FROM latest WHERE place = rows.id % ${rowIdSpan})
    WHERE id > ? AND id < ? AND kind = 'item.recorded' AND revises IS NULL AND revised_by = ?`,
  fewerItems: `UPDATE sessions SET item_count = item_count - changes() WHERE num = ?`,
  moreItems: `UPDATE sessions SET item_count = item_count + changes() WHERE num = ?`,
  fewerTurns: `UPDATE sessions SET turn_count = turn_count - changes() WHERE num = ?`,
  moreTurns: `UPDATE sessions SET turn_count = turn_count + changes() WHERE num = ?`,
  rewindTurns:
    "UPDATE rows SET revised_by = ? WHERE id >= ? AND id < ? AND kind = 'turn.started' AND revised_by IS NULL",
  undoTurns: "UPDATE rows SET revised_by = NULL WHERE id > ? AND id < ? AND kind = 'turn.started' AND revised_by = ?",
  session: `UPDATE sessions SET title=?, cwd=?, project=?, branch=?, model=?, effort=?, agent_version=?, parent_id=?, forked_from=?, hosted=?, status=?, open_questions=?,
    created_at=?, updated_at=?, head=?, digest=?, item_count=?, turn_count=?, message_count=?, requests=?, input_tokens=?, output_tokens=?,
    totals=?, tied=? WHERE num=?`,
};

const bucketColumns = ['input', 'output', 'cache_read', 'cache_write', 'cache_write_1h', 'reasoning'];
const bucketSums = [
  'requests',
  ...bucketColumns.map((column) => `${column}_tokens`),
  ...bucketColumns.map((column) => `${column}_reported`),
];
const bucketSql = `INSERT INTO usage_buckets (bucket, num, model, provider, size_class, complete, ${bucketSums.join(', ')})
  VALUES (${Array(6 + bucketSums.length)
    .fill('?')
    .join(',')})
  ON CONFLICT DO UPDATE SET ${bucketSums.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`;

export function write(db: Database, writes: Writes): void {
  for (const row of writes.rows) writeRow(db, row);
  for (const [num, key, { place, latest, hash }] of writes.keys.entries())
    db.run(sql.key, num, key, place, latest, hash);
  for (const blob of writes.blobs.values()) db.run(sql.blob, blob.hash, blob.bytes.length, blob.bytes);
  for (const [, , fact] of writes.facts.entries()) writeFact(db, fact);
  for (const bucket of writes.usage.values()) writeBucket(db, bucket);
  for (const sum of writes.activity.values())
    db.run(sql.activity, sum.bucket, sum.num, sum.messages, sum.turns, sum.toolCalls);
  for (const bucket of writes.toolBuckets.values()) writeToolBucket(db, bucket);
  for (const claim of writes.claims.values()) db.run(sql.claim, claim.num, claim.source, claim.at, claim.data);
  for (const { num, key, from, until } of writes.wholes) db.run(sql.foldText, rowId(num, from), rowId(num, until), key);
  for (const session of writes.changedSessions()) writeSession(db, session);
  for (const change of writes.rewinds) rewind(db, change);
}

function rewind(db: Database, change: Writes['rewinds'][number]): void {
  const { num } = change;
  if ('undo' in change) {
    const stretch = [rowId(num, 0), rowId(num, change.undo)];
    db.run(sql.undoRewind, ...stretch, ...stretch, change.undo);
    db.run(sql.moreItems, num);
    db.run(sql.undoTurns, ...stretch, change.undo);
    db.run(sql.moreTurns, num);
  } else {
    db.run(sql.rewind, change.seq, rowId(num, change.from), rowId(num, change.seq));
    db.run(sql.fewerItems, num);
    db.run(sql.rewindTurns, change.seq, rowId(num, change.from), rowId(num, change.seq));
    db.run(sql.fewerTurns, num);
  }
}

export function writeSource(db: Database, source: SourceCheckpoint, now: number): void {
  db.run(source.fromStart ? sql.forgetProblems : sql.forgetPassing, source.path);
  db.run(
    `INSERT OR REPLACE INTO sources (path, root, agent, format, importer_version, fingerprint, size, offset, line, tail_hash, state, imported_at)
     VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
    source.path,
    source.root,
    source.agent,
    source.format,
    source.importerVersion,
    source.fingerprint,
    source.sizeBytes,
    source.offset,
    source.line,
    source.tailHash,
    source.state,
    now,
  );
  for (const id of source.sessionIds) {
    db.run('INSERT INTO source_sessions (path, session_id) VALUES (?,?) ON CONFLICT DO NOTHING', source.path, id);
    db.run("UPDATE sessions SET source_state = 'present' WHERE id = ? AND source_state IS NOT 'present'", id);
  }
  for (const problem of source.problems) writeProblem(db, source.path, problem);
}

/** The same complaint again is counted, at the line where it was first made. */
function writeProblem(db: Database, path: string, { line, kind, message, count }: SourceProblem): void {
  const known = db.get(sql.problemKnown, path, kind, message);
  if (known) db.run(sql.problemAgain, count, path, kind, message);
  else db.run(sql.problem, path, line, kind, message, count);
}

function writeRow(db: Database, row: StoredRow): void {
  const id = rowId(row.num, row.seq);
  db.run(
    sql.row,
    id,
    row.at,
    row.kind,
    row.turnId,
    row.step,
    row.key,
    row.itemType,
    row.label,
    row.data,
    row.text,
    row.revises,
  );
  if (row.revises !== null) db.run(sql.revised, row.seq, rowId(row.num, row.revises));
}

function writeFact(db: Database, fact: Fact): void {
  const { num, attemptId, key, originKey, claim, seq, at, turnId, step, model, provider } = fact;
  const figures = tokenFields.map((field) => fact[field]);
  db.run(
    sql.fact,
    num,
    attemptId,
    key,
    originKey,
    claim,
    seq,
    at,
    turnId,
    step,
    model,
    provider,
    ...figures,
    fact.outputSeen,
    fact.outputPlaceholder,
    fact.final ? 1 : 0,
    fact.inheritedFrom,
    isCounted(fact) ? 1 : 0,
    fact.raw,
  );
}

function writeBucket(
  db: Database,
  { bucket, num, model, provider, sizeClass, complete, requests, sums, reported }: UsageBucket,
): void {
  const figures = [...tokenFields.map((field) => sums[field]), ...tokenFields.map((field) => reported[field])];
  db.run(bucketSql, bucket, num, model, provider, sizeClass, complete, requests, ...figures);
}

function writeToolBucket(db: Database, bucket: ToolBucket): void {
  const { num, bucket: time, name, calls, errors, results, outputBytes, timed, durationMs } = bucket;
  db.run(sql.tool, num, time, name, calls, errors, results, outputBytes, timed, durationMs);
}

function writeSession(db: Database, session: SessionRecord): void {
  const { totals } = session;
  db.run(
    sql.session,
    session.title,
    session.cwd,
    session.project,
    session.branch,
    session.model,
    session.effort,
    session.agentVersion,
    session.parentId,
    session.forkedFrom,
    session.hosted,
    session.status,
    session.openQuestions,
    session.createdAt,
    session.updatedAt,
    session.head,
    session.digest,
    session.itemCount,
    session.turnCount,
    session.messageCount,
    totals?.requests ?? 0,
    totals?.inputTokens ?? null,
    totals?.outputTokens ?? null,
    totals ? JSON.stringify(totals) : null,
    session.tied ? 1 : 0,
    session.num,
  );
}
