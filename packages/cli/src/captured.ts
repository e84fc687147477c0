/** Runs command lines for tests: in this process, on a real data folder, with everything that is printed kept. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coloursThat } from './format/colours.js';
import { run } from './run.js';
import type { Terminal } from './terminal.js';

export interface Captured {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Look {
  columns?: number;
  colours?: boolean;
  env?: NodeJS.ProcessEnv;
  /** Asked to stop from the beginning. */
  stopped?: boolean;
  ask?: Terminal['ask'];
  untilStopped?: Terminal['untilStopped'];
}

/** The moment that tests call now. */
export const now = Date.UTC(2026, 10, 20, 12);

/** A data folder and a home without any logs, removed by `remove`. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
  readonly home = join(this.folder, 'home');
  readonly dataDir = join(this.folder, 'data');

  async run(
    words: string,
    { columns = Number.POSITIVE_INFINITY, colours = false, env = {}, stopped = false, ask, untilStopped }: Look = {},
  ): Promise<Captured> {
    const captured: Captured = { code: 0, stdout: '', stderr: '' };
    const terminal: Terminal = {
      out: async (text) => {
        captured.stdout += text;
      },
      err: (text) => {
        captured.stderr += text;
      },
      columns,
      showsProgress: false,
      colours: coloursThat(colours),
      env: { TAFFRAIL_HOME: this.dataDir, ...env },
      cwd: this.folder,
      now: () => now,
      ask: ask ?? null,
      untilStopped: untilStopped ?? (() => (stopped ? AbortSignal.abort() : new AbortController().signal)),
    };
    captured.code = await run(words.split(' ').filter(Boolean), terminal);
    return captured;
  }

  async json<Answer>(words: string): Promise<Answer> {
    const { stdout } = await this.run(`${words} --json`);
    return JSON.parse(stdout) as Answer;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A recorded folder of an agent's logs: `claude/fixtures/2.1.328/plain`. */
export function recorded(path: string): string {
  return fileURLToPath(new URL(`../../importers/src/${path}`, import.meta.url));
}
