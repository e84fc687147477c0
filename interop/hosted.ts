/**
 * `npm run test:interop hosted [-- AGENT…]`: real coding agents, hosted. Each is installed from the npm registry into a folder
 * of its own, pointed at the fake model server, and asked for something that takes a tool and a permission. What taffrail says
 * it used is held to what the model server served, to the token.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, promisify } from 'node:util';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { SessionSnapshot, SessionSummary } from '@taffrail/wire';
import { type RunningServer, startServer } from '../e2e/support/program.js';
import { type HostedProgram, hostedPrograms } from './hosted-programs.js';

const run = promisify(execFile);
const say = (line: string) => void process.stdout.write(`${line}\n`);

type Check = (name: string, work: () => Promise<unknown>) => Promise<void>;

export async function hostAll(names: readonly string[], check: Check): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-hosted-')));
  try {
    for (const program of hostedPrograms.filter(({ name }) => names.length === 0 || names.includes(name)))
      await hostOne(program, join(folder, program.name), check).catch((error: unknown) =>
        check(`${program.name} can be tried`, () => Promise.reject(error)),
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function hostOne(program: HostedProgram, folder: string, check: Check): Promise<void> {
  say(`\n${program.packageName}`);
  const [install, project, home, dataDir] = ['install', 'project', 'home', 'data'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  for (const path of [install, project, home, dataDir]) mkdirSync(path, { recursive: true });
  writeFileSync(join(install, 'package.json'), '{"private":true}\n');
  // Some bring the program itself in a script that runs after they are installed.
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--foreground-scripts'];
  await run('npm', ['install', ...flags, program.packageName], { cwd: install });
  await program.afterInstall?.(install);
  const model = await startModelServer();
  try {
    program.configure({ home, url: model.url });
    const command = [join(install, 'node_modules/.bin', program.bin), ...program.args];
    writeFileSync(
      join(dataDir, 'config.toml'),
      `[[agents]]\nname = "hosted"\nacp = ${JSON.stringify(command)}\nenv = ${JSON.stringify(program.env)}\n`,
    );
    const env = { ...program.variables({ home, url: model.url }), TAFFRAIL_LOG: 'warn' };
    await new Hosting(program, { model, project, home, dataDir, env }, check).try();
  } finally {
    await model.close();
  }
}

interface Place {
  model: ModelServer;
  project: string;
  home: string;
  dataDir: string;
  env: Record<string, string>;
}

class Hosting {
  readonly #program: HostedProgram;
  readonly #place: Place;
  #server: RunningServer | null = null;
  readonly #holds: Check;
  #sessionId = '';

  constructor(program: HostedProgram, place: Place, check: Check) {
    this.#program = program;
    this.#place = place;
    this.#holds = check;
  }

  async try(): Promise<void> {
    const made = join(this.#place.project, 'made.txt');
    await this.#start();
    try {
      await this.#holds('a prompt is answered after a tool and a permission', async () => {
        this.#script('make the file');
        this.#sessionId = (
          await this.#order<{ id: string }>('/sessions', { cwd: this.#place.project, agent: 'hosted' })
        ).id;
        await this.#ask('Please make the file');
        const state = await this.#until(({ permissions, status }) => permissions.length > 0 || status !== 'running');
        if (!state.permissions[0]) throw new Error(`nothing was asked: ${wordsOf(state)}`);
        if (existsSync(made)) throw new Error('it was done before it was allowed');
        await this.#order(`/sessions/${this.#sessionId}/permissions/${state.permissions[0].permissionId}`, {
          decision: 'allow',
        });
        const end = await this.#until(({ status }) => status !== 'running' && status !== 'waiting');
        if (end.turns.at(-1)?.outcome !== 'complete') throw new Error(`it ended otherwise: ${wordsOf(end)}`);
        if (readFileSync(made, 'utf8').trim() !== 'made') throw new Error('the file was not made');
        if (!wordsOf(end).includes('It is made.')) throw new Error(`the answer is missing: ${wordsOf(end)}`);
      });
      await this.#holds('what it used is what was served', () => this.#sameUsage());
      await this.#server?.stop();
      await this.#start();
      await this.#holds('after a restart it knows the conversation, and the session is there once', async () => {
        await sleep(1_000);
        this.#script('say it again');
        await this.#ask('Now say it again');
        const end = await this.#until(({ status }) => status !== 'running' && status !== 'waiting');
        if (end.turns.at(-1)?.outcome !== 'complete') throw new Error(`it ended otherwise: ${wordsOf(end)}`);
        const knows = this.#place.model.served.some(
          ({ body }) => /say it again/.test(JSON.stringify(body)) && /make the file/.test(JSON.stringify(body)),
        );
        if (!knows) throw new Error('the model was not told what came before');
        await this.#sameUsage();
      });
    } finally {
      await this.#server?.stop();
    }
  }

  async #start(): Promise<void> {
    this.#server = await startServer(this.#place);
    this.#server.process.stderr?.on('data', (chunk: Buffer) =>
      say(`        server: ${chunk.toString().trim().slice(0, 500)}`),
    );
  }

  /** Whoever has tools calls one and then answers; whoever has none is to find a title. */
  #script(prompt: string): void {
    const usage = { inputTokens: 1_234, outputTokens: 56, cacheReadTokens: 200 };
    this.#place.model.script(
      prompt,
      [
        ({ toolResults, body }) => {
          const hasTools = this.#hasTools(body);
          const isFirst = !JSON.stringify(body).includes('say it again');
          if (!isFirst || !hasTools || toolResults.length > 0)
            return { parts: [{ text: hasTools ? 'It is made.' : 'A title' }], usage };
          return { parts: [{ text: 'I make it.' }, { toolCall: this.#program.tool }], usage };
        },
      ],
      { atEnd: 'repeat' },
    );
  }

  /** Requests without tools are for titles and the like: agents log none of those. */
  async #sameUsage(): Promise<void> {
    const finished = this.#place.model.served.filter(({ outcome }) => outcome === 'finished');
    const logged = finished.filter(({ body }) => this.#hasTools(body));
    const of = (field: (typeof fields)[number]) =>
      logged.reduce((sum, { usageServed }) => sum + (usageServed[field] ?? 0), 0);
    const served = { requests: logged.length, ...Object.fromEntries(fields.map((field) => [field, of(field)])) };
    const deadline = Date.now() + 10_000;
    for (;;) {
      const { sessions } = await this.#get<{ sessions: SessionSummary[] }>('/sessions?limit=50');
      const usage = sessions[0]?.usage;
      const told = { requests: usage?.requests, ...Object.fromEntries(fields.map((field) => [field, usage?.[field]])) };
      if (sessions.length === 1 && isDeepStrictEqual(told, served)) {
        const others = finished.length - logged.length;
        return say(`        ${JSON.stringify(told)}${others > 0 ? `; ${others} without tools are in no log` : ''}`);
      }
      if (Date.now() > deadline) throw new Error(difference({ served, told, sessions }));
      await sleep(300);
    }
  }

  #hasTools(body: unknown): boolean {
    return JSON.stringify(body).includes(`"${this.#program.tool.name}"`);
  }

  async #ask(input: string): Promise<void> {
    await this.#order(`/sessions/${this.#sessionId}/turns`, { input });
  }

  async #until(holds: (state: SessionSnapshot) => boolean): Promise<SessionSnapshot> {
    const deadline = Date.now() + 90_000;
    for (;;) {
      const { state } = await this.#get<{ state: SessionSnapshot }>(`/sessions/${this.#sessionId}/snapshot`);
      if (holds(state)) return state;
      if (Date.now() > deadline) throw new Error(`it does not come to this: ${wordsOf(state)}`);
      await sleep(100);
    }
  }

  async #get<Answer>(path: string): Promise<Answer> {
    const response = await this.#server?.get(path);
    return (await response?.json()) as Answer;
  }

  #order<Answer>(path: string, body: object): Promise<Answer> {
    if (!this.#server) throw new Error('the server is started first');
    return this.#server.order<Answer>('POST', path, body);
  }
}

const wordsOf = ({ items, status, turns }: SessionSnapshot): string =>
  `${status} ${turns.at(-1)?.reason ?? ''} ${items.map(({ item }) => `${item.type}: ${item.text.slice(0, 120)}`).join(' | ')}`;

const fields = ['inputTokens', 'outputTokens', 'cacheReadTokens'] as const;

interface Difference {
  served: object;
  told: object;
  sessions: readonly SessionSummary[];
}

function difference({ served, told, sessions }: Difference): string {
  const names = sessions.map(({ agent, origin, title, itemCount }) => `${agent} ${origin} "${title}" ${itemCount}`);
  return `served ${JSON.stringify(served)}, told ${JSON.stringify(told)} in ${names.join(', ')}`;
}
