/** The tools as a session has them: what may run, where it runs, and what of it may be told. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AgentOrder,
  agentTool,
  agentToolName,
  alwaysPattern,
  builtinTools,
  type ReadyCall,
  type Redactor,
  type Rule,
  type Tool,
  type ToolForModel,
  type ToolOutcome,
  type ToolPlace,
  type ToolWords,
} from '@taffrail/agent';
import { z } from 'zod';

export interface ToolboxOptions {
  /** The session's folder, absolute and real. */
  root: string;
  names: readonly string[];
  env: Readonly<Record<string, string>>;
  redactor: Redactor;
  /** Where long outputs of this session are kept. */
  asideDir: string;
  started: ToolPlace['started'];
  seen: Map<string, string>;
  rule: (tool: string, subject: string) => Rule;
  /** The names of the agents that a sub-agent may be. */
  agents: readonly string[];
  /** Those of MCP servers, as they are now. */
  others: () => readonly Tool[];
}

// A check is a whole build or test run.
const checkSeconds = 600;
/** What whoever is asked sees of a long input. */
const subjectCharactersMax = 4_000;
const shellTool = builtinTools.find(({ name }) => name === 'run_command') as Tool;

export class Toolbox {
  readonly #options: ToolboxOptions;
  readonly #own: ReadonlyMap<string, Tool | ToolWords>;
  readonly #ownForModel: readonly ToolForModel[];

  constructor(options: ToolboxOptions) {
    this.#options = options;
    this.#own = new Map(
      [...builtinTools, agentTool(options.agents) as ToolWords]
        .filter(({ name }) => options.names.includes(name))
        .map((tool) => [tool.name, tool]),
    );
    this.#ownForModel = [...this.#own.values()].map(forModel);
  }

  /** Asked before each request: an MCP server may come, go, or have others than before. */
  forModel(): ToolForModel[] {
    return [...this.#ownForModel, ...this.#options.others().map(forModel)];
  }

  prepare({ callId, name, text }: { callId: string; name: string; text: string }): ReadyCall | { problem: string } {
    const tool = this.#named(name);
    if (!tool)
      return {
        problem: `There is no tool called ${name}. There are: ${this.#all()
          .map((one) => one.name)
          .join(', ')}.`,
      };
    const parsed = inputOf(tool, text);
    if ('problem' in parsed) return parsed;
    const { input } = parsed;
    const subject = tool.subject(input, this.#options.root);
    const { writes, together, isQuiet = false } = tool;
    const rule = isQuiet ? 'allow' : this.#options.rule(name, subject);
    const order = name === agentToolName ? (input as AgentOrder) : null;
    const pattern = tool.alwaysWhole ? '*' : alwaysPattern(subject);
    const told = tool.alwaysWhole ? cutLine(subject) : subject;
    return { callId, tool: name, input, subject: told, writes, together, order, rule, pattern };
  }

  async run(
    { tool: name, input }: ReadyCall,
    output: (text: string) => void,
    signal: AbortSignal,
  ): Promise<ToolOutcome> {
    const tool = this.#named(name);
    return tool && 'run' in tool
      ? this.#execute(tool, input, output, signal)
      : { status: 'error', text: `There is no tool called ${name}.` };
  }

  /** The project's own check. The owner has configured it, so it runs whatever the agent itself may call. */
  check(command: string, signal: AbortSignal): Promise<ToolOutcome> {
    const input = { command, shell: true, timeoutSeconds: checkSeconds };
    return this.#execute(shellTool, input, () => undefined, signal);
  }

  #named(name: string): Tool | ToolWords | undefined {
    return this.#own.get(name) ?? this.#options.others().find((tool) => tool.name === name);
  }

  #all(): (Tool | ToolWords)[] {
    return [...this.#own.values(), ...this.#options.others()];
  }

  async #execute(
    tool: Tool,
    input: unknown,
    output: (text: string) => void,
    signal: AbortSignal,
  ): Promise<ToolOutcome> {
    const shown = this.#options.redactor.stream();
    const place = this.#place((text) => output(shown.push(text)), signal);
    try {
      const outcome = await tool.run(input, place);
      output(shown.end());
      return { ...outcome, text: this.#options.redactor.text(outcome.text) };
    } catch (error) {
      const words = `${tool.name} failed: ${error instanceof Error ? error.message : String(error)}`;
      return { status: 'error', text: this.#options.redactor.text(words) };
    }
  }

  #place(output: (text: string) => void, signal: AbortSignal): ToolPlace {
    const { root, env, started, seen, asideDir, redactor } = this.#options;
    return {
      root,
      signal,
      env,
      started,
      seen,
      output,
      keepAside: async (whole) => {
        // Latin-1 takes every byte for a character, so that what is no text comes back as it was.
        const bytes = Buffer.from(redactor.text(Buffer.from(whole).toString('latin1')), 'latin1');
        const name = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
        mkdirSync(asideDir, { recursive: true, mode: 0o700 });
        await writeFile(join(asideDir, name), bytes, { mode: 0o600 });
        return `output:${name}`;
      },
      aside: async (name) => {
        const found = /^output:([0-9a-f]{12})$/.exec(name)?.[1];
        return found === undefined ? null : await readFile(join(asideDir, found)).catch(() => null);
      },
    };
  }
}

function forModel(tool: Tool | ToolWords): ToolForModel {
  const { name, description, input, schema, isQuiet = false } = tool;
  const made = () => z.toJSONSchema(input, { io: 'input' }) as Record<string, unknown>;
  return { name, isQuiet, description, schema: schema ?? made() };
}

function cutLine(text: string): string {
  return text.length > subjectCharactersMax ? `${text.slice(0, subjectCharactersMax)}…` : text;
}

function inputOf(tool: ToolWords, text: string): { input: unknown } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text === '' ? '{}' : text);
  } catch {
    return { problem: `The input of ${tool.name} is not JSON. Send it again as one JSON object.` };
  }
  const parsed = tool.input.safeParse(value);
  if (parsed.success) return { input: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `The input of ${tool.name} is wrong: ${issue?.path.join('.') || 'it'}: ${issue?.message}.` };
}
