/** One live session of which the server dies, and everything that may be said about it afterwards. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionState } from '@taffrail/session';
import type { ModelServer } from '@taffrail/testing';
import { type TokenCounts, tokenFields } from '@taffrail/wire';
import { childrenOf, type Ending, firstPrompt, linesFile, scriptKilled, sleeperFile } from './kill-script.js';
import { type Replay, replay } from './line.js';
import type { ModelFolder } from './model-folder.js';
import type { RunningServer } from './program.js';
import { losses, type Watcher } from './watcher.js';

type Served = ModelServer['served'][number];

export class KilledSession {
  readonly id: string;
  readonly name: string;
  readonly #ending: Ending;
  readonly #model: ModelServer;
  readonly #watcher: Watcher;
  readonly #work: string;
  /** Its first turn was taken by the server, which said so. */
  #isTaken = false;
  /** Stops watching it. */
  leave: () => void = () => undefined;
  /** The requests that were finished, and of which the log knows nothing because the server died. */
  readonly #unknown: Served[] = [];

  constructor(name: string, ending: Ending, at: { model: ModelServer; watcher: Watcher; folder: ModelFolder }) {
    this.name = name;
    this.id = `session-${name}`;
    this.#ending = ending;
    this.#model = at.model;
    this.#watcher = at.watcher;
    this.#work = at.folder.work(name);
    scriptKilled(at.model, name, ending);
  }

  async create(server: RunningServer): Promise<void> {
    await server.order('POST', '/sessions', { id: this.id, cwd: this.#work });
    this.leave = this.#watcher.follow(this.id);
  }

  async begin(server: RunningServer): Promise<void> {
    const body = { id: this.turn('first'), input: firstPrompt(this.name) };
    await server.order('POST', `/sessions/${this.id}/turns`, body);
    this.#isTaken = true;
  }

  async ask(server: RunningServer, what: string): Promise<void> {
    const body = { id: this.turn(what), input: `${this.name}: ${what}`, mode: 'queue' };
    await server.order('POST', `/sessions/${this.id}/turns`, body);
  }

  turn(what: string): string {
    return `${this.name}-${what}`;
  }

  /** What must hold and does not, right after the restart. */
  async wrongAfterRestart(server: RunningServer): Promise<string[]> {
    const { rows, state } = await replay(server, this.id);
    const shown = this.#watcher.view(this.id)?.session;
    return [
      ...(shown ? losses(shown, state).map((loss) => `was shown and is lost: ${loss}`) : []),
      ...this.#wrongEnd({ rows, state }),
      ...this.#wrongStored(state, this.name),
      ...this.#survivors(),
      ...(await this.#wrongChildren(server)),
      ...(await this.#wrongRollUp(server)),
    ].map((wrong) => `${this.name}: ${wrong}`);
  }

  /** Of a session right after the restart: usage to the digit, tools that ran once. */
  #wrongStored(state: SessionState, conversation: string): string[] {
    const served = this.#served(conversation);
    const known = state.requests.size;
    this.#unknown.push(...finished(served).slice(known));
    // A step is asked for when the one before is stored: only the last may be unknown.
    const mustKnow = Math.max(0, served.length - 1);
    return [
      ...wrongUsage(state, finished(served).slice(0, known)),
      ...(known < mustKnow ? [`${mustKnow} requests were stored, ${known} are known`] : []),
      ...this.#wrongTools(state),
    ];
  }

  /** Each sub-agent is one session, its turn has ended, and what it did is told once. */
  async #wrongChildren(server: RunningServer): Promise<string[]> {
    const children = await childSessions(server, this.id);
    const wrong = await Promise.all(
      children.map(async ({ id, title }) => {
        const { rows, state } = await replay(server, id);
        const outcomes = [...state.turns.values()].map(({ outcome }) => outcome);
        const hasEnded = outcomes.every((outcome) => outcome === 'complete' || outcome === 'interrupted');
        return [
          ...(hasEnded && outcomes.length <= 1 ? [] : [`its turns are ${outcomes}`]),
          ...(state.openSpans.size === 0 && state.permissions.size === 0 ? [] : ['something of it is open']),
          ...this.#wrongStored(state, title ?? ''),
          ...wrongTurns(rows),
        ].map((words) => `sub-agent ${title}: ${words}`);
      }),
    );
    const titles = children.map(({ title }) => title);
    const isTwice =
      new Set(titles).size < titles.length || titles.some((title) => !childrenOf(this.name).includes(title ?? ''));
    return [...wrong.flat(), ...(isTwice ? [`its sub-agents are ${titles}`] : [])];
  }

  /** What the whole family used is what was served to it, wherever it is summed up. */
  async #wrongRollUp(server: RunningServer): Promise<string[]> {
    const served = [this.name, ...childrenOf(this.name)].flatMap((name) => finished(this.#served(name)));
    const sum = inputOf(served.filter((request) => !this.#unknown.includes(request)));
    const session = (await (await server.get(`/sessions/${this.id}`)).json()) as RolledUp;
    const usage = (await (await server.get(`/sessions/${this.id}/usage`)).json()) as RolledUp;
    const sums = [session, usage].map(({ usageWithSubAgents }) => usageWithSubAgents?.inputTokens ?? 0);
    return sums.every((one) => one === sum) ? [] : [`with sub-agents it used ${sums}, served were ${sum}`];
  }

  /** What must hold and does not, after further turns. */
  async wrongInTheEnd(server: RunningServer): Promise<string[]> {
    const { rows, state } = await replay(server, this.id);
    const expected = finished(this.#served(this.name)).filter((served) => !this.#unknown.includes(served));
    const shown = this.#watcher.view(this.id)?.session;
    return [
      ...wrongUsage(state, expected),
      ...this.#wrongTools(state),
      ...wrongTurns(rows),
      ...(await this.#wrongRollUp(server)),
      ...(texts(shown) === texts(state) ? [] : [`the client shows ${texts(shown)} of ${texts(state)}`]),
    ].map((wrong) => `${this.name}, in the end: ${wrong}`);
  }

  #served(name: string): Served[] {
    return this.#model.served.filter(({ conversation }) => conversation === name);
  }

  #wrongEnd({ rows, state }: Replay): string[] {
    const outcome = state.turns.get(this.turn('first'))?.outcome ?? 'none';
    const possible = this.#ending === 'ends' ? ['complete', 'interrupted'] : ['interrupted'];
    if (!this.#isTaken) possible.push('none');
    const open = [...state.items.values()].filter(({ item }) => 'streaming' in item);
    return [
      ...(possible.includes(outcome) ? [] : [`its turn is ${outcome}`]),
      ...(state.status === 'interrupted' || state.status === 'idle' ? [] : [`it is ${state.status}`]),
      ...open.map(({ id }) => `${id} is still being written`),
      ...[...state.openSpans.keys()].map((id) => `span ${id} is open`),
      ...wrongTurns(rows),
    ];
  }

  /** Nothing ran twice; what is said to have run did; what is said not to have begun did not. */
  #wrongTools({ items }: SessionState): string[] {
    const path = join(this.#work, linesFile);
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
    const twice = lines.filter((line, at) => lines.indexOf(line) !== at);
    const calls = [...items.values()].flatMap(({ item }) => (item.type === 'tool_call' ? [item] : []));
    const contradictions = calls.flatMap(({ callId, text }) => {
      const token = /echo (\S+) >>/.exec(text)?.[1];
      const result = items.get(`result:${callId}`)?.item;
      if (token === undefined || result?.type !== 'tool_result')
        return token === undefined ? [] : [`${token}: no result`];
      const mayHaveRun = !result.text.includes('Not run:');
      const hasRun = lines.includes(token);
      return (result.status === 'ok' && !hasRun) || (hasRun && !mayHaveRun)
        ? [`${token}: ${result.text}, ran: ${hasRun}`]
        : [];
    });
    return [...twice.map((line) => `${line} ran twice`), ...contradictions];
  }

  /** Programs that a tool started and that outlived the server's restart. */
  #survivors(): string[] {
    const path = join(this.#work, sleeperFile);
    if (!existsSync(path)) return [];
    const pid = Number(readFileSync(path, 'utf8'));
    return isAlive(pid) ? [`its tool still runs as ${pid}`] : [];
  }
}

/** The figures of each request and the totals, to the digit. */
function wrongUsage(state: SessionState, expected: readonly Served[]): string[] {
  const known = JSON.stringify([...state.requests.values()].map(figures));
  const served = JSON.stringify(expected.map(({ usageServed }) => figures(usageServed)));
  const sum = inputOf(expected);
  const total = state.totals?.inputTokens ?? 0;
  return [
    ...(known === served ? [] : [`usage is ${known}, served was ${served}`]),
    ...(total === sum ? [] : [`the total is ${total}, served were ${sum}`]),
  ];
}

function inputOf(served: readonly Served[]): number {
  return served.reduce((total, { usageServed }) => total + (usageServed.inputTokens ?? 0), 0);
}

interface RolledUp {
  usageWithSubAgents: { inputTokens: number | null } | null;
}

async function childSessions(server: RunningServer, id: string): Promise<{ id: string; title: string | null }[]> {
  const answer = await server.get(`/sessions?parentId=${encodeURIComponent(id)}&limit=50`);
  return ((await answer.json()) as { sessions: { id: string; title: string | null }[] }).sessions;
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    // What has ended and was not collected yet is no longer at work.
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z');
  } catch {
    return false;
  }
}

function finished(served: readonly Served[]): Served[] {
  return served.filter(({ outcome }) => outcome === 'finished');
}

function figures(counts: TokenCounts): (number | null)[] {
  return tokenFields.map((field) => counts[field]);
}

/** Each turn ends once. */
function wrongTurns(rows: Replay['rows']): string[] {
  const ends = rows.flatMap(({ kind, turnId }) => (kind === 'turn.completed' ? [turnId] : []));
  return ends.filter((turnId, at) => ends.indexOf(turnId) !== at).map((turnId) => `turn ${turnId} ended twice`);
}

function texts(state: SessionState | undefined): string {
  return JSON.stringify([...(state?.items.values() ?? [])].map(({ id, item }) => [id, item.type, item.text]));
}
