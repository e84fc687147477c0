/** Puts together what a turn of a hosted agent runs with: its program, its environment, and the ways into the log. */
import { redactor } from '@taffrail/agent';
import type { Hosted } from '@taffrail/wire';
import { v7 } from 'uuid';
import type { HostedEffects } from '../acp/contract.js';
import { type HostedResult, hostedTurn } from '../acp/hosted-turn.js';
import { type HostedAgent, hostedEnvironment } from '../acp/programs.js';
import { serversFor } from '../mcp/servers.js';
import { sayAfter, sayBefore } from './checkpoints/turn-states.js';
import type { LiveSession } from './live-session.js';
import type { RunSettings } from './settings.js';
import { programSetting } from './settings-in-turn.js';
import type { TurnSurroundings } from './turn-setting.js';

/** Runs the turn to its end, with the folder kept before it and after it. */
export async function hostedTurnOf(
  session: LiveSession,
  turnId: string,
  { settings, around }: { settings: () => RunSettings; around: TurnSurroundings },
  signal: AbortSignal,
): Promise<HostedResult> {
  const { cwd = '', profile, hosted } = session.state.description;
  const chosen = settings().hosted.find(({ name }) => name === profile);
  if (!chosen) return notThere(session, turnId, profile ?? '', around.now());
  const { env, secrets } = programSetting(settings(), around);
  const states = { ...around, env };
  const kept = sayBefore(session, turnId, states, signal);
  kept.catch(() => undefined);
  const secretOf = (keyId: string) => settings().key(keyId)?.secret ?? null;
  const programEnv = hostedEnvironment(chosen, { env: around.env, dataDir: around.dataDir, secrets, secretOf });
  const redact = redactor(secrets);
  const startedAt = around.now();
  const turn = {
    sessionId: session.sessionId,
    agent: hosted?.agent ?? chosen.agent,
    command: chosen.command,
    env: programEnv,
    servers: serversFor(settings().mcp, (name) => chosen.mcp.includes(name)),
    redactor: redact,
    place: { turnId, root: cwd, redactor: redact },
    permissions: () => (settings().hosted.find(({ name }) => name === profile) ?? chosen).permissions,
    agents: around.hosted,
    ready: kept,
    started: around.started,
    readLog: logReader(session, chosen, { env: programEnv, since: startedAt, around }),
  };
  const result = await hostedTurn(turn, effectsOf(session, hosted, around), signal);
  await kept;
  if (signal.reason !== 'shutdown') await sayAfter(session, turnId, states);
  return result;
}

/** How what the agent wrote into its own log comes into this one; `null` where its log is not known. */
function logReader(
  session: LiveSession,
  { agent }: HostedAgent,
  { env, since, around }: { env: Readonly<Record<string, string>>; since: number; around: TurnSurroundings },
): (() => Promise<void>) | null {
  const { agentLogs } = around;
  if (!agentLogs.knows(agent)) return null;
  return async () => {
    await agentLogs.read({ agent, env, since });
    await session.takeIn();
    await nameModel(session, around.now());
  };
}

/** Agents that do not say which model they use have written it down. */
async function nameModel(session: LiveSession, at: number): Promise<void> {
  const { description, requests } = session.state;
  const model = [...requests.values()].at(-1)?.model;
  if (description.model !== undefined || !model) return;
  await session.append([{ key: `model:${v7()}`, at, kind: 'session.described', data: { model } }]);
}

function effectsOf(session: LiveSession, hosted: Hosted | undefined, around: TurnSurroundings): HostedEffects {
  return {
    append: (rows) => session.append(rows),
    text: (place, offset, text) => session.text(place, offset, text),
    blob: (hash) => session.blob(hash),
    state: () => session.state,
    isUsed: (partId) => session.names.has(partId),
    decision: (permissionId, signal) => session.decision(permissionId, signal),
    refusal: () => {
      // Which model answers next is known by what answered last.
      const last = [...session.state.requests.values()].at(-1);
      const model = last?.model ? { keyId: hosted?.agent ?? '', model: last.model } : null;
      return around.budgets.refusal(session, model, last?.provider ?? '');
    },
    now: around.now,
    newId: v7,
  };
}

async function notThere(session: LiveSession, turnId: string, name: string, at: number): Promise<HostedResult> {
  const reason = `There is no agent ${name} any more: its program is not on PATH, and config.toml does not name it.`;
  const data = { type: 'error', text: reason } as const;
  await session.append([{ key: `error:${v7()}`, at, turnId, kind: 'item.recorded', data }]);
  return { outcome: 'failed', reason };
}
