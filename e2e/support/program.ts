/** The built program as a process of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const programPath = fileURLToPath(new URL('../../dist/cli/taffrail.cjs', import.meta.url));

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

// Nothing of the person who runs the tests: no data folder, no agents' folders, no keys, no Ollama.
const bareEnvironment = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', TZ: 'UTC', OLLAMA_HOST: '127.0.0.1:9' };

/** Runs `taffrail …` to its end. */
export function taffrail(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...bareEnvironment, ...env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [programPath, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

export interface RunningServer {
  url: string;
  /** The name that it answers to. */
  host: string;
  signInUrl: string;
  token: string;
  process: ChildProcess;
  get(path: string): Promise<Response>;
  /** Gives an order; its answer as JSON. @throws where it is refused. */
  order<Answer>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer>;
  /** Asks it to stop and waits; returns its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface ServerPlace {
  dataDir: string;
  home: string;
  /** A free one by default. */
  port?: number;
  /** On top of the bare environment: keys. */
  env?: Record<string, string>;
}

/** Starts `taffrail serve` and waits until it listens. */
export async function startServer(place: ServerPlace): Promise<RunningServer> {
  const child = spawnServer(place);
  const { url, signInUrl } = await ready(child);
  const token = new URL(signInUrl).searchParams.get('token') ?? '';
  const ended = () => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve());
  return {
    url,
    host: new URL(url).host,
    signInUrl,
    token,
    process: child,
    get: (path) => fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } }),
    order: (method, path, body = {}) => give(`${url}/api/v1${path}`, token, method, body),
    stop: async () => {
      child.kill('SIGTERM');
      await ended();
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended();
    },
  };
}

async function give<Answer>(url: string, token: string, method: string, body: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url} was answered with ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Starts `taffrail serve` and kills it after so long, wherever its start has got to. */
export async function killWhileStarting(place: ServerPlace, afterMs: number): Promise<void> {
  const child = spawnServer(place);
  const exited = once(child, 'exit');
  setTimeout(() => child.kill('SIGKILL'), afterMs);
  await exited;
}

function spawnServer({ dataDir, home, port = 0, env = {} }: ServerPlace): ChildProcess {
  const args = ['serve', '--no-open', '--port', String(port), '--data-dir', dataDir, '--home', home];
  return spawn(process.execPath, [programPath, ...args], {
    env: { ...bareEnvironment, HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function ready(child: ChildProcess): Promise<{ url: string; signInUrl: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /^taffrail: listening on (\S+)$/m.exec(output)?.[1];
      const signInUrl = /(http\S+\/sign-in\?token=\S+)/.exec(output)?.[1];
      if (url && signInUrl) resolve({ url, signInUrl });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened:\n${output}`)));
  });
}

/** Asks again until the answer satisfies; the last answer when it never does. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  satisfied: (answer: Answer) => boolean,
  withinMs = 30_000,
): Promise<Answer> {
  const deadline = Date.now() + withinMs;
  for (let answer = await ask(); ; answer = await ask()) {
    if (satisfied(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
