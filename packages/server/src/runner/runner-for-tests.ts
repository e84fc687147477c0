/** A real runner on a real store, with a model server over real HTTP. For tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptySession, foldRows, type NewFile, type SessionState } from '@taffrail/session';
import { Calendar, openSqlite, priceTable, readRows, type Store } from '@taffrail/store';
import { type ModelServer, type Reply, startModelServer } from '@taffrail/testing';
import type { Item, Row } from '@taffrail/wire';
import { v7 } from 'uuid';
import { type BudgetsConfig, noBudgets } from '../budgets/budget-config.js';
import { Budgets } from '../budgets/budgets.js';
import { parseConfig } from '../config.js';
import { agentLogsOf } from '../import/agent-logs.js';
import { type Patience, usualPatience } from '../mcp/patience.js';
import { Runner } from './runner.js';
import { RunSettings } from './settings.js';

/** The keys' secrets: what the model server knows them by, and what no row may hold. */
export const secrets = { first: 'first-secret-5ad1c07e', second: 'second-secret-91be2f44' } as const;

export const formats = ['anthropic', 'openai', 'google', 'compatible'] as const;

export const configFor = (url: string) => `
${formats.map((id) => key(id, id === 'compatible' ? 'openai-compatible' : id, url, 'FIRST_SECRET')).join('')}
${key('spare', 'openai', url, 'SECOND_SECRET')}
${formats.map((id) => agent(id, [`${id}/model-of-${id}`], { run: 'allow' })).join('')}
${agent('asking', ['anthropic/model-a'], { run: 'ask' })}
${agent('fallback', ['anthropic/model-a', 'spare/model-b'], { run: 'allow' })}
${agent('checking', ['anthropic/model-a'], { run: 'ask', check: 'sh check.sh' })}
${agent('denying', ['anthropic/model-a'], { run: 'deny' })}
${agent('looking', ['anthropic/model-a'], { run: 'allow', tools: ['read', 'agent'] })}
`;

const key = (id: string, provider: string, url: string, env: string) =>
  `[[keys]]\nid = "${id}"\nprovider = "${provider}"\nbase_url = "${url}"\nenv = "${env}"\n`;

const agent = (
  name: string,
  models: string[],
  { run, check = '', tools }: { run: string; check?: string; tools?: string[] },
) =>
  `[[agents]]\nname = "${name}"\nmodels = ${JSON.stringify(models)}\ncheck = "${check}"\n${tools ? `tools = ${JSON.stringify(tools)}\n` : ''}permissions = { run_command = "${run}" }\n`;

export type Batch = Parameters<Store['commit']>[0];

export class Bench {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-runner-')));
  readonly project = join(this.folder, 'project');
  readonly databasePath = join(this.folder, 'taffrail.db');
  readonly reports: string[] = [];
  /** Told when sessions have grown. */
  onChanged: (sessionIds: readonly string[]) => void = () => undefined;
  readonly store: Store;
  readonly models: ModelServer;
  /** What is set now, whose days are meant, and what the clock says: for each runner from its next question on. */
  budgets: BudgetsConfig = noBudgets;
  calendar = new Calendar('UTC');
  now = Date.now;
  /** For the next runner: lines of config.toml on top, and how long it waits for MCP servers. */
  more = '';
  patience: Patience = usualPatience;
  /** Dollars per million tokens. All other models of the tests have no price. */
  readonly prices = priceTable({ 'model-of-anthropic': { input: 1, output: 10 } });
  runner: Runner;
  readonly #runners: Runner[] = [];

  private constructor(models: ModelServer) {
    mkdirSync(this.project);
    this.models = models;
    this.store = openSqlite({ path: this.databasePath, now: Date.now });
    this.runner = this.newRunner();
  }

  static async open(): Promise<Bench> {
    return new Bench(await startModelServer());
  }

  /** Another server's runner over the same data, which orders go to from now on. The old one is left as it is. */
  newRunner(store: Store = this.store): Runner {
    const env = { ...process.env, FIRST_SECRET: secrets.first, SECOND_SECRET: secrets.second };
    const settings = new RunSettings(parseConfig(`${configFor(this.models.url)}\n${this.more}`, 'config.toml'), env);
    const now = () => this.now();
    const calendar = this.calendar;
    this.runner = new Runner({
      store,
      budgets: new Budgets({ store, prices: this.prices, config: () => this.budgets, calendar, now }),
      settings: () => settings,
      dataDir: this.folder,
      env,
      started: () => () => undefined,
      contextWindow: () => 200_000,
      changed: (ids) => this.onChanged(ids),
      report: (message) => this.reports.push(message),
      patience: this.patience,
      agentLogs: agentLogsOf(store, (message) => this.reports.push(message)),
      now,
    });
    this.#runners.push(this.runner);
    return this.runner;
  }

  /** The bench's store, but each commit is shown to `before` first, which may wait or throw. */
  watched(before: (batch: Batch) => unknown): Store {
    const commit: Store['commit'] = async (batch) => {
      await before(batch);
      return this.store.commit(batch);
    };
    return Object.assign(Object.create(this.store) as Store, { commit });
  }

  async close(): Promise<void> {
    for (const runner of this.#runners) await runner.stop();
    await this.store.close();
    await this.models.close();
    rmSync(this.folder, { recursive: true });
  }

  session(agentName = 'anthropic'): Promise<string> {
    return this.runner.create({ cwd: this.project, agent: agentName });
  }

  /** Gives the order, and returns the id of its turn. */
  async ask(
    sessionId: string,
    input: string,
    mode: 'steer' | 'queue' = 'queue',
    files: readonly NewFile[] = [],
  ): Promise<string> {
    const id = v7();
    await this.runner.startTurn(sessionId, { id, input, mode, files });
    return id;
  }

  /** A session in which this was asked and answered to the end. */
  async done(agentName: string, replies: Parameters<ModelServer['script']>[1], prompt = v7()): Promise<Done> {
    this.models.script(prompt, replies);
    const sessionId = await this.session(agentName);
    const turnId = await this.ask(sessionId, prompt);
    return { sessionId, turnId, prompt, state: await this.ended(sessionId, turnId) };
  }

  async rows(sessionId: string): Promise<Row[]> {
    const place = await this.store.place(sessionId);
    return place ? await readRows(this.store.queries, place.num, 0, 1_000_000) : [];
  }

  /** The session as its log says it, whatever the runner believes. */
  async state(sessionId: string): Promise<SessionState> {
    return foldRows(emptySession, await this.rows(sessionId));
  }

  async until(sessionId: string, holds: (state: SessionState) => boolean): Promise<SessionState> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const asked = performance.now();
      const state = await this.state(sessionId);
      if (holds(state)) return state;
      if (Date.now() > deadline) throw new Error(`it does not come to this: ${JSON.stringify(summaryOf(state))}`);
      // Whoever looks must not keep the one who works from working: they share a thread.
      await sleep(10 + 4 * (performance.now() - asked));
    }
  }

  ended(sessionId: string, turnId: string): Promise<SessionState> {
    return this.until(sessionId, ({ turns }) => (turns.get(turnId)?.outcome ?? 'running') !== 'running');
  }

  file(name: string, content: string): void {
    mkdirSync(dirname(join(this.project, name)), { recursive: true });
    writeFileSync(join(this.project, name), content);
  }
}

interface Done {
  sessionId: string;
  turnId: string;
  prompt: string;
  state: SessionState;
}

function summaryOf(state: SessionState) {
  const open = [...state.permissions.values()];
  const items = itemsOf(state).map(({ type, text }) => [type, text.slice(0, 80)]);
  return {
    status: state.status,
    turns: [...state.turns.values()],
    items: items.slice(-10),
    open,
    waiting: state.waiting,
  };
}

export const itemsOf = (state: SessionState): Item[] => [...state.items.values()].map(({ item }) => item);

/** What stands in the transcript: `type: text`. */
export const lines = (state: SessionState): string[] => itemsOf(state).map(({ type, text }) => `${type}: ${text}`);

export const outcomeOf = ({ turns }: SessionState, turnId: string): string | undefined => turns.get(turnId)?.outcome;

export const says = (text: string, rest: Partial<Reply> = {}): Reply => ({ parts: [{ text }], ...rest });

export const calls = (name: string, input: Record<string, unknown>, rest: Partial<Reply> = {}): Reply => ({
  parts: [{ toolCall: { name, input } }],
  ...rest,
});

/** A command in the project's folder, given to a shell. */
export const shell = (command: string): Reply => calls('run_command', { command, shell: true });
