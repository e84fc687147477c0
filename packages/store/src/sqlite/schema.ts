/**
 * The tables on SQLite, as steps that are only ever added to. `rows` is the truth; all else but `sources` and
 * `blobs` follows from it. A row's id is `session number × 2^32 + seq`: one B-tree is both its place and its order.
 */
export interface Migration {
  version: number;
  sql: string;
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE sessions (
  num INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  agent TEXT NOT NULL,
  origin TEXT NOT NULL,
  title TEXT, cwd TEXT, project TEXT, branch TEXT, model TEXT, effort TEXT, agent_version TEXT,
  parent_id TEXT, forked_from TEXT,
  status TEXT NOT NULL DEFAULT 'idle',
  open INTEGER NOT NULL DEFAULT 0,
  position INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 1,
  run_gen INTEGER NOT NULL DEFAULT 0,
  mapping_version INTEGER NOT NULL DEFAULT 0,
  head INTEGER NOT NULL DEFAULT 0,
  digest TEXT NOT NULL DEFAULT '',
  item_count INTEGER NOT NULL DEFAULT 0,
  turn_count INTEGER NOT NULL DEFAULT 0,
  message_count INTEGER NOT NULL DEFAULT 0,
  requests INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER,
  output_tokens INTEGER,
  totals TEXT,
  tied INTEGER NOT NULL DEFAULT 0,
  source_state TEXT,
  indexed_seq INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX sessions_updated ON sessions (updated_at);
CREATE INDEX sessions_parent ON sessions (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX sessions_unindexed ON sessions (num) WHERE indexed_seq < head;

CREATE TABLE rows (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  turn_id TEXT,
  step INTEGER,
  key TEXT,
  item_type TEXT,
  label TEXT,
  data TEXT NOT NULL,
  text TEXT,
  revises INTEGER,
  revised_by INTEGER
);

CREATE TABLE keys (
  num INTEGER NOT NULL,
  key TEXT NOT NULL,
  place INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (num, key)
) WITHOUT ROWID;

CREATE TABLE usage_facts (
  num INTEGER NOT NULL,
  attempt_id TEXT NOT NULL,
  key TEXT NOT NULL,
  origin_key TEXT,
  claim INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  turn_id TEXT,
  step INTEGER,
  model TEXT,
  provider TEXT,
  input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER,
  cache_write_tokens INTEGER, cache_write_1h_tokens INTEGER, reasoning_tokens INTEGER,
  output_seen INTEGER,
  output_placeholder INTEGER,
  final INTEGER NOT NULL,
  inherited_from TEXT,
  counted INTEGER NOT NULL,
  raw TEXT,
  PRIMARY KEY (num, attempt_id)
) WITHOUT ROWID;
CREATE INDEX usage_facts_key ON usage_facts (key);
CREATE INDEX usage_facts_origin ON usage_facts (origin_key) WHERE origin_key IS NOT NULL;
CREATE INDEX usage_facts_at ON usage_facts (num, at, seq);

CREATE TABLE usage_buckets (
  bucket INTEGER NOT NULL,
  num INTEGER NOT NULL,
  model TEXT NOT NULL,
  provider TEXT NOT NULL,
  size_class INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL, cache_write_1h_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL,
  input_reported INTEGER NOT NULL, output_reported INTEGER NOT NULL, cache_read_reported INTEGER NOT NULL,
  cache_write_reported INTEGER NOT NULL, cache_write_1h_reported INTEGER NOT NULL, reasoning_reported INTEGER NOT NULL,
  PRIMARY KEY (bucket, num, model, provider, size_class, complete)
) WITHOUT ROWID;
CREATE INDEX usage_buckets_num ON usage_buckets (num);

CREATE TABLE activity_buckets (
  bucket INTEGER NOT NULL,
  num INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  turns INTEGER NOT NULL,
  tool_calls INTEGER NOT NULL,
  PRIMARY KEY (bucket, num)
) WITHOUT ROWID;
CREATE INDEX activity_buckets_num ON activity_buckets (num);

CREATE TABLE usage_claims (
  num INTEGER NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (num, source)
) WITHOUT ROWID;

CREATE TABLE blobs (
  hash TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (
  path TEXT PRIMARY KEY,
  root TEXT NOT NULL,
  agent TEXT NOT NULL,
  format TEXT NOT NULL,
  importer_version INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  size INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  line INTEGER NOT NULL,
  tail_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  missing_since INTEGER
);
CREATE TABLE source_sessions (
  path TEXT NOT NULL,
  session_id TEXT NOT NULL,
  PRIMARY KEY (path, session_id)
) WITHOUT ROWID;
CREATE INDEX source_sessions_session ON source_sessions (session_id);
CREATE TABLE source_problems (
  path TEXT NOT NULL,
  line INTEGER,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  count INTEGER NOT NULL
);
CREATE INDEX source_problems_path ON source_problems (path);

CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2");
INSERT INTO search (search, rank) VALUES ('hashsize', 33554432), ('automerge', 8);
`,
  },
  {
    version: 2,
    sql: `
CREATE INDEX rows_queued ON rows (id) WHERE kind = 'input.queued';
`,
  },
  {
    version: 3,
    // Calls of one step may ask at the same time. What was asked before they could has one question at most.
    sql: `
ALTER TABLE sessions ADD COLUMN open_questions INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET open_questions = max(0, coalesce((SELECT sum(CASE kind WHEN 'permission.asked' THEN 1 WHEN 'permission.answered' THEN -1 ELSE 0 END)
  FROM rows WHERE rows.id > sessions.num * 4294967296 AND rows.id < (sessions.num + 1) * 4294967296), 0)) WHERE origin = 'live' AND status = 'waiting';
`,
  },
  {
    version: 4,
    // How a live session stood at the end of its last turn, in the words of a protocol. It may be deleted: then its log is
    // folded from the beginning.
    sql: `
CREATE TABLE snapshots (
  num INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  protocol INTEGER NOT NULL,
  state TEXT NOT NULL
);
`,
  },
  {
    version: 5,
    // What the tools panel counted row by row. A call or a result has the time and the name of its first row, and says what
    // its latest does.
    sql: `
CREATE TABLE tool_buckets (
  num INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  name TEXT NOT NULL,
  calls INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  results INTEGER NOT NULL,
  output_bytes INTEGER NOT NULL,
  timed INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (num, bucket, name)
) WITHOUT ROWID;
INSERT INTO tool_buckets (num, bucket, name, calls, errors, results, output_bytes, timed, duration_ms)
SELECT num, (at - (at % 900000 + 900000) % 900000) / 900000 AS bucket, name, sum(is_call), sum(status = 'error'), sum(NOT is_call),
  sum(CASE WHEN is_call THEN 0 ELSE coalesce(blob_bytes, text_bytes) END), count(ms), coalesce(sum(CAST(round(ms) AS INTEGER)), 0)
FROM (
  SELECT f.id / 4294967296 AS num, CAST(f.at AS INTEGER) AS at, f.label AS name, l.item_type = 'tool_call' AS is_call, octet_length(l.text) AS text_bytes,
    CASE l.item_type WHEN 'tool_result' THEN json_extract(l.data, '$.status') ELSE '' END AS status,
    CASE l.item_type WHEN 'tool_result' THEN json_extract(l.data, '$.blob.sizeBytes') END AS blob_bytes,
    CASE l.item_type WHEN 'tool_result' THEN json_extract(l.data, '$.durationMs') END AS ms
  FROM rows f LEFT JOIN keys k ON f.revised_by IS NOT NULL AND k.num = f.id / 4294967296 AND k.key = f.key
    JOIN rows l ON l.id = coalesce(f.id - f.id % 4294967296 + k.latest, f.id)
  WHERE f.label IS NOT NULL AND f.revises IS NULL AND l.item_type IN ('tool_call', 'tool_result')
)
GROUP BY num, bucket, name;
`,
  },
  {
    version: 6,
    // Turns that were set aside were counted on, in lists beside a timeline without them. And a budget that several sessions
    // share warns once: whether it has is asked of all logs.
    sql: `
CREATE INDEX rows_warned ON rows (key) WHERE kind = 'budget.warned';
UPDATE sessions SET turn_count = (SELECT count(*) FROM rows WHERE rows.id > sessions.num * 4294967296 AND rows.id < (sessions.num + 1) * 4294967296
    AND kind = 'turn.started' AND revised_by IS NULL)
  WHERE origin = 'live' AND EXISTS (SELECT 1 FROM rows WHERE rows.id > sessions.num * 4294967296 AND rows.id < (sessions.num + 1) * 4294967296
    AND kind = 'session.rewound');
`,
  },
  {
    version: 7,
    // What a session says of the agent that it hosts; and by that agent's name of the conversation, which session hosts it.
    sql: `
ALTER TABLE sessions ADD COLUMN hosted TEXT;
CREATE INDEX rows_hosted ON rows (key) WHERE kind = 'session.described' AND key >= 'hosted:' AND key < 'hosted;';
`,
  },
  {
    version: 8,
    // Requests whose output nobody told: those that told nothing at all are in no sum. With every column that a question
    // about them names, also the two that are always missing, so that it does not look into the table.
    sql: `
CREATE INDEX usage_facts_silent ON usage_facts (num, at, counted, final, provider, model, output_tokens, inherited_from)
  WHERE output_tokens IS NULL AND inherited_from IS NULL;
`,
  },
  {
    version: 9,
    // The sessions that went on from another one, and the turns that they hold: a timeline asks for both, and walked all
    // sessions and the whole log of each fork.
    sql: `
CREATE INDEX sessions_forked ON sessions (forked_from) WHERE forked_from IS NOT NULL;
CREATE INDEX rows_turns ON rows (id, turn_id) WHERE kind = 'turn.started';
`,
  },
];
