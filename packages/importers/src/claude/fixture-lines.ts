/** Lines for Claude Code's tests: the fields that matter, with quiet defaults for the rest. */
import type { RowDraft } from '../contract.js';
import type { JsonObject } from '../json.js';
import { readLine } from '../reading/read-lines.js';
import { LineSplitter } from '../reading/split-lines.js';
import { claudeLines } from './reader.js';

/** When the sessions of these tests begin. */
export const begun = Date.UTC(2026, 10, 20, 9);

/** `after`: seconds since the session began. */
export function timeAfter(after: number): string {
  return new Date(begun + after * 1000).toISOString();
}

function line(type: string, uuid: string, after: number, over: JsonObject): JsonObject {
  const where = { cwd: '/code/demo', sessionId: 'main', version: '2.1.328', gitBranch: 'main' };
  return { type, uuid, timestamp: timeAfter(after), isSidechain: false, ...where, ...over };
}

export function prompt(uuid: string, after: number, content: unknown = 'Please.', over: JsonObject = {}): JsonObject {
  return line('user', uuid, after, { message: { role: 'user', content }, ...over });
}

export interface Answer {
  id?: string;
  model?: string;
  content?: JsonObject[];
  stop?: string | null;
  usage?: JsonObject | null;
}

/** An assistant line: one content block of the message `id`, with the message's usage. */
export function answer(uuid: string, after: number, said: Answer = {}, over: JsonObject = {}): JsonObject {
  const content = said.content ?? [{ type: 'text', text: 'Done.' }];
  const message = {
    id: said.id ?? 'msg_1',
    type: 'message',
    role: 'assistant',
    model: said.model ?? 'claude-sonnet-4-5',
    content,
    stop_reason: said.stop === undefined ? 'end_turn' : said.stop,
    ...(said.usage === null ? {} : { usage: said.usage ?? usage() }),
  };
  return line('assistant', uuid, after, { message, requestId: `req_${message.id}`, ...over });
}

/** 10 uncached + 100 written + 900 read = 1010 tokens of input, and 100 of output. */
export function usage(over: JsonObject = {}): JsonObject {
  return {
    input_tokens: 10,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 900,
    cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 0 },
    output_tokens: 100,
    service_tier: 'standard',
    ...over,
  };
}

export interface Found {
  drafts: RowDraft[];
  problems: { kind: string; message: string; line: number }[];
}

/** Files by path below a root, as text or as lines. */
export type Files = Record<string, string | JsonObject[]>;

/** Reads files one after another, each with a state of its own. */
export function readFiles(files: Files): Found {
  const found: Found = { drafts: [], problems: [] };
  for (const [path, content] of Object.entries(files)) readText(path, textOf(content), found);
  return found;
}

export function textOf(content: string | JsonObject[]): string {
  return typeof content === 'string' ? content : content.map((each) => `${JSON.stringify(each)}\n`).join('');
}

/** The main file of the session `main`. */
export function readMain(...lines: JsonObject[]): Found {
  return readFiles({ 'project/main.jsonl': lines });
}

function readText(path: string, text: string, found: Found): void {
  const splitter = new LineSplitter({ offset: 0, line: 1 }, 1 << 26);
  const lines = splitter.push(Buffer.from(text));
  const rest = splitter.rest();
  let state = claudeLines.start({ root: '/r', path });
  for (const raw of rest ? [...lines, rest] : lines) {
    readLine(claudeLines, state, raw, {
      row: (draft) => void found.drafts.push(draft),
      problem: (kind, message, number) => void found.problems.push({ kind, message, line: number }),
    });
    // The state is stored between any two lines: what does not survive that is lost.
    state = JSON.parse(JSON.stringify(state));
  }
}

type DraftOf<Kind extends RowDraft['kind']> = Extract<RowDraft, { kind: Kind }>;

export function ofKind<Kind extends RowDraft['kind']>(drafts: readonly RowDraft[], kind: Kind): DraftOf<Kind>[] {
  return drafts.filter((draft): draft is DraftOf<Kind> => draft.kind === kind);
}

export function itemsIn(drafts: readonly RowDraft[]) {
  return ofKind(drafts, 'item.recorded').map((draft) => draft.data);
}
