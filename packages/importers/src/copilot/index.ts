/** GitHub Copilot CLI: `~/.copilot/session-state/<session>/events.jsonl`. */
import type { Importer, LinesReader } from '../contract.js';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.js';
import { copilotLines } from './reader.js';

export const copilot: Importer = {
  agent: 'copilot',
  version: 1,
  capabilities: {
    perRequestUsage: true,
    cacheRead: true,
    cacheWrite: true,
    cacheWrite1h: false,
    reasoning: true,
    subAgents: true,
    forks: false,
    compactions: true,
    toolTimings: true,
    errors: true,
  },
  roots: ({ home, env }) => [`${env['COPILOT_HOME'] || `${home}/.copilot`}/session-state`],
  // Early versions kept one file per session, without a folder.
  classify: (path) => (/^[^/]+\/events\.jsonl$/.test(path) || /^[^/]+\.jsonl$/.test(path) ? 'lines' : null),
  recognises: (records) => records.some(isCopilotEvent),
  lines: copilotLines as LinesReader<unknown>,
};

function isCopilotEvent(record: JsonObject): boolean {
  const start =
    record['type'] === 'session.start' && stringAt(objectAt(record, 'data'), 'copilotVersion') !== undefined;
  return (
    start ||
    (isObject(record['data']) &&
      'parentId' in record &&
      /^(session|assistant|user|tool|subagent)\./.test(stringAt(record, 'type') ?? ''))
  );
}
