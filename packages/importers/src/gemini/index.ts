/** Gemini CLI: `~/.gemini/tmp/<project>/chats/`, one file per session, those of sub-agents in a folder per parent. */
import type { Importer, LinesReader, SourceFormat } from '../contract.js';
import { isObject, type JsonObject, stringAt } from '../json.js';
import { documentReader } from './document.js';
import { geminiLines } from './reader.js';

export const gemini: Importer = {
  agent: 'gemini',
  version: 1,
  capabilities: {
    perRequestUsage: true,
    cacheRead: true,
    cacheWrite: false,
    cacheWrite1h: false,
    reasoning: true,
    subAgents: true,
    forks: true,
    compactions: true,
    toolTimings: false,
    errors: true,
  },
  roots({ home, env }) {
    const base = env['GEMINI_CLI_HOME'] || home;
    // In its macOS sandbox the program may write below `.cache` only.
    return [`${base}/.gemini/tmp`, `${base}/.cache/.gemini/tmp`];
  },
  classify,
  recognises: (records) => records.some(isGemini),
  lines: geminiLines as LinesReader<unknown>,
  document: documentReader('gemini'),
};

/** `logs.json`, checkpoints and tool outputs lie beside `chats` and repeat what stands there. */
function classify(path: string): SourceFormat | null {
  if (!/(^|\/)chats\//.test(path)) return null;
  // A file that the program could not read it puts aside under this name; what is whole in it is.
  if (/\.jsonl(\.unreadable-\d+)?$/.test(path)) return 'lines';
  return path.endsWith('.json') ? 'document' : null;
}

function isGemini(record: JsonObject): boolean {
  if (isObject(record['$set']) || record['type'] === 'gemini') return true;
  return stringAt(record, 'sessionId') !== undefined && stringAt(record, 'projectHash') !== undefined;
}
