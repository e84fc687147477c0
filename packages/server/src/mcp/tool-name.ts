/** What a model calls a tool of an MCP server: a name that every provider takes, and that is always the same. Pure. */
import { hash } from 'node:crypto';
import { mcpToolPrefix } from '@taffrail/session';

const charactersMax = 64;
const markCharacters = 8;

/** `mcp__SERVER__TOOL`. A name that had to be changed ends with a mark of what it was. */
export function modelToolName(server: string, tool: string): string {
  const start = `${mcpToolPrefix}${server}__`;
  const name = `${start}${tool.replace(/[^a-zA-Z0-9_-]/g, '_')}`;
  if (name === `${start}${tool}` && name.length <= charactersMax) return name;
  const mark = hash('sha256', tool, 'hex').slice(0, markCharacters);
  return `${name.slice(0, charactersMax - markCharacters - 1)}_${mark}`;
}
