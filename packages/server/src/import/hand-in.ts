/** A log handed in by itself, as a file or a request's body. It is looked through before anything of it is taken. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { importers, type RowDraft } from '@taffrail/importers';
import type { CommitResult, Store } from '@taffrail/store';
import type { ImportProblem, ImportReport } from '@taffrail/wire';
import type { FoundSource } from './discover.js';
import { lookAt } from './fingerprint.js';
import { projectFinder } from './project.js';
import { type ReadContext, readSource } from './read-source.js';
import { recognise } from './recognise.js';
import { longerThan, Survey } from './survey.js';

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
  if (!look?.fingerprint) return refusal(400, `${path} cannot be read.`);
  const known = recognise(absolute, agent);
  if (!known) return refusal(400, whyUnknown(agent));
  const source: FoundSource = { ...look, ...known, root: dirname(absolute), path: basename(absolute), absolute };
  const survey = new Survey();
  await readSource(
    source,
    null,
    lookingOnly(store, (draft) => survey.note(draft)),
  );
  if (survey.sessions.size === 0) return refusal(400, 'Nothing in this file is a conversation that taffrail can read.');
  const longer = await longerThan(store, survey);
  if (longer) return { ...refusal(409, `${longer} Nothing was changed.`), sessionIds: [...survey.sessions.keys()] };
  const report = await take(source, store);
  return {
    report: { ...report, sessions: survey.sessions.size, durationMs: now() - startedAt },
    sessionIds: [...survey.sessions.keys()],
    refused: null,
  };
}

const once = { index: 'now' as const, remember: false, breathe: () => Promise.resolve() };
const nothingNew: CommitResult = { changed: [], newRows: 0, newRequests: 0, newSessions: [], stale: [] };

/** Reads without writing. */
function lookingOnly(store: Store, noticed: (draft: RowDraft) => void): ReadContext {
  const unwritten = { ...store, commit: () => Promise.resolve(nothingNew) };
  return { ...once, projectOf: projectFinder(), store: unwritten, noticed, committed: () => undefined };
}

async function take(source: FoundSource, store: Store): Promise<Omit<ImportReport, 'sessions' | 'durationMs'>> {
  const problems: ImportProblem[] = [];
  let requests = 0;
  const outcome = await readSource(source, null, {
    ...once,
    projectOf: projectFinder(),
    store,
    problems: (found) => problems.push(...found.map((each) => ({ ...each, path: source.absolute }) as ImportProblem)),
    committed: (result) => {
      requests += result.newRequests;
    },
  });
  return { files: 1, bytes: outcome.bytes, requests, skippedLines: outcome.skippedLines, problems };
}

function refusal(status: 400 | 409, detail: string): HandInOutcome {
  const report = { files: 0, bytes: 0, sessions: 0, requests: 0, skippedLines: 0, durationMs: 0, problems: [] };
  return { report, sessionIds: [], refused: { status, detail } };
}

function whyUnknown(agent: string | undefined): string {
  const names = importers.map((importer) => importer.agent).join(', ');
  return agent === undefined
    ? `This is not a log of a known agent (${names}); name the agent if it is.`
    : `This is not a log of ${agent}. Known agents: ${names}.`;
}
