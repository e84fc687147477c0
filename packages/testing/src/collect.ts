/** Runs an importer over a folder, without a store: what it yields, and a naive recount to compare with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Importer, isObject, type JsonObject, LineSplitter, readLine, type RowDraft, type UsageDraft } from '@taffrail/importers';
import { type TokenField, tokenFields } from '@taffrail/wire';

export interface Collected {
  drafts: RowDraft[];
  problems: { path: string; line: number | null; kind: string; message: string }[];
}

/** Everything `importer` yields for the home folder at `home`, files in the order of their paths. */
export function collect(importer: Importer, home: string): Collected {
  const found: Collected = { drafts: [], problems: [] };
  for (const root of importer.roots({ home, env: {} })) {
    for (const path of filesBelow(root)) collectFile(importer, root, path, found);
  }
  return found;
}

function filesBelow(root: string): string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort();
  } catch {
    return [];
  }
}

function collectFile(importer: Importer, root: string, path: string, found: Collected): void {
  const source = { root, path };
  const format = importer.classify(path);
  const problem = (kind: string, message: string, line: number | null) => found.problems.push({ path, line, kind, message });
  const row = (draft: RowDraft) => void found.drafts.push(draft);
  if (format === 'lines' && importer.lines) {
    const state = importer.lines.start(source);
    const splitter = new LineSplitter({ offset: 0, line: 1 }, 1 << 26);
    const lines = splitter.push(readFileSync(join(root, path)));
    const rest = splitter.rest();
    for (const line of rest ? [...lines, rest] : lines) readLine(importer.lines, state, line, { row, problem });
  } else if (format === 'document' && importer.document) {
    const document: unknown = JSON.parse(readFileSync(join(root, path), 'utf8'));
    const siblings = { readJson: (sibling: string) => readJson(join(root, sibling)), list: (folder: string) => filesBelow(join(root, folder)) };
    if (isObject(document)) importer.document.read(source, document, siblings, { row, problem: (kind, message) => void problem(kind, message, null) });
  }
}

function readJson(path: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export type Recount = Record<TokenField, number | null> & { requests: number };

/**
 * Adds up usage by request, the slow and obvious way: one entry per key, the largest figure per field; an
 * output that some record calls a placeholder is unknown unless a finished or larger figure exists.
 */
export function recount(drafts: readonly RowDraft[]): Recount {
  const records = drafts.filter((draft) => draft.kind === 'usage.recorded');
  const requests = [...groupedByKey(records).values()].map((group) => request(group.map((draft) => draft.data)));
  const sum = (field: TokenField) => sumOf(requests.map((each) => each[field]));
  return { requests: requests.length, ...eachField(sum) };
}

function groupedByKey<Record extends { identity: { key: string } }>(records: readonly Record[]): Map<string, Record[]> {
  const groups = new Map<string, Record[]>();
  for (const record of records) groups.set(record.identity.key, [...(groups.get(record.identity.key) ?? []), record]);
  return groups;
}

function request(records: UsageDraft[]): Record<TokenField, number | null> {
  const figures = eachField((field) => largest(records.map((record) => record[field])));
  const placeholder = largest(records.map((record) => record.outputPlaceholder ?? null));
  const unfinished = placeholder !== null && !records.some((record) => record.final) && (figures.outputTokens ?? 0) <= placeholder;
  return unfinished ? { ...figures, outputTokens: null } : figures;
}

function eachField(figure: (field: TokenField) => number | null): Record<TokenField, number | null> {
  return Object.fromEntries(tokenFields.map((field) => [field, figure(field)])) as Record<TokenField, number | null>;
}

function largest(figures: (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function sumOf(figures: (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : known.reduce((total, figure) => total + figure, 0);
}
