/** Runs an importer over a folder, without a store: what it yields, and a naive recount to compare with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  type DatabaseView,
  type Importer,
  isObject,
  type JsonObject,
  LineSplitter,
  type LinesReader,
  type RowDraft,
  readLine,
  type Siblings,
  type Sink,
  type Source,
  type UsageDraft,
} from '@taffrail/importers';
import { type TokenField, tokenFields } from '@taffrail/wire';

export interface Collected {
  drafts: RowDraft[];
  problems: { path: string; line: number | null; kind: string; message: string }[];
}

/** How a test reads: by default all files in the order of their paths, no variables set, and no databases. */
export interface Reading {
  env?: Readonly<Record<string, string>>;
  order?: (paths: string[]) => string[];
  /** Opens a database for reading; it is closed when it has been read. */
  openDatabase?: (path: string) => DatabaseView & { close(): void };
}

/** Everything `importer` yields for the home folder at `home`. */
export function collect(importer: Importer, home: string, reading: Reading = {}): Collected {
  const found: Collected = { drafts: [], problems: [] };
  const order = reading.order ?? ((paths: string[]) => paths);
  for (const root of importer.roots({ home, env: reading.env ?? {} })) {
    for (const path of order(filesBelow(root))) collectFile(importer, { root, path }, reading, found);
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

type Problem = (kind: string, message: string, line: number | null) => void;

function collectFile(importer: Importer, source: Source, reading: Reading, found: Collected): void {
  const { root, path } = source;
  const format = importer.classify(path);
  const problem: Problem = (kind, message, line) => void found.problems.push({ path, line, kind, message });
  const row = (draft: RowDraft) => void found.drafts.push(draft);
  const sink: Sink = { row, problem: (kind, message) => problem(kind, message, null) };
  if (format === 'lines' && importer.lines) collectLines(importer.lines, source, { row, problem });
  const document = format === 'document' ? readJson(join(root, path)) : null;
  if (document) importer.document?.read(source, document, siblingsBelow(root), sink);
  if (format !== 'database' || !importer.database || !reading.openDatabase) return;
  const database = reading.openDatabase(join(root, path));
  importer.database.read(source, database, null, sink);
  database.close();
}

function collectLines(
  reader: LinesReader<unknown>,
  source: Source,
  sink: { row: (draft: RowDraft) => void; problem: Problem },
): void {
  const state = reader.start(source, siblingsBelow(source.root));
  const splitter = new LineSplitter({ offset: 0, line: 1 }, 1 << 26);
  const lines = splitter.push(readFileSync(join(source.root, source.path)));
  const rest = splitter.rest();
  for (const line of rest ? [...lines, rest] : lines) readLine(reader, state, line, sink);
}

/** The files around a document, as an import sees them. */
export function siblingsBelow(root: string): Siblings {
  return { readJson: (path) => readJson(join(root, path)), list: (folder) => namesIn(join(root, folder)) };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
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
 * output that some record calls a placeholder is unknown unless a finished or larger figure exists. A replay of
 * another session's request, recognised by that request's key, is left out.
 */
export function recount(drafts: readonly RowDraft[]): Recount {
  const records = drafts.filter((draft) => draft.kind === 'usage.recorded');
  const originals = records.filter((record) => !isReplay(record, records));
  const groups = [...groupedByKey(originals).values()].map((group) => request(group.map((draft) => draft.data)));
  // A request of which nothing was reported is known to have happened, and counted nowhere.
  const requests = groups.filter((group) => tokenFields.some((field) => group[field] !== null));
  const sum = (field: TokenField) => sumOf(requests.map((each) => each[field]));
  return { requests: requests.length, ...eachField(sum) };
}

type UsageRow = Extract<RowDraft, { kind: 'usage.recorded' }>;

function isReplay({ identity, sessionId }: UsageRow, records: readonly UsageRow[]): boolean {
  const { originKey } = identity;
  return (
    originKey !== undefined &&
    records.some((other) => other.identity.key === originKey && other.sessionId !== sessionId)
  );
}

function groupedByKey<Record extends { identity: { key: string } }>(records: readonly Record[]): Map<string, Record[]> {
  const groups = new Map<string, Record[]>();
  for (const record of records) groups.set(record.identity.key, [...(groups.get(record.identity.key) ?? []), record]);
  return groups;
}

function request(records: UsageDraft[]): Record<TokenField, number | null> {
  const figures = eachField((field) => largest(records.map((record) => record[field])));
  const placeholder = largest(records.map((record) => record.outputPlaceholder ?? null));
  const unfinished =
    placeholder !== null && !records.some((record) => record.final) && (figures.outputTokens ?? 0) <= placeholder;
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
