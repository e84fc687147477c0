/** A conversation of the fake agent: carries out a prompt, and remembers what was said for whoever takes it up again. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AgentContext,
  PromptResponse,
  RequestPermissionResponse,
  SessionUpdate,
} from '@agentclientprotocol/sdk/unstable';
import { RequestError } from '@agentclientprotocol/sdk/unstable';
import type { z } from 'zod';
import { claudeLine } from './claude-line.js';
import { type agentStepSchema, stepsIn } from './script.js';

type Step = z.output<typeof agentStepSchema>;
type Tool = Extract<Step, { call: unknown }>['call'];

export class Conversation {
  readonly sessionId: string;
  readonly #home: string;
  readonly #cwd: string;
  readonly #client: AgentContext;
  #stopped = new AbortController();
  #calls = 0;
  #answer: PromptResponse = { stopReason: 'end_turn' };

  constructor(sessionId: string, cwd: string, { home, client }: { home: string; client: AgentContext }) {
    this.sessionId = sessionId;
    this.#cwd = cwd;
    this.#home = home;
    this.#client = client;
  }

  get #path(): string {
    return join(this.#home, '.fake-agent', `${this.sessionId}.jsonl`);
  }

  get isKnown(): boolean {
    return existsSync(this.#path);
  }

  begin(): void {
    mkdirSync(join(this.#home, '.fake-agent'), { recursive: true });
    writeFileSync(this.#path, '');
  }

  /** Tells again what was said. */
  async replay(): Promise<void> {
    const lines = readFileSync(this.#path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    for (const line of lines) await this.#tell(JSON.parse(line) as SessionUpdate);
  }

  cancel(): void {
    this.#stopped.abort();
  }

  async prompt(text: string): Promise<PromptResponse> {
    this.#stopped = new AbortController();
    this.#answer = { stopReason: 'end_turn' };
    this.#remember({ sessionUpdate: 'user_message_chunk', content: { type: 'text', text } });
    for (const step of stepsIn(text)) {
      if (this.#stopped.signal.aborted) return { stopReason: 'cancelled' };
      await this.#do(step);
    }
    return this.#stopped.signal.aborted ? { stopReason: 'cancelled' } : this.#answer;
  }

  async #do(step: Step): Promise<void> {
    if ('say' in step) return this.#say('agent_message_chunk', step.say, step.pieces ?? 3);
    if ('think' in step) return this.#say('agent_thought_chunk', step.think, 1);
    if ('call' in step) return this.#call(step.call);
    if ('plan' in step) {
      const entries = step.plan.map((entry) => ({ ...entry, priority: 'medium' as const }));
      return this.#tell({ sessionUpdate: 'plan', entries });
    }
    if ('title' in step) return this.#tell({ sessionUpdate: 'session_info_update', title: step.title });
    if ('context' in step) return this.#tell({ sessionUpdate: 'usage_update', ...step.context });
    if ('request' in step) return this.#log(step.request);
    if ('wait' in step) return sleep(step.wait, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    this.#outOfOrder(step);
  }

  /** What no well-behaved agent does, and how it ends. */
  #outOfOrder(step: Step): void {
    if ('usage' in step) this.#answer = { ...this.#answer, usage: step.usage as never };
    else if ('stop' in step) this.#answer = { ...this.#answer, stopReason: step.stop };
    else if ('garbage' in step) process.stdout.write(`${step.garbage}\n`);
    else if ('flood' in step) process.stdout.write(`"${'x'.repeat(step.flood * 1024 * 1024)}"\n`);
    else if ('complain' in step) process.stderr.write(`${step.complain}\n`);
    else if ('fail' in step) throw RequestError.internalError({ details: step.fail });
    else if ('crash' in step) {
      process.stderr.write(`${step.crash}\n`);
      process.exit(3);
    }
  }

  async #say(sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk', text: string, pieces: number) {
    const length = Math.max(1, Math.ceil(text.length / pieces));
    for (let at = 0; at < text.length; at += length)
      await this.#tell({ sessionUpdate, content: { type: 'text', text: text.slice(at, at + length) } });
    this.#remember({ sessionUpdate, content: { type: 'text', text } });
  }

  async #call(tool: Tool): Promise<void> {
    this.#calls += 1;
    const toolCallId = tool.id ?? `call-${this.#calls}`;
    const { title, kind, name, input: rawInput } = tool;
    const told = { toolCallId, title, kind, ...(name ? { name } : {}) };
    await this.#tell({ sessionUpdate: 'tool_call', ...told, status: 'pending' });
    if (tool.asks && !(await this.#mayRun({ ...told, rawInput }))) {
      return this.#tell({
        sessionUpdate: 'tool_call_update',
        toolCallId,
        rawInput,
        status: 'failed',
        content: text('refused'),
      });
    }
    await this.#tell({ sessionUpdate: 'tool_call_update', toolCallId, rawInput, status: 'in_progress' });
    for (const shown of tool.shows) {
      await this.#tell({ sessionUpdate: 'tool_call_update', toolCallId, content: text(shown) });
      await sleep(20);
    }
    if (tool.writes) writeFileSync(join(this.#cwd, tool.writes.path), tool.writes.text);
    const { diff } = tool;
    const content = diff
      ? [{ type: 'diff' as const, path: join(this.#cwd, diff.path), oldText: diff.before, newText: diff.after }]
      : text(tool.output);
    await this.#tell({
      sessionUpdate: 'tool_call_update',
      toolCallId,
      status: tool.fails ? 'failed' : 'completed',
      content,
    });
  }

  async #mayRun(toolCall: { toolCallId: string; title: string; rawInput: unknown }): Promise<boolean> {
    const { outcome } = await this.#client.request<RequestPermissionResponse>('session/request_permission', {
      sessionId: this.sessionId,
      toolCall,
      options: [
        { optionId: 'once', name: 'Yes', kind: 'allow_once' },
        { optionId: 'always', name: 'Always', kind: 'allow_always' },
        { optionId: 'no', name: 'No', kind: 'reject_once' },
      ],
    });
    appendFileSync(join(this.#home, '.fake-agent', 'answers.txt'), `${JSON.stringify(outcome)}\n`);
    return outcome.outcome === 'selected' && outcome.optionId !== 'no';
  }

  /** As Claude Code would, once the answer is whole. */
  #log(request: { id: string; input: number; output: number; text: string }): void {
    const folder = join(this.#home, '.claude', 'projects', '-fake-project');
    mkdirSync(folder, { recursive: true });
    const line = claudeLine(request, { sessionId: this.sessionId, cwd: this.#cwd, at: Date.now() });
    appendFileSync(join(folder, `${this.sessionId}.jsonl`), `${line}\n`);
  }

  #remember(update: SessionUpdate): void {
    appendFileSync(this.#path, `${JSON.stringify(update)}\n`);
  }

  #tell(update: SessionUpdate): Promise<void> {
    return this.#client.notify('session/update', { sessionId: this.sessionId, update });
  }
}

const text = (words: string) => [{ type: 'content' as const, content: { type: 'text' as const, text: words } }];
