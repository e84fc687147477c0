/** A real runner whose agents are fake programs that speak the protocol, with a home of their own. For tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownerVariable, processRegistry, sweepOwned, sweepProcesses } from '@taffrail/agent';
import { emptySession, foldRows, type SessionState } from '@taffrail/session';
import { Calendar, openSqlite, priceTable, readRows, type Store } from '@taffrail/store';
import { type FakePrompt, fakeAgentCommand, fakePrompts } from '@taffrail/testing';
import type { Item, Row } from '@taffrail/wire';
import { v7 } from 'uuid';
import { type BudgetsConfig, noBudgets } from '../budgets/budget-config.js';
import { Budgets } from '../budgets/budgets.js';
import { parseConfig } from '../config.js';
import { agentLogsOf } from '../import/agent-logs.js';
import { runImport } from '../import/run-import.js';
import { Runner } from '../runner/runner.js';
import { RunSettings } from '../runner/settings.js';

export const secret = 'hosted-secret-7c1f09d2';

/** Agents by the flags of their program; `rules` is TOML for permissions. */
const agents: Record<string, { flags: string[]; rules?: string; env?: string[]; mcp?: string[] }> = {
  plain: { flags: [] },
  claude: { flags: ['claude-agent-acp'] },
  forgetful: { flags: ['--no-load'] },
  resuming: { flags: ['--resume'] },
  locked: { flags: ['--locked'] },
  deaf: { flags: ['--deaf'] },
  silent: { flags: ['--silent'] },
  seeing: { flags: ['--pictures'] },
  ruled: { flags: [], rules: '{ execute = { "Run npm *" = "allow", "Run rm *" = "deny" }, fetch = "allow" }' },
  given: { flags: [], env: ['HOSTED_SECRET'] },
  served: { flags: [], mcp: ['notes', 'far', 'broken'] },
  near: { flags: ['--no-http', '--no-load'], mcp: ['notes', 'far'] },
};

const servers = `[mcp.notes]
command = "notes-server"
args = ["--quiet"]
env = { PLACE = "here" }
[mcp.far]
url = "https://far.example/mcp"
bearer_env = "HOSTED_SECRET"
[mcp.broken]
command = "broken-server"
env_from = ["NOBODY_SET_THIS"]
[mcp.other]
command = "other-server"
`;

function configFor(): string {
  const blocks = Object.entries(agents).map(([name, { flags, rules = '{}', env = [], mcp }]) => {
    // As claude is known by the name of its program.
    const command = JSON.stringify(fakeAgentCommand(...flags));
    return `[[agents]]\nname = "${name}"\nacp = ${command}\nenv = ${JSON.stringify(env)}\npermissions = ${rules}\n${mcp ? `mcp = ${JSON.stringify(mcp)}\n` : ''}`;
  });
  return `${blocks.join('')}${servers}[[agents]]\nname = "missing"\nacp = ["no-such-agent-here"]\n`;
}

export class HostBench {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-hosted-')));
  readonly project = join(this.folder, 'project');
  readonly home = join(this.folder, 'home');
  readonly processes = join(this.folder, 'processes');
  readonly reports: string[] = [];
  readonly store: Store;
  budgets: BudgetsConfig = noBudgets;
  runner: Runner;
  readonly #runners: Runner[] = [];

  constructor() {
    mkdirSync(this.project);
    mkdirSync(this.home);
    this.store = openSqlite({ path: join(this.folder, 'taffrail.db'), now: Date.now });
    this.runner = this.newRunner();
  }

  /** Another server's runner over the same data, which orders go to from now on. */
  newRunner(): Runner {
    const env = { ...process.env, HOME: this.home, HOSTED_SECRET: secret };
    const settings = new RunSettings(parseConfig(configFor(), 'config.toml'), env);
    const { store } = this;
    const prices = priceTable({ 'claude-sonnet-4-5': { input: 1, output: 10 } });
    const calendar = new Calendar('UTC');
    this.runner = new Runner({
      store,
      budgets: new Budgets({ store, prices, config: () => this.budgets, calendar, now: Date.now }),
      settings: () => settings,
      dataDir: this.folder,
      env,
      started: (program) => processRegistry(this.processes).started(program),
      contextWindow: () => 200_000,
      changed: () => undefined,
      report: (message) => this.reports.push(message),
      agentLogs: agentLogsOf(store, (message) => this.reports.push(message)),
      now: Date.now,
    });
    this.#runners.push(this.runner);
    return this.runner;
  }

  /** What the next server does first. */
  async sweep(): Promise<string[]> {
    const ended = await sweepProcesses(this.processes);
    sweepOwned(this.folder);
    return ended;
  }

  async close(): Promise<void> {
    for (const runner of this.#runners) await runner.stop();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  session(agent: string): Promise<string> {
    return this.runner.create({ cwd: this.project, agent });
  }

  async ask(sessionId: string, input: string, mode: 'steer' | 'queue' = 'queue'): Promise<string> {
    const id = v7();
    await this.runner.startTurn(sessionId, { id, input, mode });
    return id;
  }

  /** A turn that was asked and has ended. */
  async done(sessionId: string, input: string): Promise<{ turnId: string; state: SessionState }> {
    const turnId = await this.ask(sessionId, input);
    return { turnId, state: await this.ended(sessionId, turnId) };
  }

  async rows(sessionId: string): Promise<Row[]> {
    const place = await this.store.place(sessionId);
    return place ? await readRows(this.store.queries, place.num, 0, 1_000_000) : [];
  }

  async state(sessionId: string): Promise<SessionState> {
    return foldRows(emptySession, await this.rows(sessionId));
  }

  async until(sessionId: string, holds: (state: SessionState) => boolean): Promise<SessionState> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const state = await this.state(sessionId);
      if (holds(state)) return state;
      if (Date.now() > deadline)
        throw new Error(`it does not come to this: ${JSON.stringify([...state.turns.values()])} ${itemLines(state)}`);
      await sleep(20);
    }
  }

  ended(sessionId: string, turnId: string): Promise<SessionState> {
    return this.until(sessionId, ({ turns }) => (turns.get(turnId)?.outcome ?? 'running') !== 'running');
  }

  /** What the agents were asked. */
  prompts(): FakePrompt[] {
    return fakePrompts(this.home);
  }

  import(): Promise<unknown> {
    const surroundings = { home: this.home, env: {} };
    return runImport({ store: this.store, surroundings, agents: [], index: 'now', now: Date.now });
  }

  sessions() {
    return this.store.queries
      .selectFrom('sessions')
      .select(['id', 'agent', 'origin', 'requests', 'item_count', 'forked_from', 'parent_id', 'input_tokens'])
      .orderBy('num')
      .execute();
  }

  get owner(): string {
    return `${ownerVariable}=${this.folder}`;
  }
}

export const itemsOf = (state: SessionState): Item[] => [...state.items.values()].map(({ item }) => item);

/** What stands in the transcript: `type: text`. */
export const itemLines = (state: SessionState): string[] => itemsOf(state).map(({ type, text }) => `${type}: ${text}`);
