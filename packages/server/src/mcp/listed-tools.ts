/** The tools that a server lists, as far as a model can be told of them. What is left out is named, with why. Pure. */
import { z } from 'zod';
import { modelToolName } from './tool-name.js';

export interface ListedTool {
  /** As its server calls it. */
  name: string;
  /** As the model does. */
  modelName: string;
  description: string;
  schema: Readonly<Record<string, unknown>>;
  /** Its server says that it changes nothing. That is a hint: no rule is milder for it. */
  isReadOnly: boolean;
  /** What the model is told of it. */
  bytes: number;
}

export interface LeftOutTool {
  name: string;
  why: string;
}

export interface ListedTools {
  tools: readonly ListedTool[];
  leftOut: readonly LeftOutTool[];
}

/** More are no use to a model, and some providers refuse them. */
const toolsMax = 100;
const namedLeftOutMax = 100;
const nameCharactersMax = 200;
const descriptionCharactersMax = 8_000;
const schemaBytesMax = 24 * 1024;

const toolSchema = z.object({
  name: z.string().min(1),
  description: z.string().optional().catch(undefined),
  inputSchema: z.record(z.string(), z.unknown()),
  annotations: z.object({ readOnlyHint: z.boolean().optional() }).optional().catch(undefined),
});

/** @param found As the server has sent them: anything. */
export function listedTools(server: string, found: readonly unknown[]): ListedTools {
  const tools = new Map<string, ListedTool>();
  const leftOut: LeftOutTool[] = [];
  for (const one of found) {
    const tool = toolOf(server, one);
    const why = 'why' in tool ? tool.why : whyNot(tool, tools);
    if (why === null) tools.set((tool as ListedTool).modelName, tool as ListedTool);
    else leftOut.push({ name: tool.name, why });
  }
  const rest = leftOut.length - namedLeftOutMax;
  const named = leftOut.slice(0, namedLeftOutMax);
  if (rest > 0) named.push({ name: `${rest} more`, why: 'left out like these' });
  return { tools: [...tools.values()], leftOut: named };
}

function whyNot({ modelName }: ListedTool, tools: ReadonlyMap<string, ListedTool>): string | null {
  if (tools.has(modelName)) return 'its name is there twice';
  return tools.size >= toolsMax ? `a server may have ${toolsMax} tools` : null;
}

function toolOf(server: string, found: unknown): ListedTool | LeftOutTool {
  const parsed = toolSchema.safeParse(found);
  const name = shortName(found);
  if (!parsed.success)
    return { name, why: `its ${String(parsed.error.issues[0]?.path[0] ?? 'form')} is not what it should be` };
  const { inputSchema: schema, description = '', annotations } = parsed.data;
  const text = jsonOf(schema);
  const why = text === null ? 'its schema is nested too deep' : brokenIn(schema, text);
  if (why !== null || text === null) return { name, why: why ?? '' };
  const told = description.slice(0, descriptionCharactersMax);
  return {
    name: parsed.data.name,
    modelName: modelToolName(server, parsed.data.name),
    description: told,
    schema,
    isReadOnly: annotations?.readOnlyHint === true,
    bytes: Buffer.byteLength(text) + Buffer.byteLength(told),
  };
}

function shortName(found: unknown): string {
  const name = typeof found === 'object' && found !== null && 'name' in found ? found.name : null;
  return typeof name === 'string' && name !== '' ? name.slice(0, nameCharactersMax) : '(without a name)';
}

function jsonOf(schema: unknown): string | null {
  try {
    return JSON.stringify(schema);
  } catch {
    return null;
  }
}

const propertyName = /^[\w.-]{1,64}$/;

/** One schema that a provider refuses costs the whole request, so that what is known to be refused is not sent. */
function brokenIn(schema: Readonly<Record<string, unknown>>, text: string): string | null {
  if (text.length > schemaBytesMax) return 'its schema is too large';
  const { type, properties = {}, required = [] } = schema;
  if (type !== 'object') return 'its schema is not of an object';
  const combined = ['oneOf', 'anyOf', 'allOf', 'not', 'enum'].find((word) => word in schema);
  if (combined !== undefined) return `its schema has ${combined} at the top, which providers refuse`;
  if (!isRecord(properties)) return 'its schema’s properties are no table';
  const odd = Object.entries(properties).find(([name, one]) => !propertyName.test(name) || !isSchema(one));
  if (odd) return `its schema has a property that providers refuse: ${odd[0].slice(0, nameCharactersMax)}`;
  const isList = Array.isArray(required) && required.every((name) => typeof name === 'string');
  return isList ? null : 'its schema’s required is no list of names';
}

function isSchema(value: unknown): boolean {
  return typeof value === 'boolean' || isRecord(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
