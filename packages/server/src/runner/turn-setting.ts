/** Puts together what a turn runs with: its models, its tools in its folder, and the ways into the log. */
import { join } from 'node:path';
import {
  callModel,
  type KeyRing,
  runTurn,
  type ToolPlace,
  type TurnEffects,
  type TurnSetting,
  withoutSecrets,
} from '@taffrail/agent';
import { v7 } from 'uuid';
import type { HostedAgents } from '../acp/hosted-agents.js';
import type { HostedResult } from '../acp/hosted-turn.js';
import type { Budgets } from '../budgets/budgets.js';
import type { AgentLogs } from '../import/agent-logs.js';
import type { McpServers } from '../mcp/mcp-servers.js';
import { problemNotes } from '../mcp/problem-notes.js';
import type { TurnServers } from '../mcp/turn-servers.js';
import type { CopyStore } from './checkpoints/copy-store.js';
import { sayAfter, sayBefore } from './checkpoints/turn-states.js';
import { hostedTurnOf } from './hosted-setting.js';
import { type Lineage, mayUseServer, ruleOf, toolsOf } from './lineage.js';
import type { LiveSession } from './live-session.js';
import type { RunSettings } from './settings.js';
import { SettingsInTurn } from './settings-in-turn.js';
import type { SubAgents } from './sub-agents.js';
import { Toolbox } from './toolbox.js';

export interface TurnSurroundings {
  dataDir: string;
  env: NodeJS.ProcessEnv;
  keys: KeyRing;
  contextWindow: (model: string, provider: string) => number | null;
  copies: CopyStore;
  started: ToolPlace['started'];
  subAgents: SubAgents;
  budgets: Pick<Budgets, 'refusal'>;
  mcp: McpServers;
  hosted: HostedAgents;
  /** The logs that hosted agents write themselves. */
  agentLogs: AgentLogs;
  /** The session, and those whose sub-agent it is. */
  lineage: (session: LiveSession) => Promise<Lineage>;
  now: () => number;
}

/**
 * Runs the turn to its end. What the folder was before it is kept, and what it is after it is told.
 * @param settings Those in force. The turn keeps its tools, its check and its effort; keys, models, permissions and
 * secrets are taken anew for each request and call.
 */
export async function turnOf(
  session: LiveSession,
  turnId: string,
  settings: () => RunSettings,
  around: TurnSurroundings,
  signal: AbortSignal,
): Promise<HostedResult> {
  const { cwd = '', model, effort, hosted } = session.state.description;
  if (hosted) return hostedTurnOf(session, turnId, { settings, around }, signal);
  const lineage = await around.lineage(session);
  const now = new SettingsInTurn(settings, around, { agent: lineage[0].agent, model });
  const { agent, env } = now;
  // Whoever waits for it keeps the folder, and checks it when all are done: meanwhile others work in it too.
  const isAwaited = session.asker?.turnId === turnId;
  const agents = settings().agents.map(({ name }) => name);
  const states = { ...around, env };
  const kept = isAwaited ? Promise.resolve() : sayBefore(session, turnId, states, signal);
  kept.catch(() => undefined);
  const servers = await serversOf(session, turnId, { lineage, settings: now }, around, signal);
  const toolbox = toolboxOf(session, { lineage, agents, servers, settings: now }, around);
  const setting: TurnSetting = {
    turnId,
    system: systemPrompt(cwd, lineage.length > 1),
    get models() {
      return now.models;
    },
    effort: isEffort(effort) ? effort : agent.effort,
    get tools() {
      return toolbox.forModel();
    },
    check: isAwaited ? null : agent.check,
    compacts: session.state.turns.get(turnId)?.compacts ?? false,
  };
  // The model may think meanwhile; nothing is touched before the folder is kept.
  const effects = afterwards(kept, effectsOf(session, toolbox, now, around));
  const result = await runTurn(setting, effects, signal).finally(() => servers.release());
  await kept;
  if (signal.reason !== 'shutdown' && !isAwaited) await sayAfter(session, turnId, states);
  return result;
}

/** The effects with which nothing in the folder is changed before `first` is done. */
function afterwards(first: Promise<unknown>, effects: TurnEffects): TurnEffects {
  return {
    ...effects,
    runTool: (...call) => first.then(() => effects.runTool(...call)),
    runAgent: (...start) => first.then(() => effects.runAgent(...start)),
    runCheck: (...check) => first.then(() => effects.runCheck(...check)),
  };
}

/** Its MCP servers. Of those that are not there, whoever watches is told. */
async function serversOf(
  session: LiveSession,
  turnId: string,
  { lineage, settings }: Pick<ToolboxParts, 'lineage' | 'settings'>,
  around: TurnSurroundings,
  signal: AbortSignal,
): Promise<TurnServers> {
  const { description, turns } = session.state;
  const callsNothing = turns.get(turnId)?.compacts ?? false;
  const mayUse = (name: string) => !callsNothing && mayUseServer(lineage, name);
  const servers = await around.mcp.forTurn({ root: description.cwd ?? '', mayUse, signal });
  const problems = servers.problems().map(({ server, text }) => ({ server, text: settings.redactor.text(text) }));
  const notes = problemNotes(session.state, problems, { turnId, at: around.now() });
  if (notes.length > 0 && !signal.aborted) await session.append(notes);
  return servers;
}

interface ToolboxParts {
  lineage: Lineage;
  agents: readonly string[];
  servers: TurnServers;
  settings: SettingsInTurn;
}

function toolboxOf(
  session: LiveSession,
  { lineage, agents, servers, settings }: ToolboxParts,
  around: TurnSurroundings,
): Toolbox {
  return new Toolbox({
    root: session.state.description.cwd ?? '',
    names: toolsOf(lineage),
    agents,
    others: () => servers.tools(),
    get env() {
      return settings.env;
    },
    redactor: settings.redactor,
    asideDir: join(around.dataDir, 'outputs', session.sessionId),
    started: around.started,
    seen: session.seen,
    rule: (tool, subject) => ruleOf(lineage, tool, subject),
  });
}

function effectsOf(
  session: LiveSession,
  toolbox: Toolbox,
  settings: SettingsInTurn,
  around: TurnSurroundings,
): TurnEffects {
  return {
    append: (rows) => session.append(rows),
    text: (place, offset, text) => session.text(place, offset, text),
    blob: (hash) => session.blob(hash),
    state: () => session.state,
    isUsed: (partId) => session.names.has(partId),
    key: (id) => settings.key(id),
    keys: around.keys,
    contextWindow: ({ keyId, model }) => around.contextWindow(model, settings.key(keyId)?.provider ?? ''),
    // A model may repeat what it was never told here: a key that stands in a file, or in a provider's complaint.
    callModel: withoutSecrets(callModel, settings.redactor),
    refusal: (model) => around.budgets.refusal(session, model, settings.key(model.keyId)?.provider ?? ''),
    prepare: (call) => toolbox.prepare(call),
    runTool: (call, output, signal) => toolbox.run(call, output, signal),
    runAgent: (start, signal) => around.subAgents.run(session, start, signal),
    runCheck: (command, signal) => toolbox.check(command, signal),
    decided: (callId) => session.decided.get(callId) ?? null,
    decision: (permissionId, signal) => session.decision(permissionId, signal),
    steers: () => [...session.state.queue.values()].filter(({ mode }) => mode === 'steer'),
    rest: (ms, signal) => rest(around.keys, ms, signal),
    now: around.now,
    newId: v7,
  };
}

const restMsMax = 2_000_000_000;

function rest(keys: KeyRing, ms: number | null, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      forget();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms ?? restMsMax, restMsMax));
    const forget = keys.onRefresh(end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

function isEffort(effort: string | undefined): effort is 'minimal' | 'low' | 'medium' | 'high' {
  return effort === 'minimal' || effort === 'low' || effort === 'medium' || effort === 'high';
}

function systemPrompt(cwd: string, isSubAgent: boolean): string {
  const forWhom =
    'You are a sub-agent: another agent gave you this task, and gets your last message and nothing else. Say in it what you have found or done, so that it can go on with it. Nobody can answer a question of yours.';
  return [
    'You are a coding agent. You work in one folder and change it with the tools you are given.',
    `The folder is ${cwd}. Paths are relative to it; nothing outside can be reached.`,
    'Look before you change: read a file before you edit it. Make the smallest change that does what was asked, then check it.',
    // A sub-agent was named by whoever started it.
    ...(isSubAgent ? [] : ['With your first answer also call the title tool, to name the session.']),
    'For work of several steps keep a task list with the tasks tool. Say briefly what you did, and what you could not do.',
    ...(isSubAgent ? [forWhom] : []),
  ].join('\n');
}
