/** Codex: rollouts in `~/.codex/sessions/YYYY/MM/DD/` and `~/.codex/archived_sessions/`. */
import type { Importer, LinesReader } from '../contract.js';
import { isObject, type JsonObject, stringAt } from '../json.js';
import { codexLines } from './reader.js';

export const codex: Importer = {
  agent: 'codex',
  version: 2,
  capabilities: {
    perRequestUsage: true,
    cacheRead: true,
    cacheWrite: true,
    cacheWrite1h: false,
    reasoning: true,
    subAgents: true,
    forks: true,
    compactions: true,
    toolTimings: true,
    errors: true,
  },
  roots({ home, env }) {
    const folder = env['CODEX_HOME'] || `${home}/.codex`;
    return [`${folder}/sessions`, `${folder}/archived_sessions`];
  },
  classify: (path) => (path.endsWith('.jsonl') ? 'lines' : null),
  recognises: (records) => records.some(isEnvelope) || records.some(isBareStart),
  lines: codexLines as LinesReader<unknown>,
};

const envelopeTypes = new Set([
  'session_meta',
  'response_item',
  'event_msg',
  'turn_context',
  'compacted',
  'token_usage_record',
]);

function isEnvelope(record: JsonObject): boolean {
  return envelopeTypes.has(stringAt(record, 'type') ?? '') && isObject(record['payload']);
}

/** The first lines of the oldest logs have no envelope. */
function isBareStart(record: JsonObject): boolean {
  return (
    'record_type' in record ||
    (stringAt(record, 'id') !== undefined && 'instructions' in record && 'timestamp' in record && !('type' in record))
  );
}
