/** One conversation as Claude Code logs it: a line per content block, each repeating its message's usage. */

import { type ClaudeUsage, type ClaudeVersion, claudeUsage, usageAt } from './claude-usage.js';
import type { LogFile } from './log-file.js';
import type { Workshop } from './workshop.js';

type Line = Record<string, unknown>;
type Block = Record<string, unknown>;

export interface ClaudeOptions {
  sessionId: string;
  cwd: string;
  version: ClaudeVersion;
  model: string;
  /** When it begins, in milliseconds. */
  at: number;
  /** The sub-agent whose conversation this is. */
  agentId?: string;
  /** Old versions write a sub-agent's lines into its parent's file, without naming it. */
  sidechain?: boolean;
  /** Keep the lines: somebody will copy them. */
  remember?: boolean;
}

export class ClaudeSession {
  readonly options: ClaudeOptions;
  at: number;
  /** The lines so far, where they are remembered. */
  readonly history: { line: Line; at: number }[] = [];
  /** The last answer's usage, which a parent repeats in its tool result. */
  lastUsage: ClaudeUsage | null = null;
  readonly #workshop: Workshop;
  readonly #file: LogFile;
  readonly #startBytes: number;
  #parent: string | null = null;

  constructor(workshop: Workshop, file: LogFile, options: ClaudeOptions) {
    this.#workshop = workshop;
    this.#file = file;
    this.options = options;
    this.at = options.at;
    this.#startBytes = file.bytes;
  }

  get bytes(): number {
    return this.#file.bytes - this.#startBytes;
  }

  /** A prompt, and answers until the model rests. */
  turn(): void {
    const { random } = this.#workshop;
    this.prompt(this.#workshop.text('prose', 400, 1));
    for (let steps = random.between(1, 9); steps > 0; steps -= 1) this.step(steps > 1);
  }

  prompt(text: string, more: Line = {}): void {
    this.wait(20_000);
    this.write({ type: 'user', message: { role: 'user', content: text }, ...more });
  }

  /** One request: its answer, and the results of the tools it called. */
  step(callsTools: boolean): void {
    const { random } = this.#workshop;
    this.wait(8_000);
    const blocks: Block[] = [];
    if (random.chance(0.45))
      blocks.push({ type: 'thinking', thinking: this.#workshop.text('prose', 900, 1), signature: random.hex(400) });
    if (!callsTools || random.chance(0.5)) blocks.push({ type: 'text', text: this.#workshop.text('prose', 800, 1.1) });
    const calls = callsTools
      ? Array.from({ length: random.chance(0.15) ? random.between(2, 4) : 1 }, () => this.#call())
      : [];
    this.answer([...blocks, ...calls]);
    for (const call of calls) this.result(String(call['id']), this.#workshop.toolOutput());
  }

  /** Writes one answer and counts it. */
  answer(blocks: Block[], more: { line?: Line; aborted?: boolean } = {}): void {
    const { random } = this.#workshop;
    const usage = claudeUsage(random, this.options.version, more.aborted ?? false);
    const id = `msg_01${random.hex(22)}`;
    const requestId = random.chance(0.01) ? {} : { requestId: `req_011${random.hex(20)}` };
    const stop = blocks.some((block) => block['type'] === 'tool_use') ? 'tool_use' : 'end_turn';
    this.#workshop.count('claude', this.at, usage.tokens);
    this.lastUsage = usage;
    blocks.forEach((block, index) => {
      const last = index === blocks.length - 1;
      const stopReason = more.aborted || (usage.grows && !last) ? null : stop;
      const message = {
        model: this.options.model,
        id,
        type: 'message',
        role: 'assistant',
        content: [block],
        stop_reason: stopReason,
        stop_sequence: null,
      };
      this.write({
        message: { ...message, usage: usageAt(usage, index, last) },
        ...requestId,
        type: 'assistant',
        ...more.line,
      });
      this.wait(400);
    });
  }

  result(callId: string, content: unknown, more: Line = {}): void {
    this.wait(3_000);
    const failed = this.#workshop.random.chance(0.05);
    this.write({
      type: 'user',
      message: { role: 'user', content: [{ tool_use_id: callId, type: 'tool_result', content, is_error: failed }] },
      ...more,
    });
  }

  /** A tool call that starts a sub-agent; returns its id. */
  callAgent(): string {
    const id = `toolu_01${this.#workshop.random.hex(22)}`;
    const input = {
      description: this.#workshop.text('prose', 30, 0.2),
      prompt: this.#workshop.text('prose', 500, 0.6),
      subagent_type: 'general-purpose',
    };
    this.answer([{ type: 'tool_use', id, name: 'Task', input }]);
    return id;
  }

  /** Writes a line with the session's envelope around it. */
  write(record: Line): void {
    const { sessionId, cwd, version, agentId, sidechain } = this.options;
    const uuid = this.#workshop.random.uuid();
    const place = {
      parentUuid: this.#parent,
      isSidechain: agentId !== undefined || sidechain === true,
      userType: 'external',
      cwd,
      sessionId,
      version,
      gitBranch: 'main',
    };
    const line = {
      ...place,
      ...(agentId ? { agentId } : {}),
      ...record,
      uuid,
      timestamp: new Date(this.at).toISOString(),
    };
    this.#parent = uuid;
    if (this.options.remember) this.history.push({ line, at: this.at });
    this.#file.record(line, this.at);
  }

  /** Repeats another session's lines as this one's. */
  copy(lines: readonly { line: Line; at: number }[], change: (line: Line) => Line): void {
    for (const { line, at } of lines) this.#file.record(change({ ...line, sessionId: this.options.sessionId }), at);
  }

  /** A line without the envelope. */
  bare(record: Line): void {
    this.#file.record({ ...record, sessionId: this.options.sessionId }, this.at);
  }

  wait(mostMs: number): void {
    this.at += this.#workshop.random.between(1, mostMs);
  }

  #call(): Block {
    const { random, wording } = this.#workshop;
    const id = `toolu_01${random.hex(22)}`;
    const made = random.pick([
      () => [
        'Bash',
        { command: `grep -rn ${wording.word()} ${wording.path()}`, description: wording.text('prose', 30) },
      ],
      () => ['Read', { file_path: `${this.options.cwd}/${wording.path()}` }],
      () => [
        'Read',
        { file_path: `${this.options.cwd}/${wording.path()}`, offset: random.between(1, 900), limit: 200 },
      ],
      () => [
        'Edit',
        {
          file_path: wording.path(),
          old_string: this.#workshop.text('code', 400, 1),
          new_string: this.#workshop.text('code', 600, 1),
        },
      ],
      () => ['Write', { file_path: wording.path(), content: this.#workshop.text('code', 2_000, 1.2) }],
      () => ['Grep', { pattern: wording.word(), path: 'src', output_mode: 'content' }],
    ] as const)();
    return { type: 'tool_use', id, name: made[0], input: made[1] };
  }
}
