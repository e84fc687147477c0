/** Qwen Code: `~/.qwen/projects/<project>/chats/<session>.jsonl`, its sub-agents' files, and before 0.5 whole documents. */
import type { Importer, LinesReader, SourceFormat } from '../contract.js';
import { documentReader } from '../gemini/document.js';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.js';
import { qwenLines } from './reader.js';

export const qwen: Importer = {
  agent: 'qwen',
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
    toolTimings: true,
    errors: true,
  },
  roots({ home, env }) {
    const settings = folderFrom(env['QWEN_HOME'], home) ?? `${home}/.qwen`;
    const runtime = folderFrom(env['QWEN_RUNTIME_DIR'], home) ?? settings;
    return runtime === settings ? [settings] : [runtime, settings];
  },
  classify,
  recognises: (records) => records.some(isQwen),
  lines: qwenLines as LinesReader<unknown>,
  document: documentReader('qwen'),
};

function folderFrom(variable: string | undefined, home: string): string | undefined {
  if (!variable) return undefined;
  return variable === '~' || variable.startsWith('~/') ? `${home}${variable.slice(1)}` : variable;
}

function classify(path: string): SourceFormat | null {
  if (/^projects\/[^/]+\/(chats|subagents)\/.+\.jsonl$/.test(path) || path === 'usage_record.jsonl') return 'lines';
  return /^tmp\/[^/]+\/chats\/session-[^/]+\.json$/.test(path) ? 'document' : null;
}

function isQwen(record: JsonObject): boolean {
  if (record['type'] === 'qwen' || objectsSayQwen(record)) return true;
  const parts = objectAt(record, 'message')['parts'];
  return stringAt(record, 'uuid') !== undefined && (Array.isArray(parts) || isObject(record['systemPayload']));
}

/** A whole document of an early version: like Gemini CLI's, but for the name its messages give the model. */
function objectsSayQwen(record: JsonObject): boolean {
  const messages = record['messages'];
  return Array.isArray(messages) && messages.some((message) => isObject(message) && message['type'] === 'qwen');
}
