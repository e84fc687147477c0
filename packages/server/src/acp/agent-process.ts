/** The program of a hosted agent: a group of its own, spoken to on standard streams, with the end of what it complained of. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { endGroup, type Redactor, type ToolPlace } from '@taffrail/agent';

export interface ProgramOrder {
  command: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  redactor: Redactor;
  started: ToolPlace['started'];
}

const complaintsMax = 8 * 1024;
const lastWordsMs = 500;

export class AgentProcess {
  /** As people call it. */
  readonly program: string;
  /** Resolves when it has ended, with how in words. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #redactor: Redactor;
  #complaints = '';
  #end: string | null = null;

  constructor({ command, cwd, env, redactor, started }: ProgramOrder) {
    const [program = '', ...args] = command;
    this.program = basename(program);
    this.#redactor = redactor;
    this.#child = spawn(program, args, {
      cwd,
      env: { ...env },
      // A group of its own, so that all of it can be ended.
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const forget =
      this.#child.pid === undefined ? () => undefined : started({ pid: this.#child.pid, command: command.join(' ') });
    this.ended = new Promise((resolve) => {
      const over = (how: string) => {
        this.#end ??= how;
        forget();
        resolve(this.#end);
      };
      this.#child.once('error', (error: NodeJS.ErrnoException) => over(notStarted(program, error)));
      this.#child.once('exit', (code, signal) => {
        const how = `${this.program} ended ${signal ? `by ${signal}` : `with code ${code}`}`;
        // Its last words may come after its end; what it started is not waited for.
        this.#child.once('close', () => over(how));
        setTimeout(over, lastWordsMs, how).unref();
        if (this.#child.pid !== undefined) void endGroup(this.#child.pid);
      });
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString('utf8')).slice(-complaintsMax);
    });
    // What is said to a program that is gone is lost; that it is gone is told by its end.
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr])
      stream.on('error', () => undefined);
  }

  get input(): Writable {
    return this.#child.stdin;
  }

  get output(): Readable {
    return this.#child.stdout;
  }

  get isOver(): boolean {
    return this.#end !== null;
  }

  /** The last line that it wrote to its errors, without secrets; `null` where there is none. */
  get lastComplaint(): string | null {
    const lines = this.#redactor.text(this.#complaints).split('\n');
    return lines.findLast((line) => line.trim() !== '')?.trim() ?? null;
  }

  /** Ends it and everything that it started. */
  async end(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) return;
    await endGroup(pid);
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    await this.ended;
  }
}

function notStarted(program: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `there is no program ${program}: install it, or name another in config.toml`;
  return code === 'EACCES' ? `${program} may not be run` : `${program} could not be started: ${message}`;
}
