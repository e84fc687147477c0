/** `config.toml`: what its owner may set. Unknown keys are left alone, wrong ones are named with their place. */
import { type Permissions, permissionsSchema } from '@taffrail/agent';
import { baseUrlSchema, efforts, keyIdSchema, keyProviders } from '@taffrail/wire';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { type BudgetsConfig, budgetsConfigSchema, noBudgets } from './budgets/budget-config.js';
import { type McpConfig, mcpConfigSchema } from './mcp/mcp-config.js';
import { UsageError } from './usage-error.js';

const userPriceSchema = z.object({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cache_read: z.number().nonnegative().optional(),
  cache_write: z.number().nonnegative().optional(),
  cache_write_1h: z.number().nonnegative().optional(),
});

const agentSchema = z.object({
  name: z.string().min(1).max(100),
  /** `KEY/MODEL`, tried in this order. */
  models: z.array(z.string()).min(1).optional(),
  /** In place of models: a program with arguments that speaks the Agent Client Protocol. */
  acp: z.array(z.string().min(1)).min(1).optional(),
  /** Of such a program: variables that it gets beside the usual ones, `NAME`, or `NAME=KEY` for the secret of a key. */
  env: z.array(z.string().regex(/^[A-Za-z_]\w*(=[\w.-]+)?$/)).default([]),
  tools: z
    .array(z.string())
    .default(['read', 'write', 'edit', 'list', 'glob', 'grep', 'run_command', 'tasks', 'agent']),
  /** Run after a turn that changed files; "" switches it off. */
  check: z.string().default(''),
  /** How hard its models think where a session does not say. */
  effort: z.enum(efforts).optional(),
  permissions: permissionsSchema.default({}),
  /** Which MCP servers it uses; without it all. A program of its own is told of those alone that are named. */
  mcp: z.array(z.string()).optional(),
});

const oneOfBoth = agentSchema.refine(({ models, acp }) => (models === undefined) !== (acp === undefined), {
  message: 'an agent has either models or acp',
});

const configSchema = z.object({
  /** Dollars per million tokens, by model name; asked before the price package. */
  prices: z.record(z.string(), userPriceSchema).default({}),
  keys: z
    .array(
      z.object({
        id: keyIdSchema,
        provider: z.enum(keyProviders),
        base_url: baseUrlSchema.optional(),
        /** The environment variable that holds the secret; without it, secrets.json may. */
        env: z.string().optional(),
      }),
    )
    .default([]),
  agents: z.array(oneOfBoth).default([]),
  /** OpenTelemetry: where the spans of live sessions are told, as they are over. */
  telemetry: z
    .object({
      endpoint: z.url().optional(),
      /** Commands, paths and messages of errors too. */
      content: z.boolean().default(false),
    })
    .default({ content: false }),
  budgets: budgetsConfigSchema.default(noBudgets),
  mcp: mcpConfigSchema.default({}),
  /** Further host names that the server answers to, when it is reached by another name than localhost. */
  allowed_hosts: z.array(z.string()).default([]),
});

export interface KeyConfig {
  id: string;
  provider: (typeof keyProviders)[number];
  baseUrl: string | null;
  env: string | null;
}

export interface AgentConfig {
  name: string;
  models: string[];
  tools: string[];
  check: string | null;
  effort: (typeof efforts)[number] | null;
  permissions: Permissions;
  /** `null`: it uses all MCP servers. */
  mcp: string[] | null;
}

/** An agent with a program of its own. */
export interface HostedAgentConfig {
  name: string;
  command: string[];
  env: string[];
  permissions: Permissions;
  mcp: string[];
}

export interface Config {
  keys: KeyConfig[];
  agents: AgentConfig[];
  hosted: HostedAgentConfig[];
  /** What an agent is where none is configured. */
  usualAgent: Omit<AgentConfig, 'models'>;
  prices: Record<
    string,
    { input: number; output: number; cacheRead?: number; cacheWrite?: number; cacheWrite1h?: number }
  >;
  telemetry: { endpoint: string | null; content: boolean };
  allowedHosts: string[];
  budgets: BudgetsConfig;
  mcp: McpConfig;
}

/** @throws UsageError naming the file and what is wrong in it. */
export function parseConfig(text: string, path: string): Config {
  const { prices, allowed_hosts, keys, agents, telemetry, budgets, mcp } = checked(text, path);
  const userPrices = Object.entries(prices).map(([model, price]) => {
    const { input, output, cache_read, cache_write, cache_write_1h } = price;
    const optional = {
      ...(cache_read === undefined ? {} : { cacheRead: cache_read }),
      ...(cache_write === undefined ? {} : { cacheWrite: cache_write }),
      ...(cache_write_1h === undefined ? {} : { cacheWrite1h: cache_write_1h }),
    };
    return [model, { input, output, ...optional }] as const;
  });
  return {
    prices: Object.fromEntries(userPrices),
    telemetry: { endpoint: telemetry.endpoint ?? null, content: telemetry.content },
    allowedHosts: allowed_hosts,
    budgets,
    mcp,
    keys: keys.map(({ id, provider, base_url, env }) => ({
      id,
      provider,
      baseUrl: base_url ?? null,
      env: env ?? null,
    })),
    agents: agents.flatMap((agent) => (agent.acp ? [] : [agentFrom(agent)])),
    hosted: agents.flatMap(({ name, acp, env, permissions, mcp = [] }) =>
      acp ? [{ name, command: acp, env, permissions, mcp }] : [],
    ),
    usualAgent: agentFrom(agentSchema.parse({ name: 'default', models: ['demo/demo'] })),
  };
}

function agentFrom({ acp: _acp, env: _env, models = [], ...said }: z.infer<typeof agentSchema>): AgentConfig {
  const { check, effort, mcp, ...agent } = said;
  return { ...agent, models, check: check === '' ? null : check, effort: effort ?? null, mcp: mcp ?? null };
}

function checked(text: string, path: string) {
  try {
    const result = configSchema.safeParse(parse(text));
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    throw new UsageError(`${path}: ${issue?.path.join('.')}: ${issue?.message}`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${path} is not TOML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    );
  }
}
