/** Claude Code: `~/.claude/projects/<slug>/<session>.jsonl` and the files of its sub-agents. */
import type { Importer, LinesReader } from '../contract.js';
import { objectAt, stringAt } from '../json.js';
import { claudeLines } from './reader.js';

export const claude: Importer = {
  agent: 'claude',
  version: 1,
  capabilities: {
    perRequestUsage: true,
    cacheRead: true,
    cacheWrite: true,
    cacheWrite1h: true,
    reasoning: true,
    subAgents: true,
    forks: true,
    compactions: true,
    toolTimings: false,
    errors: true,
  },
  roots({ home, env }) {
    const moved = env['CLAUDE_CONFIG_DIR'];
    const folders = moved
      ? moved.split(',').map((folder) => folder.trim())
      : [`${home}/.claude`, `${home}/.config/claude`];
    return folders.filter((folder) => folder !== '').map((folder) => `${folder}/projects`);
  },
  classify: (path) => (path.endsWith('.jsonl') ? 'lines' : null),
  recognises: (records) =>
    records.some(
      (record) =>
        stringAt(record, 'sessionId') !== undefined &&
        ('message' in record || record['type'] === 'queue-operation') &&
        !('payload' in record),
    ) ||
    records.some(
      (record) => record['type'] === 'assistant' && stringAt(objectAt(record, 'message'), 'role') === 'assistant',
    ),
  lines: claudeLines as LinesReader<unknown>,
};
