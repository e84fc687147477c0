/** The built program as a process of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const programPath = fileURLToPath(new URL('../../dist/cli/taffrail.mjs', import.meta.url));

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

// Nothing of the person who runs the tests: no data folder, no agents' folders, no keys.
const bareEnvironment = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', TZ: 'UTC' };

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
  signInUrl: string;
  token: string;
  process: ChildProcess;
  get(path: string): Promise<Response>;
  /** Asks it to stop and waits; returns its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Starts `taffrail serve` and waits until it listens. `port` 0 takes a free one. */
export async function startServer({
  dataDir,
  home,
  port = 0,
}: {
  dataDir: string;
  home: string;
  port?: number;
}): Promise<RunningServer> {
  const args = ['serve', '--no-open', '--port', String(port), '--data-dir', dataDir, '--home', home];
  const child = spawn(process.execPath, [programPath, ...args], {
    env: { ...bareEnvironment, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { url, signInUrl } = await ready(child);
  const token = new URL(signInUrl).searchParams.get('token') ?? '';
  const ended = () => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve());
  return {
    url,
    signInUrl,
    token,
    process: child,
    get: (path) => fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } }),
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
