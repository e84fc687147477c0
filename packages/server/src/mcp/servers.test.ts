/** MCP servers as config.toml has them. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../config.js';
import { mcpServersOf } from './servers.js';

const env = { GITHUB_TOKEN: 'token-of-github', HOME: '/home/dev' };
const stored = new Map([['KEPT', 'kept-in-secrets-json']]);
const servers = (toml: string) => mcpServersOf(parseConfig(toml, 'config.toml').mcp, { env, stored });

test('E-beyond: a program gets its own values, and those that are let through by name', () => {
  const { servers: found, secrets } = servers(`
[mcp.files]
command = "npx"
args = ["-y", "files"]
env = { LEVEL = "debug" }
env_from = ["HOME", "GITHUB_TOKEN", "KEPT"]`);
  expect(found).toEqual([
    {
      name: 'files',
      isEnabled: true,
      trouble: null,
      address: {
        kind: 'stdio',
        command: 'npx',
        args: ['-y', 'files'],
        env: { LEVEL: 'debug', HOME: '/home/dev', GITHUB_TOKEN: 'token-of-github', KEPT: 'kept-in-secrets-json' },
      },
    },
  ]);
  expect(secrets.map(({ value }) => value)).toEqual(['token-of-github', 'kept-in-secrets-json']);
});

test('E-beyond: a server elsewhere gets headers, whose named values are secrets whatever their names are', () => {
  const { servers: found, secrets } = servers(`
[mcp.far]
url = "https://mcp.example.com/v1"
headers = { "X-Team" = "blue" }
headers_env = { "X-Home" = "HOME" }
bearer_env = "GITHUB_TOKEN"`);
  expect(found[0]?.address).toEqual({
    kind: 'http',
    url: 'https://mcp.example.com/v1',
    headers: { 'X-Team': 'blue', 'X-Home': '/home/dev', Authorization: 'Bearer token-of-github' },
  });
  expect(secrets.map(({ value }) => value)).toEqual(['/home/dev', 'token-of-github']);
});

test('E-beyond: what is missing is named, and the others work', () => {
  const { servers: found } = servers(`
[mcp.one]
command = "a"
env_from = ["ONE", "TWO"]
[mcp.two]
command = "b"`);
  expect(found.map(({ trouble }) => trouble)).toEqual([expect.stringMatching(/^ONE, TWO are neither set/), null]);
});

describe('E-beyond: refused with its place is', () => {
  test.each([
    ['[mcp.a]', 'mcp.a: it needs either a command or a url'],
    ['[mcp.a]\ncommand = "x"\nurl = "http://x"', 'mcp.a: it needs either'],
    ['[mcp.a__b]\ncommand = "x"', 'mcp.a__b'],
    ['[mcp.Big]\ncommand = "x"', 'mcp.Big'],
    ['[mcp.a]\nurl = "ftp://x"', 'mcp.a.url'],
    ['[mcp.a]\nurl = "http://user:pass@x"', 'mcp.a.url'],
    ['[mcp.a]\nurl = "http://x"\nheaders = { "a b" = "c" }', 'mcp.a.headers'],
    ['[mcp.a]\nurl = "http://x"\nheaders = { a = "c\\nd" }', 'mcp.a.headers.a: one line'],
    ['[mcp.a]\ncommand = "x"\nenv_from = ["A B"]', 'mcp.a.env_from.0'],
  ])('%s', (toml, why) => {
    expect(() => servers(toml)).toThrow(why);
  });
});
