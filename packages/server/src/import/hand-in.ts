/** A log handed in by itself, as a file or a request's body: whose it is, is told from its first records. */
import { closeSync, createWriteStream, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { type Importer, importers, isObject, type JsonObject, parseLine, type SourceFormat } from '@taffrail/importers';
import type { Store } from '@taffrail/store';
import type { ImportProblem, ImportReport } from '@taffrail/wire';
import type { FoundSource } from './discover.js';
import { lookAt } from './fingerprint.js';
import { projectFinder } from './project.js';
import { readSource } from './read-source.js';

export interface HandInOutcome {
  report: ImportReport;
  sessionIds: string[];
  /** Set when nothing was taken: it is no known log, or shorter than what is stored. */
  refused: { status: 400 | 409; detail: string } | null;
}

interface HandInOptions {
  store: Store;
  /** The agent's name, where the caller knows it. */
  agent: string | undefined;
  now: () => number;
}

/** Takes a request's body. It is written to a temporary file first, so that its size does not matter. */
export async function importHandedIn({ body, ...options }: HandInOptions & { body: unknown }): Promise<HandInOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  const path = join(folder, 'handed-in.jsonl');
  try {
    await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(path));
    return await importFile({ ...options, path });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Imports one file, wherever it lies. What is stored is never replaced by less. */
export async function importFile({
  store,
  path,
  agent,
  now,
}: HandInOptions & { path: string }): Promise<HandInOutcome> {
  const startedAt = now();
  const absolute = resolve(path);
  const look = lookAt(absolute);
  const known = look && recognise(absolute, agent);
  if (!look || !known) return refusal(400, look ? whyUnknown(agent) : `${path} cannot be read.`);
  const source: FoundSource = {
    ...look,
    importer: known.importer,
    root: dirname(absolute),
    path: basename(absolute),
    absolute,
    format: known.format,
  };
  const taken = { newRows: 0, requests: 0, items: new Map<string, Set<string>>(), problems: [] as ImportProblem[] };
  const outcome = await readSource(source, null, {
    store,
    projectOf: projectFinder(),
    index: 'now',
    remember: false,
    noticed: (draft) => {
      if (draft.kind === 'item.recorded')
        taken.items.set(draft.sessionId, (taken.items.get(draft.sessionId) ?? new Set()).add(draft.key));
    },
    problems: (problems) =>
      taken.problems.push(...problems.map((problem) => ({ ...problem, path: absolute }) as ImportProblem)),
    committed: (result) => {
      taken.newRows += result.newRows;
      taken.requests += result.newRequests;
    },
    breathe: () => Promise.resolve(),
  });
  const sessionIds = [...taken.items.keys()];
  if (sessionIds.length === 0) return refusal(400, 'Nothing in this file is a conversation that taffrail can read.');
  const report = {
    files: 1,
    bytes: outcome.bytes,
    sessions: sessionIds.length,
    requests: taken.requests,
    skippedLines: outcome.skippedLines,
    durationMs: now() - startedAt,
    problems: taken.problems,
  };
  const longer = taken.newRows === 0 ? await firstLonger(store, taken.items) : null;
  if (longer)
    return {
      report,
      sessionIds,
      refused: {
        status: 409,
        detail: `The stored log of session ${longer.id} is longer (${longer.stored} items) than the one handed in (${longer.given}). Nothing was changed.`,
      },
    };
  return { report, sessionIds, refused: null };
}

function refusal(status: 400 | 409, detail: string): HandInOutcome {
  const report = { files: 0, bytes: 0, sessions: 0, requests: 0, skippedLines: 0, durationMs: 0, problems: [] };
  return { report, sessionIds: [], refused: { status, detail } };
}

async function firstLonger(store: Store, items: ReadonlyMap<string, ReadonlySet<string>>) {
  for (const [id, keys] of items) {
    const session = await store.queries
      .selectFrom('sessions')
      .select('item_count')
      .where('id', '=', id)
      .executeTakeFirst();
    if (session && session.item_count > keys.size) return { id, stored: session.item_count, given: keys.size };
  }
  return null;
}

const headBytes = 256 * 1024;

function recognise(path: string, agent: string | undefined): { importer: Importer; format: SourceFormat } | null {
  const head = headOf(path);
  const candidates = importers.filter((importer) => agent === undefined || importer.agent === agent);
  if (head.subarray(0, 15).toString('latin1') === 'SQLite format 3') {
    const importer = candidates.find((each) => each.database);
    return importer ? { importer, format: 'database' } : null;
  }
  const lines = head.toString('utf8').split('\n');
  const records = lines.flatMap((line) => parseLine(Buffer.from(line)).records).slice(0, 50);
  const document = records.length <= 1 ? wholeDocument(path) : null;
  const first = document ? [document] : records;
  if (first.length === 0) return null;
  const importer = candidates.find(
    (each) => (document ? each.document : each.lines) && (agent !== undefined || each.recognises(first)),
  );
  if (importer) return { importer, format: document ? 'document' : 'lines' };
  const single = candidates.find((each) => each.lines && (agent !== undefined || each.recognises(first)));
  return single ? { importer: single, format: 'lines' } : null;
}

const documentBytesMax = 64 * 1024 * 1024;

/** The file as one JSON text, where it is one. */
function wholeDocument(path: string): JsonObject | null {
  if (statSync(path).size > documentBytesMax) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function headOf(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(fd, head, 0, headBytes, 0));
  } finally {
    closeSync(fd);
  }
}

function whyUnknown(agent: string | undefined): string {
  const names = importers.map((importer) => importer.agent).join(', ');
  return agent === undefined
    ? `This is not a log of a known agent (${names}); name the agent if it is.`
    : `This is not a log of ${agent}. Known agents: ${names}.`;
}
