/** `[mcp.NAME]` of config.toml: servers whose tools agents may use. */
import { z } from 'zod';

/** It is the first half of its tools' names, so that it holds no `__`: no two servers' tools can have one name. */
const nameSchema = z
  .string()
  .max(30)
  .regex(/^[a-z0-9-]+(_[a-z0-9-]+)*$/, 'a name of small letters, digits, dashes and single underscores');

const line = z
  .string()
  .max(32_000)
  .regex(/^\P{Cc}*$/u, 'one line');
const variable = z.string().regex(/^[A-Za-z_]\w*$/, 'a name of an environment variable');
const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'a name of a header');

const isAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
};

const serverSchema = z
  .object({
    enabled: z.boolean().default(true),
    /** A program that speaks over its standard streams. */
    command: line.min(1).optional(),
    args: z.array(z.string().max(32_000)).default([]),
    /** Values as they are: no secrets. */
    env: z.record(variable, z.string()).default({}),
    /** Variables of the server's environment, or names in secrets.json, that it is given. */
    env_from: z.array(variable).default([]),
    /** A server that speaks streamable HTTP. */
    url: z.string().max(2_000).refine(isAddress, 'an http or https address without user and password').optional(),
    headers: z.record(headerName, line).default({}),
    /** Header by header the variable, or the name in secrets.json, that holds its value. */
    headers_env: z.record(headerName, variable).default({}),
    /** What holds the token of `Authorization: Bearer …`. */
    bearer_env: variable.optional(),
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), {
    error: 'it needs either a command or a url',
  });

export const mcpConfigSchema = z.record(nameSchema, serverSchema);
export type McpConfig = z.infer<typeof mcpConfigSchema>;
