/** The tables as queries see them; the same on every backend. Times are milliseconds since 1970 UTC. */
export interface SessionsTable {
  num: number;
  id: string;
  agent: string;
  origin: string;
  title: string | null;
  cwd: string | null;
  project: string | null;
  branch: string | null;
  model: string | null;
  effort: string | null;
  agent_version: string | null;
  parent_id: string | null;
  forked_from: string | null;
  hosted: string | null;
  status: string;
  open_questions: number;
  open: number;
  position: number | null;
  created_at: number;
  updated_at: number;
  epoch: number;
  run_gen: number;
  head: number;
  digest: string;
  item_count: number;
  turn_count: number;
  message_count: number;
  requests: number;
  input_tokens: number | null;
  output_tokens: number | null;
  totals: string | null;
  source_state: string | null;
  indexed_seq: number;
}

export interface RowsTable {
  id: number;
  at: number;
  kind: string;
  turn_id: string | null;
  step: number | null;
  key: string | null;
  item_type: string | null;
  label: string | null;
  data: string;
  text: string | null;
  revises: number | null;
  revised_by: number | null;
}

export interface UsageFactsTable {
  num: number;
  attempt_id: string;
  key: string;
  seq: number;
  at: number;
  turn_id: string | null;
  step: number | null;
  model: string | null;
  provider: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  cache_write_1h_tokens: number | null;
  reasoning_tokens: number | null;
  output_placeholder: number | null;
  final: number;
  inherited_from: string | null;
  counted: number;
}

export interface UsageBucketsTable {
  bucket: number;
  num: number;
  model: string;
  provider: string;
  size_class: number;
  complete: number;
  requests: number;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  cache_write_1h_tokens: number;
  reasoning_tokens: number;
  input_reported: number;
  output_reported: number;
  cache_read_reported: number;
  cache_write_reported: number;
  cache_write_1h_reported: number;
  reasoning_reported: number;
}

export interface ActivityBucketsTable {
  bucket: number;
  num: number;
  messages: number;
  turns: number;
  tool_calls: number;
}

export interface ToolBucketsTable {
  num: number;
  bucket: number;
  name: string;
  calls: number;
  errors: number;
  /** How many results `output_bytes` is the sum of. */
  results: number;
  output_bytes: number;
  /** How many results `duration_ms` is the sum of: only some logs say how long a call took. */
  timed: number;
  duration_ms: number;
}

export interface Tables {
  sessions: SessionsTable;
  rows: RowsTable;
  keys: { num: number; key: string; place: number; latest: number; hash: string };
  usage_facts: UsageFactsTable;
  usage_buckets: UsageBucketsTable;
  activity_buckets: ActivityBucketsTable;
  tool_buckets: ToolBucketsTable;
  usage_claims: { num: number; source: string; at: number; data: string };
  blobs: { hash: string; size: number; bytes: Uint8Array };
  sources: {
    path: string;
    root: string;
    agent: string;
    format: string;
    importer_version: number;
    fingerprint: string;
    size: number;
    offset: number;
    line: number;
    tail_hash: string;
    state: string;
    imported_at: number;
    missing_since: number | null;
  };
  source_sessions: { path: string; session_id: string };
  source_problems: { path: string; line: number | null; kind: string; message: string; count: number };
}
