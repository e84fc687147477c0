/** One turn without a server: the same runner on the same data, for as long as the turn takes. */
import { join } from 'node:path';
import { processRegistry } from '@taffrail/agent';
import type { Store } from '@taffrail/store';
import type { PermissionQuestion, Row } from '@taffrail/wire';
import { v7 } from 'uuid';
import { Budgets } from './budgets/budgets.js';
import type { DataHome } from './data-home.js';
import { checkedFile, refuseMany } from './files/checked-file.js';
import { agentLogsOf } from './import/agent-logs.js';
import { OrderError } from './runner/order-error.js';
import { Runner } from './runner/runner.js';
import { keptPrices } from './settings/kept-prices.js';
import { LiveSettings } from './settings/live-settings.js';
import { telemetryOf } from './telemetry/live-telemetry.js';

export interface RunOrder {
  home: DataHome;
  env: NodeJS.ProcessEnv;
  prompt: string;
  cwd: string;
  model?: string | undefined;
  /** Goes on in this session rather than in a new one. */
  sessionId?: string | undefined;
  files?: readonly { name: string; bytes: Buffer }[];
  /** Rows as they are stored; `turnId`: the turn that was ordered. */
  onRows: (rows: readonly Row[], turnId: string) => Promise<void>;
  /** Whether a tool may do what it asks for. */
  onAsk: (question: PermissionQuestion) => Promise<'allow' | 'always' | 'deny'>;
  signal: AbortSignal;
}

export interface RunResult {
  sessionId: string;
  outcome: 'complete' | 'cancelled' | 'failed' | 'interrupted';
  reason: string | null;
}

/** @throws OrderError where the folder or the session cannot be used; UsageError where config.toml is wrong. */
export async function runOnce(order: RunOrder): Promise<RunResult> {
  const report = (message: string) => follower.fail(new Error(message));
  const live = new LiveSettings({ dataDir: order.home.dir, env: order.env, now: Date.now, report });
  await live.lookForOllama();
  const store = order.home.openStore();
  const follower = new Follower(store, order);
  const prices = keptPrices(live);
  // A run neither fails nor is told about for the sake of its telemetry.
  const telemetry = telemetryOf(live.current.telemetry, order.env, { store, prices, report: () => undefined });
  const runner = new Runner({
    store,
    settings: () => live.current,
    budgets: new Budgets({ store, prices, config: () => live.current.budgets, now: Date.now }),
    dataDir: order.home.dir,
    env: order.env,
    started: (program) => processRegistry(join(order.home.dir, 'processes')).started(program),
    contextWindow: (model, provider) => prices.contextWindow(model, provider),
    changed: (ids) => {
      follower.wake();
      telemetry?.changed(ids);
    },
    report,
    // What a log does not tell now is found by the next import.
    agentLogs: agentLogsOf(store, () => undefined),
    now: Date.now,
  });
  const stop = () => void follower.sessionId.then((id) => runner.interrupt(id));
  order.signal.addEventListener('abort', stop, { once: true });
  try {
    const { prompt, cwd, model, sessionId } = order;
    const files = (order.files ?? []).map(({ name, bytes }) => checkedFile(bytes, name));
    refuseMany(files);
    const chosen = model === undefined ? {} : { model };
    const id = sessionId ?? (await runner.create({ cwd, ...chosen }));
    if (sessionId !== undefined && model !== undefined) await runner.patch(sessionId, chosen);
    const head = (await store.place(id))?.head ?? 0;
    const turnId = v7();
    const end = follower.until(id, head, turnId, (permissionId, decision) => runner.answer(id, permissionId, decision));
    await runner.startTurn(id, { id: turnId, input: prompt, mode: 'queue', files });
    return { sessionId: id, ...(await end) };
  } finally {
    order.signal.removeEventListener('abort', stop);
    await runner.stop();
    await telemetry?.stop();
    await store.close();
  }
}

/** The turn was stopped while the question stood: there is nothing to answer. */
function unlessGone(error: unknown): void {
  if (!(error instanceof OrderError && error.kind === 'gone')) throw error;
}

type Ended = Pick<RunResult, 'outcome' | 'reason'>;
const pageLimits = { rows: 500, characters: 1024 * 1024 };

/** Hands rows on in their order until the turn's end is among them. */
class Follower {
  readonly sessionId: Promise<string>;
  readonly #store: Store;
  readonly #order: RunOrder;
  #named: (id: string) => void = () => undefined;
  #wake: (() => void) | null = null;
  #isWoken = false;
  #failure: Error | null = null;

  constructor(store: Store, order: RunOrder) {
    this.#store = store;
    this.#order = order;
    this.sessionId = new Promise((resolve) => {
      this.#named = resolve;
    });
  }

  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.wake();
  }

  async until(
    sessionId: string,
    head: number,
    turnId: string,
    answer: (permissionId: string, decision: 'allow' | 'always' | 'deny') => Promise<void>,
  ): Promise<Ended> {
    this.#named(sessionId);
    const place = await this.#store.place(sessionId);
    for (let after = head; ; ) {
      const { rows, to } = await this.#store.rowsAfter(place?.num ?? 0, after, pageLimits);
      after = to;
      await this.#order.onRows(rows, turnId);
      for (const row of rows) {
        if (row.kind === 'turn.completed' && row.turnId === turnId) {
          // Whoever took the session over has ended it, and does not say so.
          if (this.#failure) throw this.#failure;
          return { outcome: row.data.outcome, reason: row.data.reason ?? null };
        }
        if (row.kind === 'permission.asked')
          await answer(row.data.permissionId, await this.#order.onAsk(row.data)).catch(unlessGone);
      }
      if (this.#failure) throw this.#failure;
      if (rows.length === 0) await this.#rest();
    }
  }

  #rest(): Promise<void> {
    if (this.#isWoken) {
      this.#isWoken = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        this.#isWoken = false;
        resolve();
      };
    });
  }
}
