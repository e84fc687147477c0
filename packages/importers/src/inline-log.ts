/** For tests: reads small logs written as objects, one line each, as an import would that stops after every line. */
import type { Importer, RowDraft, Siblings } from './contract.js';
import { readLine } from './reading/read-lines.js';

export interface Read {
  drafts: RowDraft[];
  /** `kind: message`, with the line's number. */
  problems: string[];
}

/** A record, or a line as it stands in the file. */
export type Line = object | string | Buffer;

export function readLog(importer: Importer, path: string, lines: readonly Line[], siblings?: Siblings): Read {
  const read: Read = { drafts: [], problems: [] };
  const reader = importer.lines;
  if (!reader) return read;
  let state: unknown = reader.start({ root: '/logs', path }, siblings);
  lines.forEach((line, index) => {
    const position = { number: index + 1, start: 0, end: 0, bytes: bytesOf(line) };
    readLine(reader, state, position, {
      row: (draft) => void read.drafts.push(draft),
      problem: (kind, message, number) => void read.problems.push(`${number} ${kind}: ${message}`),
    });
    state = JSON.parse(JSON.stringify(state));
  });
  return read;
}

function bytesOf(line: Line): Buffer {
  if (Buffer.isBuffer(line)) return line;
  return Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
}

export type Usage = Extract<RowDraft, { kind: 'usage.recorded' }>;

export function usageIn({ drafts }: { drafts: readonly RowDraft[] }): Usage[] {
  return drafts.filter((draft) => draft.kind === 'usage.recorded');
}

/** The latest statement of each item, in the order of their first ones. */
export function itemsIn({ drafts }: { drafts: readonly RowDraft[] }) {
  const items = new Map<string, Extract<RowDraft, { kind: 'item.recorded' }>>();
  for (const draft of drafts) if (draft.kind === 'item.recorded') items.set(`${draft.sessionId} ${draft.key}`, draft);
  return [...items.values()].map((draft) => draft.data);
}

/** What is known of a session in the end. */
export function descriptionOf({ drafts }: { drafts: readonly RowDraft[] }, sessionId: string) {
  const statements = drafts.filter((draft) => draft.kind === 'session.described' && draft.sessionId === sessionId);
  return Object.assign({}, ...statements.map((draft) => draft.data)) as Record<string, string>;
}

/** How the turns ended, by the prompt that began them; those that run are `null`. */
export function outcomesIn({ drafts }: { drafts: readonly RowDraft[] }): Record<string, string | null> {
  const outcomes: Record<string, string | null> = {};
  for (const draft of drafts) {
    if (draft.kind === 'turn.started') outcomes[draft.turnId ?? ''] ??= null;
    if (draft.kind === 'turn.completed') outcomes[draft.turnId ?? ''] = draft.data.outcome;
  }
  return outcomes;
}
