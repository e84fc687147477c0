/** Settings: keys without their secrets, agents with what they may do, and what was found on the machine. */
import { z } from 'zod';
import { permissionsSchema, type Rule, ruleSchema } from '../permissions.js';
import { efforts } from './orders.js';

export const keyProviders = ['anthropic', 'openai', 'google', 'openai-compatible', 'demo'] as const;
export type KeyProvider = (typeof keyProviders)[number];

/** One line without anything that is not printed: it ends up in a file of lines. */
const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, 'one line of printable text only');

/** A name that no object has by birth. */
const ownName = (name: string): boolean => name !== '__proto__';

export const keyIdSchema = z
  .string()
  .max(60)
  .regex(/^[\w.-]+$/, 'letters, digits, dot, dash and underscore only')
  .refine(ownName);

/** An address that is kept and shown, so that it must hold no secret. */
export const baseUrlSchema = z
  .string()
  .max(2_000)
  .refine(isPlainAddress, 'an http or https address without user, password, query or fragment');

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

/** Names how a thing stands: an order that has seen it stand otherwise is refused. */
const revisionSchema = z.string().max(100);

/** Where a key's secret comes from. */
export const secretSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('environment'), name: z.string() }),
  z.object({ kind: z.literal('stored') }),
  z.object({ kind: z.literal('none') }),
]);
export type SecretSource = z.infer<typeof secretSourceSchema>;

/** What came of asking a key's provider. */
export const keyTestSchema = z.object({
  ok: z.boolean(),
  /** What it answered, or why it did not, in a sentence. */
  message: z.string(),
  at: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  /** Models that it says it has. */
  models: z.array(z.string()),
});
export type KeyTest = z.infer<typeof keyTestSchema>;

export const keySettingSchema = z.object({
  id: z.string(),
  provider: z.enum(keyProviders),
  baseUrl: z.string().nullable(),
  source: secretSourceSchema,
  /** Whether its secret is there, where it needs one. */
  isPresent: z.boolean(),
  /** Who named it: config.toml, the environment, a server that was found, or taffrail itself. Only the first can be changed. */
  origin: z.enum(['config', 'environment', 'found', 'built-in']),
  /** Until when it, or a model of it, is exhausted, and what its provider said; `null` where it can be used. */
  resting: z.object({ until: z.iso.datetime(), reason: z.string() }).nullable(),
  /** Since the server's start; `null` where nobody asked. */
  tested: keyTestSchema.nullable(),
  /** Agents that name it. */
  agents: z.array(z.string()),
  revision: revisionSchema,
});
export type KeySetting = z.infer<typeof keySettingSchema>;

export const agentSettingSchema = z.object({
  name: z.string(),
  /** `KEY/MODEL`, tried in this order. */
  models: z.array(z.string()),
  tools: z.array(z.string()),
  /** Run after a turn that changed files. */
  check: z.string().nullable(),
  effort: z.enum(efforts).nullable(),
  permissions: permissionsSchema,
  /** `false`: what an agent is where none is configured. */
  isConfigured: z.boolean(),
  revision: revisionSchema,
});
export type AgentSetting = z.infer<typeof agentSettingSchema>;

/** A tool that a server lists; `why`: it is left out, and for this reason. */
const mcpToolSchema = z.object({ name: z.string(), why: z.string().nullable() });

/** What came of connecting to an MCP server once, apart from any session. */
export const mcpTestSchema = z.object({
  ok: z.boolean(),
  /** What it has, or why it cannot be used, in a sentence. */
  message: z.string(),
  at: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
});
export type McpTest = z.infer<typeof mcpTestSchema>;

export const mcpServerSettingSchema = z.object({
  name: z.string(),
  /** The command line or the address, as config.toml has it; no secret is in it. */
  reached: z.string(),
  /** `off`: config.toml switches it off. `unused`: no session has wanted it yet, or not for a while. */
  state: z.enum(['off', 'unused', 'starting', 'connected', 'failed']),
  /** Why it cannot be used, or why it ended last. */
  problem: z.string().nullable(),
  /** Folders, or sessions' ways to a server elsewhere, in which it runs now. */
  connections: z.number().int().nonnegative(),
  /** Of a connection, or else of the last test; `null` where nobody has seen any. */
  tools: z.array(mcpToolSchema).nullable(),
  /** Since the server's start; `null` where nobody asked. */
  tested: mcpTestSchema.nullable(),
  /** Agents that use it. */
  agents: z.array(z.string()),
});
export type McpServerSetting = z.infer<typeof mcpServerSettingSchema>;
/** An agent with a program of its own, spoken to by the Agent Client Protocol. */
export const hostedAgentSettingSchema = z.object({
  name: z.string(),
  /** The id of the agent, where its program is a known one. */
  agent: z.string(),
  command: z.array(z.string()),
  /** Names of the variables that are passed on to it beside the usual ones. */
  env: z.array(z.string()),
  /** `false`: its program was found on this machine. */
  isConfigured: z.boolean(),
});
export type HostedAgentSetting = z.infer<typeof hostedAgentSettingSchema>;

export const settingsSchema = z.object({
  configPath: z.string(),
  /** Why config.toml is not in force as it stands; the last good one is. */
  problem: z.string().nullable(),
  keys: z.array(keySettingSchema),
  agents: z.array(agentSettingSchema),
  /** As config.toml has them under `[mcp]`; an older server knows of none. */
  mcp: z.array(mcpServerSettingSchema).default([]),
  /** An older server has none. */
  hosted: z.array(hostedAgentSettingSchema).default([]),
  /** Every tool there is, with the rule where none is configured. */
  tools: z.array(z.object({ name: z.string(), rule: ruleSchema })),
  ollama: z.object({
    url: z.string(),
    isFound: z.boolean(),
    models: z.number().int(),
    lookedAt: z.iso.datetime().nullable(),
  }),
  /** Names of variables in the server's environment that look like keys of model providers. */
  environment: z.array(z.string()),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What is sent in a header: no space, nothing that is not printed. Shorter ones could not be cut out of what agents write. */
const secretSchema = z
  .string()
  .trim()
  .min(8, 'a secret has at least eight characters')
  .max(8_000)
  .regex(/^[\x21-\x7e]+$/, 'a secret is one word of plain characters');

const revision = revisionSchema.optional();

const keyFields = {
  provider: z.enum(keyProviders).exclude(['demo']),
  baseUrl: baseUrlSchema.nullable().default(null),
  /** Kept on the server. Left out, the one that is stored stays; `null`: none. */
  secret: secretSchema.nullable().optional(),
  /** The environment variable that holds the secret instead. */
  env: z
    .string()
    .max(200)
    .regex(/^[A-Za-z_]\w*$/, 'a name of an environment variable')
    .nullable()
    .default(null),
  revision,
};

export const createKeySchema = z.object({ id: keyIdSchema, ...keyFields }).omit({ revision: true });
export type CreateKey = z.input<typeof createKeySchema>;

export const putKeySchema = z.object(keyFields);
export type PutKey = z.input<typeof putKeySchema>;

export const removeSettingSchema = z.object({ revision });

const patternsSchema = z.record(line(1_000).refine(ownName), ruleSchema);
const toolName = z
  .string()
  .regex(/^[\w.-]{1,100}$/)
  .refine(ownName);
/** Also a pattern for tools of MCP servers. */
const ruledName = z
  .string()
  .regex(/^[\w.*-]{1,100}$/)
  .refine(ownName);

const agentFields = {
  models: z
    .array(line(300).regex(/^[\w.-]+\/\S+$/, 'KEY/MODEL'))
    .min(1)
    .max(50),
  tools: z.array(toolName).max(100),
  check: line(2_000).nullable().default(null),
  effort: z.enum(efforts).nullable().default(null),
  permissions: z.record(ruledName, z.union([ruleSchema, patternsSchema])).default({}),
  revision,
};

export const createAgentSchema = z.object({ name: line(100).trim(), ...agentFields }).omit({ revision: true });
export type CreateAgent = z.input<typeof createAgentSchema>;

export const putAgentSchema = z.object(agentFields);
export type PutAgent = z.input<typeof putAgentSchema>;

export type ToolRule = { name: string; rule: Rule };
