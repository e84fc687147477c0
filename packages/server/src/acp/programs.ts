/** Agents with a program of their own, which speak the Agent Client Protocol: those configured, and those found on PATH. */
import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import type { NamedSecret, Permissions } from '@taffrail/agent';
import { ownerVariable, safeEnvironment } from '@taffrail/agent';
import type { Config } from '../config.js';

export interface HostedAgent {
  name: string;
  /** The id that its own logs are imported under, where the program is a known one; else the name. */
  agent: string;
  /** The program with its arguments. */
  command: readonly string[];
  /** Variables that it gets beside the usual ones: `NAME`, or `NAME=KEY` for the secret of a key. */
  env: readonly string[];
  permissions: Permissions;
  /** MCP servers of config.toml that it is told of. */
  mcp: readonly string[];
  isConfigured: boolean;
}

/** Of each agent the programs that host it, the best first. */
const knownPrograms: readonly { agent: string; command: readonly [string, ...string[]] }[] = [
  { agent: 'claude', command: ['claude-agent-acp'] },
  { agent: 'claude', command: ['claude-code-acp'] },
  { agent: 'codex', command: ['codex-acp'] },
  { agent: 'gemini', command: ['gemini', '--acp'] },
  { agent: 'opencode', command: ['opencode', 'acp'] },
];

/** Known by the name of their program only: where they are is for their owner to say. */
const knownNames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(knownPrograms.map(({ agent, command: [program] }) => [program, agent])),
  qwen: 'qwen',
  copilot: 'copilot',
};

/** Those that config.toml names, then those found whose name is not taken. */
export function hostedAgents(config: Config, found: readonly HostedAgent[]): HostedAgent[] {
  const configured = config.hosted.map(
    ({ name, command, env, permissions, mcp }): HostedAgent => ({
      name,
      agent: agentIdOf(command) ?? name,
      command,
      env,
      permissions,
      mcp,
      isConfigured: true,
    }),
  );
  const taken = new Set([...config.agents, ...configured].map(({ name }) => name));
  return [...configured, ...found.filter(({ name }) => !taken.has(name))];
}

/** Programs that run others. */
const runners = /^(npx|npm|pnpm|yarn|bunx?|node|deno|env|tsx)$/;

/** The known agent whose program a command runs, also by way of npx and the like; `null` for a stranger. */
function agentIdOf(command: readonly string[]): string | null {
  const names = command.map(programName);
  const named = runners.test(names[0] ?? '') ? names : names.slice(0, 1);
  const known = named.find((name) => Object.hasOwn(knownNames, name));
  return known === undefined ? null : (knownNames[known] ?? null);
}

/** `@scope/claude-agent-acp@1.2.3`, `/usr/bin/claude-agent-acp` and `claude-agent-acp.exe` are all the same. */
function programName(word: string): string {
  return basename(word)
    .replace(/(?!^)@.*$/, '')
    .replace(/\.(exe|cmd|m?[jt]s)$/i, '');
}

/** Agents whose program is on PATH, each once, named by its id. */
export function foundPrograms(env: NodeJS.ProcessEnv): HostedAgent[] {
  const found = new Map<string, HostedAgent>();
  for (const { agent, command } of knownPrograms) {
    if (found.has(agent) || !isOnPath(command[0], env)) continue;
    found.set(agent, { name: agent, agent, command, env: [], permissions: {}, mcp: [], isConfigured: false });
  }
  return [...found.values()];
}

function isOnPath(program: string, env: NodeJS.ProcessEnv): boolean {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => endings.some((ending) => isProgram(join(folder, program + ending))));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export interface EnvironmentParts {
  /** The server's own. */
  env: NodeJS.ProcessEnv;
  dataDir: string;
  secrets: readonly NamedSecret[];
  secretOf: (keyId: string) => string | null;
}

/** What a program gets: what tools get, and what its owner passes on to it. By it the program is known to be ours. */
export function hostedEnvironment(
  { env: passed }: Pick<HostedAgent, 'env'>,
  { env, dataDir, secrets, secretOf }: EnvironmentParts,
): Record<string, string> {
  const plain = passed.filter((entry) => !entry.includes('='));
  const values = secrets.map(({ value }) => value);
  const named = passed.flatMap((entry) => {
    const [name = '', keyId] = entry.split('=');
    const secret = keyId === undefined ? null : secretOf(keyId);
    return secret === null ? [] : [[name, secret] as const];
  });
  return { ...safeEnvironment(env, plain, values), ...Object.fromEntries(named), [ownerVariable]: dataDir };
}
