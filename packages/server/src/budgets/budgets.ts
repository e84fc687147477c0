/**
 * What may still be spent. It is asked before each model request, and reads what was spent from the log's own sums: after a
 * restart it knows what it knew. Sessions that ask at the same time may together exceed a budget by the requests that are
 * under way, since what those cost is not known before they are answered.
 */
import type { ModelName } from '@taffrail/agent';
import { type Budget, judge, type NextRequest, type Spent, spentOf, warnAtOf, warningName } from '@taffrail/session';
import {
  Calendar,
  isWarnedOf,
  liveSpending,
  type PriceTable,
  pricedVersion,
  type Remember,
  remembering,
  type SpendingQuestion,
  type Store,
  silentAt,
  topOf,
} from '@taffrail/store';
import type { BudgetStanding, BudgetWarning, OpenBudget } from '@taffrail/wire';
import type { LiveSession } from '../runner/live-session.js';
import { type BudgetsConfig, budgetOn, setBudgets } from './budget-config.js';
import { isInsisted } from './insistence.js';

export interface BudgetsOptions {
  store: Store;
  prices: PriceTable;
  /** What is set now. */
  config: () => BudgetsConfig;
  /** Whose days are meant; the system's own where none is named. */
  calendar?: Calendar;
  now: () => number;
}

interface Asked {
  budget: Budget;
  spent: Spent;
  /** The folder whose sessions share it; `null` where it is not a project's. */
  project: string | null;
}

export class Budgets {
  readonly #options: BudgetsOptions;
  readonly #calendar: Calendar;
  readonly #remember: Remember;
  /** Warnings that are being stored: two sub-agents may ask at once. */
  readonly #saying = new Set<string>();
  /** Warnings of shared budgets that stand in a log. */
  readonly #said = new Set<string>();

  constructor(options: BudgetsOptions) {
    this.#options = options;
    this.#calendar = options.calendar ?? new Calendar();
    this.#remember = remembering(pricedVersion(options.store, options.prices));
  }

  get config(): BudgetsConfig {
    return this.#options.config();
  }

  /**
   * Why no request may be made, in a sentence; `null` where it may. What comes near its end is warned of first.
   * @param name `null` where it is not known which model will answer.
   */
  async refusal(session: LiveSession, name: ModelName | null, provider: string): Promise<string | null> {
    // The demo model's usage is made up, and stands in no sum.
    if (provider === 'demo') return null;
    const asked = await this.#asked(session.sessionId);
    if (asked.length === 0) return null;
    const budgets = asked.map(({ budget }) => budget);
    const next = name && (await this.#next(name, { provider, session, budgets }));
    for (const one of asked) {
      const { budget, spent, project } = one;
      const verdict = judge(budget, spent, next);
      if (verdict.kind === 'stop') return verdict.text;
      if (verdict.kind === 'ok') continue;
      for (const warning of verdict.warnings)
        await this.#warn(topmost(session), { ...factsOf(one), ...warning }, project);
    }
    return null;
  }

  /** How each budget stands that this session counts against; without one, those of the day. */
  async standings(sessionId: string | null): Promise<BudgetStanding[]> {
    return (await this.#asked(sessionId)).map((one) => {
      const verdict = judge(one.budget, one.spent, null);
      const texts =
        verdict.kind === 'stop'
          ? [verdict.text]
          : verdict.kind === 'warn'
            ? verdict.warnings.map(({ text }) => text)
            : [];
      return { ...factsOf(one), verdict: verdict.kind, texts };
    });
  }

  /** The open sessions of which a budget is nearly or wholly spent, each with what is said of it. */
  async open(): Promise<OpenBudget[]> {
    if (setBudgets(this.config).length === 0) return [];
    const { queries } = this.#options.store;
    const rows = await queries.selectFrom('sessions').select('id').where('open', '=', 1).execute();
    const found = await Promise.all(
      rows.map(async ({ id }): Promise<OpenBudget[]> => {
        const standings = (await this.standings(id)).filter(({ verdict }) => verdict !== 'ok');
        const verdict = standings.some((one) => one.verdict === 'stop') ? 'stop' : 'warn';
        const texts = standings.flatMap((one) => one.texts);
        return standings.length === 0 ? [] : [{ sessionId: id, verdict, texts }];
      }),
    );
    return found.flat();
  }

  async #asked(sessionId: string | null): Promise<Asked[]> {
    const { store, now } = this.#options;
    const { config } = this;
    const set = setBudgets(config);
    // Most set none: then nothing is read.
    if (set.length === 0) return [];
    const top = sessionId === null ? null : await topOf(store.queries, sessionId);
    const project = top?.project ?? top?.cwd ?? null;
    const isMeant = { session: top !== null, day: true, project: project !== null };
    const place = { top: top?.id ?? '', day: this.#calendar.today(now()) };
    const budgets = set.filter(({ scope }) => isMeant[scope]).map((one) => budgetOn(one, place, config));
    return Promise.all(
      budgets.map(async (budget) => {
        const spent = await this.#spent(this.#question(budget, project));
        return { budget, spent, project: budget.scope === 'project' ? project : null };
      }),
    );
  }

  #question({ scope, period }: Budget, project: string | null): SpendingQuestion {
    if (scope === 'session') return { family: period };
    const from = period === 'all' ? null : period.length === 'YYYY-MM'.length ? `${period}-01` : period;
    return {
      ...(from === null ? {} : { since: this.#calendar.startOf(from) }),
      ...(scope === 'project' && project !== null ? { project } : {}),
    };
  }

  #spent(question: SpendingQuestion): Promise<Spent> {
    const { store, prices } = this.#options;
    return this.#remember(`spent ${JSON.stringify(question)}`, async () => {
      const { usage, untold } = await liveSpending(store.queries, prices, question);
      const requests = (usage?.requests ?? 0) + untold;
      const { inputTokens = null, outputTokens = null } = usage ?? {};
      const told = Math.min(usage?.reported.inputTokens ?? 0, usage?.reported.outputTokens ?? 0);
      return {
        tokens: inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0),
        costMicros: usage?.costMicros ?? null,
        requests,
        withoutTokens: requests - told,
        withoutPrice: requests - (usage?.pricedRequests ?? 0),
      };
    });
  }

  async #next(
    { model }: ModelName,
    { provider, session, budgets }: { provider: string; session: LiveSession; budgets: readonly Budget[] },
  ): Promise<NextRequest> {
    const { store, prices, now } = this.#options;
    const silent = await silentAt(store.queries, { model, provider });
    return {
      model,
      hasPrice: prices.pricesFor({ model, provider, at: now(), sizeClass: 0 }) !== null,
      tellsTokens: silent === null,
      isInsisted: silent !== null && isInsisted(session, budgets, { model, silentAt: silent }),
    };
  }

  /**
   * Once for each budget, period and threshold: what stands in the log is not said again, also after a restart. What sessions
   * share is said in the one that crosses the threshold.
   */
  async #warn(session: LiveSession, warning: BudgetWarning, project: string | null): Promise<void> {
    const { scope, period, limit, warnAt } = warning;
    const known = session.state.budgetWarnings.get(warningName(warning));
    if (known?.period === period && known.limit === limit && known.warnAt === warnAt) return;
    const parts = [warningName(warning), period, limit, warnAt, ...(project === null ? [] : [project])];
    const key = `budget:${parts.join(':')}`;
    const isShared = scope !== 'session';
    const saying = isShared ? key : `${session.sessionId} ${key}`;
    if (this.#saying.has(saying) || this.#said.has(saying)) return;
    this.#saying.add(saying);
    try {
      if (isShared && (await isWarnedOf(this.#options.store.queries, key))) return void this.#said.add(saying);
      const turn = session.turn ? { turnId: session.turn.turnId } : {};
      await session.append([{ key, at: this.#options.now(), ...turn, kind: 'budget.warned', data: warning }]);
    } finally {
      this.#saying.delete(saying);
    }
  }
}

function factsOf({ budget, spent }: Pick<Asked, 'budget' | 'spent'>): Omit<BudgetWarning, 'why' | 'text'> {
  const { scope, measure, period, limit } = budget;
  const { value, uncounted } = spentOf(budget, spent);
  return { scope, measure, period, limit, warnAt: warnAtOf(budget), spent: value, uncounted };
}

/** A sub-agent's warnings are said where a person looks. */
function topmost(session: LiveSession): LiveSession {
  let top = session;
  while (top.asker) top = top.asker.session;
  return top;
}
