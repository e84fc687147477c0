/** Tools of MCP servers have both names in one, as all agents write it: `mcp__SERVER__TOOL`. */

export const mcpToolPrefix = 'mcp__';

/** `null` where the name is no such one. A server's name holds no `__`; what follows it is the tool's. */
export function mcpNames(name: string): { server: string; tool: string } | null {
  if (!name.startsWith(mcpToolPrefix)) return null;
  const rest = name.slice(mcpToolPrefix.length);
  const at = rest.indexOf('__', 1);
  if (at === -1 || at + 2 >= rest.length) return null;
  return { server: rest.slice(0, at), tool: rest.slice(at + 2) };
}

/** As people read it: `github · search_issues`. */
export function toolLabel(name: string): string {
  const names = mcpNames(name);
  return names ? `${names.server} · ${names.tool}` : name;
}
