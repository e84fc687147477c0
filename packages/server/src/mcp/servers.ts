/** MCP servers as they are configured, with what they are given filled in. Pure. */
import { type NamedSecret, secretsOf } from '@taffrail/agent';
import type { McpConfig } from './mcp-config.js';

/** How a server is reached: all that whoever connects to it needs. */
export type McpAddress =
  | { kind: 'stdio'; command: string; args: readonly string[]; env: Readonly<Record<string, string>> }
  | { kind: 'http'; url: string; headers: Readonly<Record<string, string>> };

export interface McpServer {
  name: string;
  isEnabled: boolean;
  address: McpAddress;
  /** Why it cannot be used as it is configured; `null` where it can. */
  trouble: string | null;
}

/** Where names of secrets are looked up: first in the environment, then in secrets.json. */
export interface SecretPlaces {
  env: Readonly<Record<string, string | undefined>>;
  stored: ReadonlyMap<string, string>;
}

/** All that are configured, and the values that they are given which must not be told. */
export function mcpServersOf(
  config: McpConfig,
  places: SecretPlaces,
): { servers: McpServer[]; secrets: NamedSecret[] } {
  const found = Object.entries(config).map(([name, one]) => {
    const looked = new LookUp(places);
    const address = addressOf(one, looked);
    const server: McpServer = { name, isEnabled: one.enabled, address, trouble: looked.trouble };
    return { server, secrets: [...looked.secrets, ...secretsOf(one.env), ...secretsOf(one.headers)] };
  });
  return { servers: found.map(({ server }) => server), secrets: found.flatMap(({ secrets }) => secrets) };
}

/** Those that whoever may use the ones `mayUse` says has: in the order of config.toml. */
export function serversFor(servers: readonly McpServer[], mayUse: (name: string) => boolean): McpServer[] {
  return servers.filter(({ name, isEnabled }) => isEnabled && mayUse(name));
}

/** Whether an agent uses it. One without tools has none of these either, unless it names some. */
export function usesServer(agent: { mcp: readonly string[] | null; tools: readonly string[] }, name: string): boolean {
  return agent.mcp === null ? agent.tools.length > 0 : agent.mcp.includes(name);
}

function addressOf(one: McpConfig[string], looked: LookUp): McpAddress {
  if (one.command !== undefined) {
    const given = one.env_from.map((name) => [name, looked.environment(name)] as const);
    return { kind: 'stdio', command: one.command, args: one.args, env: { ...one.env, ...Object.fromEntries(given) } };
  }
  const given = Object.entries(one.headers_env).map(([header, name]) => [header, looked.secret(name)] as const);
  const headers = { ...one.headers, ...Object.fromEntries(given) };
  if (one.bearer_env !== undefined) headers['Authorization'] = `Bearer ${looked.secret(one.bearer_env)}`;
  return { kind: 'http', url: one.url ?? '', headers };
}

class LookUp {
  readonly #places: SecretPlaces;
  readonly #missing: string[] = [];
  readonly secrets: NamedSecret[] = [];

  constructor(places: SecretPlaces) {
    this.#places = places;
  }

  get trouble(): string | null {
    if (this.#missing.length === 0) return null;
    const names = this.#missing.join(', ');
    return `${names} ${this.#missing.length === 1 ? 'is' : 'are'} neither set in the server’s environment nor kept in secrets.json`;
  }

  /** What goes into a header opens a door, whatever its name is. */
  secret(name: string): string {
    const value = this.#value(name);
    if (value !== '') this.secrets.push({ name, value });
    return value;
  }

  /** Of the environment much is no secret: a program may be given `HOME`. */
  environment(name: string): string {
    const value = this.#value(name);
    const isStored = !this.#places.env[name] && value !== '';
    this.secrets.push(...(isStored ? [{ name, value }] : secretsOf({ [name]: value })));
    return value;
  }

  #value(name: string): string {
    const value = this.#places.env[name] || this.#places.stored.get(name);
    if (!value) this.#missing.push(name);
    return value ?? '';
  }
}
