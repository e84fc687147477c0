/** Puts together what a turn runs with: its models, its tools in its folder, and the ways into the log. */
import { join } from 'node:path';
import {
  callModel,
  type KeyRing,
  type ModelName,
  modelName,
  type NamedSecret,
  ownerVariable,
  redactor,
  runTurn,
  safeEnvironment,
  secretsOf,
  type ToolPlace,
  type TurnEffects,
  type TurnResult,
  type TurnSetting,
  withoutSecrets,
} from '@taffrail/agent';
import { v7 } from 'uuid';
import type { CopyStore } from './checkpoints/copy-store.js';
import { sayAfter, sayBefore } from './checkpoints/turn-states.js';
import { type Lineage, ruleOf, toolsOf } from './lineage.js';
import type { LiveSession } from './live-session.js';
import type { AgentSetting, RunSettings } from './settings.js';
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
  /** The session, and those whose sub-agent it is. */
  lineage: (session: LiveSession) => Promise<Lineage>;
  now: () => number;
}

/** Runs the turn to its end. What the folder was before it is kept, and what it is after it is told. */
export async function turnOf(
  session: LiveSession,
  turnId: string,
  settings: RunSettings,
  around: TurnSurroundings,
  signal: AbortSignal,
): Promise<TurnResult> {
  const { cwd = '', model, effort } = session.state.description;
  const lineage = await around.lineage(session);
  const [{ agent }] = lineage;
  // Whoever waits for it keeps the folder, and checks it when all are done: meanwhile others work in it too.
  const isAwaited = session.asker?.turnId === turnId;
  const { env, secrets } = programSetting(settings, around);
  const agents = settings.agents.map(({ name }) => name);
  const toolbox = toolboxOf(session, { lineage, agents, secrets, env }, around);
  const setting: TurnSetting = {
    turnId,
    system: systemPrompt(cwd, lineage.length > 1),
    models: modelsOf(agent, model),
    effort: isEffort(effort) ? effort : null,
    tools: toolbox.forModel(),
    check: isAwaited ? null : agent.check,
    compacts: session.state.turns.get(turnId)?.compacts ?? false,
  };
  const states = { ...around, env };
  const kept = isAwaited ? Promise.resolve() : sayBefore(session, turnId, states, signal);
  kept.catch(() => undefined);
  // The model may think meanwhile; nothing is touched before the folder is kept.
  const effects = afterwards(kept, effectsOf(session, { toolbox, settings, secrets }, around));
  const result = await runTurn(setting, effects, signal);
  await kept;
  if (signal.reason !== 'shutdown' && !isAwaited) await sayAfter(session, turnId, states);
  return result;
}

/** What programs of the agent's get: no secret is in it, and by it they are known to be ours. */
export function programSetting(
  settings: RunSettings,
  { env, dataDir }: Pick<TurnSurroundings, 'env' | 'dataDir'>,
): { env: Readonly<Record<string, string>>; secrets: readonly NamedSecret[] } {
  const secrets = [...secretsOf(env), ...settings.secrets];
  const inherited = safeEnvironment(
    env,
    [],
    secrets.map(({ value }) => value),
  );
  return { env: { ...inherited, [ownerVariable]: dataDir }, secrets };
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

/** The model that was chosen for the session first, then the agent's others. */
function modelsOf(agent: AgentSetting, chosen: string | undefined): ModelName[] {
  const first = chosen === undefined ? null : modelName(chosen);
  const same = (one: ModelName) => one.keyId === first?.keyId && one.model === first.model;
  return first ? [first, ...agent.models.filter((model) => !same(model))] : [...agent.models];
}

function toolboxOf(
  session: LiveSession,
  { lineage, agents, secrets, env }: ToolboxParts,
  around: TurnSurroundings,
): Toolbox {
  return new Toolbox({
    root: session.state.description.cwd ?? '',
    names: toolsOf(lineage),
    agents,
    env,
    redactor: redactor(secrets),
    asideDir: join(around.dataDir, 'outputs', session.sessionId),
    started: around.started,
    seen: session.seen,
    rule: (tool, subject) => ruleOf(lineage, tool, subject),
  });
}

interface ToolboxParts {
  lineage: Lineage;
  agents: readonly string[];
  secrets: readonly NamedSecret[];
  env: Readonly<Record<string, string>>;
}

function effectsOf(
  session: LiveSession,
  { toolbox, settings, secrets }: { toolbox: Toolbox; settings: RunSettings; secrets: readonly NamedSecret[] },
  around: TurnSurroundings,
): TurnEffects {
  return {
    append: (rows) => session.append(rows),
    text: (place, offset, text) => session.text(place, offset, text),
    blob: (hash) => session.blob(hash),
    state: () => session.state,
    isUsed: (partId) => session.names.has(partId),
    key: (id) => settings.keys.get(id) ?? null,
    keys: around.keys,
    contextWindow: ({ keyId, model }) => around.contextWindow(model, settings.keys.get(keyId)?.provider ?? ''),
    // A model may repeat what it was never told here: a key that stands in a file, or in a provider's complaint.
    callModel: withoutSecrets(callModel, redactor(secrets)),
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
