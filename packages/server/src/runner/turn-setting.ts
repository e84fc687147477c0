/** Puts together what a turn runs with: its models, its tools in its folder, and the ways into the log. */
import { join } from 'node:path';
import {
  callModel,
  type KeyRing,
  type ModelName,
  modelName,
  type ReadyCall,
  redactor,
  runTurn,
  safeEnvironment,
  secretsOf,
  type ToolPlace,
  type TurnEffects,
  type TurnResult,
  type TurnSetting,
} from '@taffrail/agent';
import { v7 } from 'uuid';
import type { LiveSession } from './live-session.js';
import type { AgentSetting, RunSettings } from './settings.js';
import { allowing, Toolbox } from './toolbox.js';

export interface TurnSurroundings {
  dataDir: string;
  env: NodeJS.ProcessEnv;
  keys: KeyRing;
  started: ToolPlace['started'];
  now: () => number;
}

/** Runs the turn to its end. */
export function turnOf(
  session: LiveSession,
  turnId: string,
  settings: RunSettings,
  around: TurnSurroundings,
  signal: AbortSignal,
): Promise<TurnResult> {
  const { cwd = '', model, effort, profile } = session.state.description;
  const agent = settings.agent(profile);
  const toolbox = toolboxOf(session, agent, settings, around);
  const setting: TurnSetting = {
    turnId,
    system: systemPrompt(cwd),
    models: modelsOf(agent, model),
    effort: isEffort(effort) ? effort : null,
    tools: toolbox.forModel(),
    check: agent.check,
  };
  return runTurn(setting, effectsOf(session, toolbox, settings, around), signal);
}

/** The model that was chosen for the session first, then the agent's others. */
function modelsOf(agent: AgentSetting, chosen: string | undefined): ModelName[] {
  const first = chosen === undefined ? null : modelName(chosen);
  const same = (one: ModelName) => one.keyId === first?.keyId && one.model === first.model;
  return first ? [first, ...agent.models.filter((model) => !same(model))] : [...agent.models];
}

function toolboxOf(
  session: LiveSession,
  agent: AgentSetting,
  settings: RunSettings,
  around: TurnSurroundings,
): Toolbox {
  const secrets = [...secretsOf(around.env), ...settings.secrets];
  return new Toolbox({
    root: session.state.description.cwd ?? '',
    names: agent.tools,
    env: safeEnvironment(
      around.env,
      [],
      secrets.map(({ value }) => value),
    ),
    redactor: redactor(secrets),
    asideDir: join(around.dataDir, 'outputs', session.sessionId),
    started: around.started,
    seen: session.seen,
    permissions: () => allowing(agent.permissions, session.state.allowed),
  });
}

function effectsOf(
  session: LiveSession,
  toolbox: Toolbox,
  settings: RunSettings,
  around: TurnSurroundings,
): TurnEffects {
  return {
    append: (rows) => session.append(rows),
    text: (place, offset, text) => session.text(place, offset, text),
    state: () => session.state,
    key: (id) => settings.keys.get(id) ?? null,
    keys: around.keys,
    callModel,
    prepare: (call) => toolbox.prepare(call),
    runTool: (call, output, signal) => toolbox.run(call, output, signal),
    runCheck: (command, signal) => toolbox.run(checkCall(command), () => undefined, signal),
    decision: (permissionId, signal) => session.decision(permissionId, signal),
    steers: () => [...session.state.queue.values()].filter(({ mode }) => mode === 'steer'),
    rest: (ms, signal) => rest(around.keys, ms, signal),
    now: around.now,
    newId: v7,
  };
}

// A check is a whole build or test run.
const checkSeconds = 600;

function checkCall(command: string): ReadyCall {
  const input = { command, shell: true, timeoutSeconds: checkSeconds };
  return { callId: 'check', tool: 'run_command', input, subject: command, writes: false, rule: 'allow', pattern: '' };
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

function systemPrompt(cwd: string): string {
  return [
    'You are a coding agent. You work in one folder and change it with the tools you are given.',
    `The folder is ${cwd}. Paths are relative to it; nothing outside can be reached.`,
    'Look before you change: read a file before you edit it. Make the smallest change that does what was asked, then check it.',
    'For work of several steps keep a task list with the tasks tool. Say briefly what you did, and what you could not do.',
  ].join('\n');
}
