/** opencode: `~/.local/share/opencode/opencode.db`, and the JSON files of versions up to 1.1. */
import type { Importer } from '../contract.js';
import { type JsonObject, stringAt } from '../json.js';
import { opencodeDatabase } from './database.js';
import { opencodeDocuments, placeOfFile } from './documents.js';

/** Preview builds keep a database of their own, named by their channel. */
const databasePattern = /^opencode(-[A-Za-z0-9._-]+)?\.db$/;

export const opencode: Importer = {
  agent: 'opencode',
  version: 1,
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
    const data = env['XDG_DATA_HOME'];
    return [`${data ? data : `${home}/.local/share`}/opencode`];
  },
  classify(path) {
    if (databasePattern.test(path)) return 'database';
    return path.startsWith('storage/') && placeOfFile(path) ? 'document' : null;
  },
  // Beside the logs lie copies of whole projects (`snapshot`), programs and their output.
  enters: (folder) => folder === 'storage' || /^storage\/(session|message|part)(\/|$)/.test(folder),
  recognises: (records) => records.some((record) => idPattern.test(stringAt(record, 'id') ?? '') && hasShape(record)),
  document: opencodeDocuments,
  database: opencodeDatabase,
};

const idPattern = /^(ses|msg|prt)_/;

function hasShape(record: JsonObject): boolean {
  return 'sessionID' in record || 'projectID' in record || 'directory' in record;
}
