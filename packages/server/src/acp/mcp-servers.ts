/** MCP servers that a hosted agent is told of, besides those of its own configuration, in the words of the protocol. */
import type { McpServer as ToldServer } from '@agentclientprotocol/sdk/unstable';
import type { McpServer } from '../mcp/servers.js';

/** Without those that cannot be used as they are configured, and those that it cannot reach. */
export function toldServers(servers: readonly McpServer[], takesHttp: boolean): ToldServer[] {
  return servers.flatMap(({ name, address, trouble }): ToldServer[] => {
    if (trouble !== null) return [];
    if (address.kind === 'stdio')
      return [{ name, command: address.command, args: [...address.args], env: pairsOf(address.env) }];
    return takesHttp ? [{ type: 'http', name, url: address.url, headers: pairsOf(address.headers) }] : [];
  });
}

function pairsOf(values: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
