/** pi: `~/.pi/agent/sessions/--<folder>--/<time>_<session id>.jsonl`. */
import type { Importer, LinesReader } from '../contract.js';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.js';
import { piLines } from './reader.js';

export const pi: Importer = {
  agent: 'pi',
  version: 1,
  capabilities: {
    perRequestUsage: true,
    cacheRead: true,
    cacheWrite: true,
    cacheWrite1h: false,
    reasoning: false,
    subAgents: false,
    forks: true,
    compactions: true,
    toolTimings: false,
    errors: true,
  },
  roots({ home, env }) {
    const agentFolder = env['PI_CODING_AGENT_DIR'] || env['CODING_AGENT_DIR'] || `${home}/.pi/agent`;
    const folders = [env['PI_CODING_AGENT_SESSION_DIR'], `${agentFolder}/sessions`];
    const roots = folders
      .filter((folder) => folder !== undefined && folder !== '')
      .map((folder) => expanded(folder as string, home));
    return [...new Set(roots)];
  },
  classify: (path) => (path.endsWith('.jsonl') ? 'lines' : null),
  recognises: (records) => records.some(isPi),
  lines: piLines as LinesReader<unknown>,
};

function expanded(folder: string, home: string): string {
  return folder === '~' || folder.startsWith('~/') ? `${home}${folder.slice(1)}` : folder;
}

function isPi(record: JsonObject): boolean {
  if (record['type'] === 'session')
    return stringAt(record, 'id') !== undefined && stringAt(record, 'cwd') !== undefined;
  const message = objectAt(record, 'message');
  return (
    record['type'] === 'message' &&
    message['role'] === 'assistant' &&
    isObject(message['usage']) &&
    'cacheRead' in message['usage']
  );
}
