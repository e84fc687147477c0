/**
 * The folder a session worked in. Gemini CLI logs only its SHA-256; the folder itself stands in the registry of
 * projects beside the logs, in the environment text at the head of a conversation, and in the tools' arguments.
 */
import { createHash } from 'node:crypto';
import type { Siblings, Sink } from '../contract.js';
import { baseOf, describe } from '../conversation.js';
import { isObject, type JsonObject, objectAt, objectsAt } from '../json.js';
import { shortHash } from '../text.js';
import { readParts } from './parts.js';
import type { GeminiState } from './state.js';

// The registry lies beside the root `tmp`, one folder above the logs.
const registry = '../projects.json';
// Paths longer or deeper than this are not folders somebody works in.
const pathLengthMax = 1000;
const depthMax = 40;
// The folder shows in the first few calls or nowhere.
const triesMax = 200;

/** States where the session works, once it is known and when it changes. */
export function describeFolder(state: GeminiState, folder: string | null, at: number | null, out: Sink): void {
  if (folder === null || state.cwd === folder) return;
  state.cwd = folder;
  describe(baseOf(state, at), `cwd:${shortHash(folder)}`, { cwd: folder }, out);
}

/** The folder whose short name, or in older versions whose hash, names the logs' folder. */
export function folderOfSlug(slug: string, siblings: Siblings): string | null {
  const projects = objectAt(siblings.readJson(registry) ?? {}, 'projects');
  for (const [folder, name] of Object.entries(projects)) {
    if (name === slug || hashOf(folder) === slug) return folder;
  }
  return null;
}

/** The first workspace folder that an environment text names. */
export function folderInContext(text: string): string | null {
  const found =
    /Workspace Directories:\**\s*\n\s*-\s+(.+)/.exec(text) ??
    /working in the (?:following )?director(?:y|ies):\s*(?:\n\s*-\s+)?(.+)/.exec(text);
  const folder = found?.[1]?.trim();
  return folder && isAbsolute(folder) ? folder : null;
}

/** Looks for the folder whose hash the header has among the paths that a message's tools were given. */
export function seekFolder(state: GeminiState, message: JsonObject): string | null {
  const { projectHash } = state;
  if (state.cwd !== null || projectHash === null || state.cwdTries >= triesMax) return null;
  const calls = [...objectsAt(message, 'toolCalls'), ...readParts(message['content']).calls];
  const paths = calls.flatMap((call) => (isObject(call['args']) ? Object.values(call['args']) : [])).filter(isPath);
  state.cwdTries += paths.length;
  return paths.map((path) => ancestorWithHash(path, projectHash)).find((folder) => folder !== null) ?? null;
}

function ancestorWithHash(path: string, hash: string): string | null {
  let folder = path.replace(/[/\\]+$/, '');
  for (let depth = 0; depth < depthMax && folder !== ''; depth += 1) {
    if (hashOf(folder) === hash) return folder;
    const cut = Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\'));
    if (cut <= 0) return null;
    folder = folder.slice(0, cut);
  }
  return null;
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.length <= pathLengthMax && isAbsolute(value) && !value.includes('\n');
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
}

function hashOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex');
}
