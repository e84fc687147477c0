/** What `doctor` finds out. Names of keys, never their values. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Archive,
  dataDirectory,
  discover,
  examineKeys,
  type KeyFindings,
  rootsOf,
  storedProblems,
  version,
} from '@taffrail/server';
import { agentLabel, type ImportProblem } from '@taffrail/wire';

export interface FoundLogs {
  agent: string;
  label: string;
  path: string;
  exists: boolean;
  files: number;
  bytes: number;
}

export interface Findings {
  versions: { taffrail: string; node: string; engine: string | null };
  dataDir: string;
  databasePath: string;
  databaseBytes: number;
  configPath: string | null;
  /** What is wrong with the stored data; `null` where there is none yet. */
  integrity: string[] | null;
  sessions: number;
  requests: number;
  /** Rows that the text index has not reached. */
  pendingRows: number;
  lastImportAt: string | null;
  logs: FoundLogs[];
  /** Keys of model providers: whether they are there, and what rests; a local Ollama. */
  models: KeyFindings;
  problems: ImportProblem[];
}

export interface Surroundings {
  dataDir: string | undefined;
  env: NodeJS.ProcessEnv;
  home: string;
  now: () => number;
}

export async function examine(archive: Archive | null, { dataDir, env, home, now }: Surroundings): Promise<Findings> {
  const dir = dataDirectory(dataDir, env);
  const databasePath = join(dir, 'taffrail.db');
  const configPath = join(dir, 'config.toml');
  const { logs, problems } = foundLogs(env, home);
  const known = archive ? await storedFindings(archive) : emptyArchive;
  return {
    versions: { taffrail: version, node: process.versions.node, engine: known.engine },
    dataDir: dir,
    databasePath,
    databaseBytes: [databasePath, `${databasePath}-wal`].reduce(
      (sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
      0,
    ),
    configPath: existsSync(configPath) ? configPath : null,
    integrity: known.integrity,
    sessions: known.sessions,
    requests: known.requests,
    pendingRows: known.pendingRows,
    lastImportAt: known.lastImportAt,
    logs,
    models: await examineKeys(archive?.store ?? null, { dataDir: dir, env, now }),
    problems: [...problems, ...known.problems],
  };
}

function foundLogs(env: NodeJS.ProcessEnv, home: string): { logs: FoundLogs[]; problems: ImportProblem[] } {
  const { roots, sources, problems } = discover(rootsOf({ home, env }));
  const logs = roots.map(({ importer, path }) => {
    const files = sources.filter((source) => source.root === path && source.importer === importer);
    const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    return {
      agent: importer.agent,
      label: agentLabel(importer.agent),
      path,
      exists: existsSync(path),
      files: files.length,
      bytes,
    };
  });
  return {
    logs,
    problems: problems.map(({ path, message }) => ({ path, line: null, kind: 'unreadable', message, count: 1 })),
  };
}

interface StoredFindings {
  engine: string | null;
  integrity: string[] | null;
  sessions: number;
  requests: number;
  pendingRows: number;
  lastImportAt: string | null;
  problems: ImportProblem[];
}

const emptyArchive: StoredFindings = {
  engine: null,
  integrity: null,
  sessions: 0,
  requests: 0,
  pendingRows: 0,
  lastImportAt: null,
  problems: [],
};

async function storedFindings({ store }: Archive): Promise<StoredFindings> {
  const counts = await store.queries
    .selectFrom('sessions')
    .select((builder) => [
      builder.fn.countAll<number>().as('sessions'),
      builder.fn.sum<number | null>('requests').as('requests'),
    ])
    .executeTakeFirstOrThrow();
  const last = await store.queries
    .selectFrom('sources')
    .select((builder) => builder.fn.max('imported_at').as('at'))
    .executeTakeFirst();
  return {
    engine: store.engine(),
    integrity: await store.integrity(),
    sessions: Number(counts.sessions),
    requests: Number(counts.requests ?? 0),
    pendingRows: await store.pendingRows(),
    lastImportAt: last?.at ? new Date(last.at).toISOString() : null,
    problems: await storedProblems(store, null),
  };
}
