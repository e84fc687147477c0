/** The real terminal client in a real terminal: typed to and read like a person does. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Codex } from './codex.js';

const run = promisify(execFile);
const socket = `taffrail-interop-${process.pid}`;
const tmux = async (...args: string[]): Promise<string> => (await run('tmux', ['-L', socket, ...args])).stdout;

export interface Client {
  codex: Codex;
  /** Where it keeps its own things. */
  home: string;
  /** The folder it is started for. */
  work: string;
  url: string;
  token: string;
}

let made = 0;

export class Screen {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /** Starts the program with these words before its usual ones. */
  static async open(client: Client, ...words: string[]): Promise<Screen> {
    configure(client);
    made += 1;
    const name = `screen-${made}`;
    const command = [
      client.codex.program,
      ...words,
      '--remote',
      client.url,
      '--remote-auth-token-env',
      'INTEROP_TOKEN',
    ];
    const env = ['-e', `CODEX_HOME=${client.home}`, '-e', `INTEROP_TOKEN=${client.token}`, '-e', 'TERM=xterm-256color'];
    const line = [...command, '-C', client.work].map((word) => `'${word}'`).join(' ');
    await tmux('new-session', '-d', '-s', name, '-x', '120', '-y', '60', ...env, `${line}; echo EXIT $?; sleep 600`);
    return new Screen(name);
  }

  static async closeAll(): Promise<void> {
    await tmux('kill-server').catch(() => '');
  }

  text(): Promise<string> {
    return tmux('capture-pane', '-p', '-t', this.#name);
  }

  /** The screen once it shows this. @throws with the screen as it is, where it never does. */
  async shows(what: string | RegExp, withinMs = 30_000): Promise<string> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const text = await this.text();
      if (typeof what === 'string' ? text.includes(what) : what.test(text)) return text;
      if (Date.now() > deadline) throw new Error(`the screen does not show ${what}:\n${text}`);
      await sleep(200);
    }
  }

  async key(name: string): Promise<void> {
    await tmux('send-keys', '-t', this.#name, name);
  }

  /** Types a line; the client takes keys that come too fast for a paste. */
  async line(text: string): Promise<void> {
    await tmux('send-keys', '-t', this.#name, '-l', text);
    await sleep(700);
    await this.key('Enter');
  }

  async quit(): Promise<void> {
    await this.line('/quit');
    await this.shows(/EXIT 0/);
  }
}

/** No updates, no plug-ins, a folder that is trusted, and for older versions no sign-in of their own. */
function configure({ home, work }: Client): void {
  mkdirSync(home, { recursive: true });
  const config = `check_for_update_on_startup = false
model_provider = "elsewhere"
[model_providers.elsewhere]
name = "elsewhere"
base_url = "http://127.0.0.1:9/v1"
[features]
plugins = false
apps = false
[projects."${work}"]
trust_level = "trusted"
`;
  writeFileSync(join(home, 'config.toml'), config);
}
