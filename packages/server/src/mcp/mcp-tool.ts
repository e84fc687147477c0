/** A tool of an MCP server as the agent's loop knows tools. */
import type { Tool, ToolOutcome, ToolPlace } from '@taffrail/agent';
import { z } from 'zod';
import type { Connection } from './connection.js';
import type { ListedTool } from './listed-tools.js';
import { outcomeOf } from './outcome.js';

/** What is right in it, its server knows. */
const input = z.record(z.string(), z.unknown());
type Input = z.infer<typeof input>;

export function mcpTool(connection: Connection, listed: ListedTool): Tool<Input> {
  return {
    name: listed.modelName,
    description: listed.description,
    input,
    schema: listed.schema,
    writes: !listed.isReadOnly,
    together: listed.isReadOnly,
    alwaysWhole: true,
    subject: (asked) => JSON.stringify(asked),
    run: (asked, place) => called(connection, listed, asked, place),
  };
}

async function called(
  connection: Connection,
  { name: tool }: ListedTool,
  asked: Input,
  place: ToolPlace,
): Promise<ToolOutcome> {
  const { signal } = place;
  const release = connection.hold();
  try {
    const result = await connection.call({ tool, input: asked, onProgress: (text) => place.output(text), signal });
    return await outcomeOf(result, place);
  } catch (error) {
    if (signal.aborted)
      return { status: 'interrupted', text: 'Stopped by the user. What it has done meanwhile is done.' };
    const why = error instanceof Error ? error.message : String(error);
    return { status: 'error', text: `The MCP server ${connection.server.name} gave no result: ${why}.` };
  } finally {
    release();
  }
}
