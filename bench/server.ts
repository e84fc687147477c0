/** A running taffrail over an archive, asked as its web app asks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cliPath } from './programs.js';
import { median } from './table.js';

export interface Timed<Answer = unknown> {
  ms: number;
  /** The server's own time for each, whoever else is busy on this machine; `null` where the system does not tell. */
  processorMs: number | null;
  answer: Answer;
}

export interface Served {
  url: string;
  /** Where a browser signs in. */
  signInUrl: string;
  /**
   * The median time to a whole answer over `runs` requests, in milliseconds; and the last answer. `before` each of them
   * something may be done that is not measured.
   */
  time<Answer>(path: string, runs: number, before?: () => Promise<unknown>): Promise<Timed<Answer>>;
}

/** Serves the archive in `dataDir` while `use` asks it. */
export async function withServer<Result>(dataDir: string, use: (served: Served) => Promise<Result>): Promise<Result> {
  const args = [cliPath, '--data-dir', dataDir, 'serve', '--no-import', '--no-open', '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const { url, token } = await signIn(child.stdout);
    const headers = { authorization: `Bearer ${token}` };
    return await use({
      url,
      signInUrl: `${url}/sign-in?token=${encodeURIComponent(token)}`,
      time: (path, runs, before = nothing) => timed(`${url}/api/v1${path}`, { runs, headers, before, pid: child.pid }),
    });
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** The same of the first question that a server is asked, over so many starts. */
export async function timeOfFirst(dataDir: string, path: string, starts: number): Promise<Timed> {
  const firsts: Timed[] = [];
  for (let start = 0; start < starts; start += 1)
    firsts.push(await withServer(dataDir, (server) => server.time(path, 1)));
  const used = firsts.flatMap(({ processorMs }) => processorMs ?? []);
  return {
    ms: median(firsts.map(({ ms }) => ms)),
    processorMs: used.length === 0 ? null : median(used),
    answer: firsts[0]?.answer,
  };
}

/** Waits for the link that the server prints when it is ready. */
function signIn(output: NodeJS.ReadableStream): Promise<{ url: string; token: string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    output.on('data', (part: Buffer) => {
      text += part.toString();
      const [, url, token] = /(http\S+)\/sign-in\?token=(\S+)/.exec(text) ?? [];
      if (url && token) resolve({ url, token: decodeURIComponent(token) });
    });
    output.on('end', () => reject(new Error(`the server ended before it was ready: ${text}`)));
  });
}

const nothing = (): Promise<unknown> => Promise.resolve();

interface Asking {
  runs: number;
  headers: Record<string, string>;
  before: () => Promise<unknown>;
  pid: number | undefined;
}

async function timed<Answer>(url: string, { runs, headers, before, pid }: Asking): Promise<Timed<Answer>> {
  const times: number[] = [];
  const spentBefore = processorMsOf(pid);
  let answer: unknown = null;
  for (let run = 0; run < runs; run += 1) {
    await before();
    const startedAt = performance.now();
    const response = await fetch(url, { headers });
    answer = await response.json();
    times.push(performance.now() - startedAt);
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(answer)}`);
  }
  const spent = processorMsOf(pid);
  const processorMs = spent === null || spentBefore === null ? null : (spent - spentBefore) / runs;
  return { ms: median(times), processorMs, answer: answer as Answer };
}

/** What the process' main thread has run so far, as Linux tells it. */
function processorMsOf(pid: number | undefined): number | null {
  const file = `/proc/${pid}/task/${pid}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6 : null;
}
