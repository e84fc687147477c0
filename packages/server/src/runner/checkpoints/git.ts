/** Runs git, within a patience, and without what a repository could have it run for others. */
import { spawn } from 'node:child_process';
import { NotKept, stopped } from './keeper.js';

export type Environment = Readonly<Record<string, string>>;

export interface GitPlace {
  root: string;
  env: Environment;
  /** Ends git where it takes too long, or nobody waits any more. */
  signal: AbortSignal;
  /** Settings for each call, as `-c` takes them. */
  settings: readonly string[];
}

interface GitInput {
  input?: string | Buffer;
  env?: Environment;
}

const outputBytesMax = 256 * 1024 * 1024;
const complaintCharactersMax = 500;

// Hooks and watchers of the repository are not ours to run, and a warning about line ends is no reason to keep nothing.
const always = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.safecrlf=false', 'core.quotePath=false'];

/** What would lead git elsewhere: the server may have been started by a hook. */
const leading =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|CEILING_DIRECTORIES|EXTERNAL_DIFF|LITERAL_PATHSPECS)$/;

/** What git says to `args`. @throws NotKept with what it complains of. */
export async function git(place: GitPlace, args: readonly string[], { input, env }: GitInput = {}): Promise<Buffer> {
  const settings = [...always, ...place.settings].flatMap((setting) => ['-c', setting]);
  const own = Object.fromEntries(Object.entries(place.env).filter(([name]) => !leading.test(name)));
  const child = spawn('git', [...settings, ...args], {
    cwd: place.root,
    env: { ...own, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: place.signal,
    killSignal: 'SIGKILL',
  });
  const output: Buffer[] = [];
  let length = 0;
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= outputBytesMax) output.push(chunk);
    else child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < complaintCharactersMax) complaint += text;
  });
  // It may end before it has read everything; then its exit code says so.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') reject(new NotKept('git is not installed'));
      else if (place.signal.aborted) reject(stopped(place.signal, 'git'));
      else reject(new NotKept(`git could not be run: ${error.message}`));
    });
    child.on('close', (code) => {
      if (code === 0 && length <= outputBytesMax) resolve(Buffer.concat(output));
      else reject(new NotKept(`git ${args[0]} failed: ${firstLine(complaint) || `it ended with ${code}`}`));
    });
  });
}

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, complaintCharactersMax) ?? '';

export async function gitLine(place: GitPlace, args: readonly string[], more?: GitInput): Promise<string> {
  return (await git(place, args, more)).toString('utf8').replace(/\n$/, '');
}

/** Names as git gives them with `-z`. One that is not UTF-8 cannot be told to anybody and is passed over. */
export function namesIn(output: Buffer): string[] {
  const names: string[] = [];
  for (let from = 0; from < output.length; ) {
    const end = output.indexOf(0, from);
    const bytes = output.subarray(from, end === -1 ? output.length : end);
    const name = bytes.toString('utf8');
    if (!name.includes('\ufffd') || Buffer.from(name).equals(bytes)) names.push(name);
    from = end === -1 ? output.length : end + 1;
  }
  return names;
}
