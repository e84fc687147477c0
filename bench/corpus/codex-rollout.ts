/** One rollout as Codex logs it: envelopes, running totals beside (or instead of) one usage record per response. */
import type { TokenCounts } from '@taffrail/wire';
import type { LogFile } from './log-file.js';
import type { Workshop } from './workshop.js';

export interface CodexTotals {
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_input_tokens?: number;
  output_tokens: number;
  reasoning_output_tokens: number;
  total_tokens: number;
}

/** `records`: one usage record per response. `totals`: only running totals, mostly stated twice. */
export type CodexEra = 'records' | 'totals';
const versions = { records: '0.169.0', totals: '0.95.0' } as const;

export interface RolloutOptions {
  id: string;
  cwd: string;
  era: CodexEra;
  at: number;
  /** More of the first line: where the thread comes from. */
  origin?: Record<string, unknown>;
  /** Running totals that a fork goes on from. */
  totals?: CodexTotals;
}

const models = ['gpt-5.1-codex', 'gpt-5.5', 'gpt-5.1-codex-mini'] as const;

export class Rollout {
  readonly options: RolloutOptions;
  at: number;
  totals: CodexTotals | null;
  /** The running totals after each response so far, for those who replay them. */
  readonly counted: { totals: CodexTotals; last: CodexTotals }[] = [];
  readonly #workshop: Workshop;
  readonly #file: LogFile;
  #model: string = models[0];
  #turnId = '';
  #ordinal = 0;

  constructor(workshop: Workshop, file: LogFile, options: RolloutOptions) {
    this.#workshop = workshop;
    this.#file = file;
    this.options = options;
    this.at = options.at;
    this.totals = options.totals ?? null;
    this.#model = workshop.random.pick(models);
    const { id, cwd, era } = options;
    const meta = {
      id,
      timestamp: this.#time(),
      cwd,
      originator: 'codex_cli_rs',
      cli_version: versions[era],
      source: 'cli',
      model_provider: 'openai',
      ...options.origin,
    };
    this.write('session_meta', { ...meta, git: { branch: 'main' } });
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  turn(): void {
    const { random } = this.#workshop;
    this.wait(60_000);
    if (random.chance(0.1)) this.#model = random.pick(models);
    this.begin();
    this.say('user', this.#workshop.text('prose', 400, 1));
    for (let steps = random.between(1, 10); steps > 0; steps -= 1) this.step(steps > 1);
    if (this.options.era === 'records')
      this.event('task_complete', { turn_id: this.#turnId, last_agent_message: 'Done.' });
  }

  begin(): void {
    const turnId = this.#workshop.random.timedUuid(this.at);
    this.#turnId = turnId;
    const isMarked = this.options.era === 'records';
    if (isMarked)
      this.event('task_started', {
        turn_id: turnId,
        started_at: Math.floor(this.at / 1000),
        model_context_window: 258_400,
      });
    this.write('turn_context', {
      ...(isMarked ? { turn_id: turnId } : {}),
      cwd: this.options.cwd,
      approval_policy: 'never',
      model: this.#model,
      effort: 'medium',
      summary: 'auto',
    });
  }

  say(role: 'user' | 'assistant', text: string): void {
    const user = role === 'user';
    this.item('message', { role, content: [{ type: user ? 'input_text' : 'output_text', text }] });
    this.event(user ? 'user_message' : 'agent_message', { message: text });
  }

  /** One response, its usage, and the output of the tool it called. */
  step(callsTool: boolean): void {
    const { random, wording } = this.#workshop;
    this.wait(9_000);
    if (random.chance(0.5))
      this.item('reasoning', {
        summary: [{ type: 'summary_text', text: this.#workshop.text('prose', 400, 0.8) }],
        content: null,
        encrypted_content: random.hex(1_200),
      });
    if (!callsTool || random.chance(0.2)) this.say('assistant', this.#workshop.text('prose', 800, 1.1));
    const callId = `call_${random.hex(24)}`;
    const isPatch = random.chance(0.25);
    if (callsTool && isPatch)
      this.item('custom_tool_call', {
        status: 'completed',
        call_id: callId,
        name: 'apply_patch',
        input: `*** Begin Patch\n*** Update File: ${wording.path()}\n${this.#workshop.text('code', 700, 1.2)}*** End Patch\n`,
      });
    else if (callsTool)
      this.item('function_call', {
        name: 'exec_command',
        arguments: JSON.stringify({ cmd: `rg -n ${wording.word()} ${wording.path()}` }),
        call_id: callId,
      });
    this.respond();
    if (!callsTool) return;
    this.wait(4_000);
    const output = `Exit code: ${random.chance(0.08) ? 1 : 0}\nWall time: ${random.between(0, 9)}.${random.between(0, 9)} seconds\nOutput:\n${this.#workshop.toolOutput()}`;
    this.item(isPatch ? 'custom_tool_call_output' : 'function_call_output', { call_id: callId, output });
  }

  /** Counts a response and writes its usage the way the version does. */
  respond(): void {
    const { random } = this.#workshop;
    const usage = this.#usage();
    this.#workshop.count('codex', this.at, tokensOf(usage));
    this.totals = plus(this.totals, usage);
    this.counted.push({ totals: this.totals, last: usage });
    if (this.options.era === 'records') {
      const named = {
        thread_id: this.options.id,
        turn_id: this.#turnId,
        session_id: this.options.id,
        response_id: `resp_${random.hex(48)}`,
      };
      this.write('token_usage_record', { ...named, usage, thread_token_usage: this.totals });
      this.state(this.totals, usage);
      return;
    }
    if (random.chance(0.2)) this.event('token_count', { info: null, rate_limits: { primary: null } });
    this.state(this.totals, usage);
    if (random.chance(0.35)) this.wait(2_500);
    if (random.chance(0.6)) this.state(this.totals, usage);
  }

  /** States running totals; stating them again is no request. */
  state(totals: CodexTotals, last: CodexTotals): void {
    const newer = this.options.era === 'records' ? { last_usage_includes_reasoning: false } : {};
    const limits = {
      limit_id: 'codex',
      primary: { used_percent: 12.5, window_minutes: 300 },
      secondary: null,
      credits: null,
      plan_type: null,
    };
    this.event('token_count', {
      info: { total_token_usage: totals, last_token_usage: last, ...newer, model_context_window: 258_400 },
      rate_limits: limits,
    });
  }

  item(type: string, data: object): void {
    this.write('response_item', { type, ...data });
  }

  event(type: string, data: object): void {
    this.write('event_msg', { type, ...data });
  }

  write(type: string, payload: object): void {
    const ordinal = this.options.era === 'records' ? { ordinal: this.#ordinal } : {};
    this.#ordinal += 1;
    this.#file.record({ timestamp: this.#time(), ...ordinal, type, payload }, this.at);
  }

  wait(mostMs: number): void {
    this.at += this.#workshop.random.between(1, mostMs);
  }

  #time(): string {
    return new Date(this.at).toISOString();
  }

  #usage(): CodexTotals {
    const { random } = this.#workshop;
    const cached = random.skewed(30_000, 0.8, 200_000);
    const written = random.chance(0.3) ? random.between(0, 4_000) : 0;
    const input = cached + written + random.skewed(1_500, 1, 50_000);
    const output = random.skewed(300, 1.1, 20_000) + 20;
    const isNew = this.options.era === 'records';
    return {
      input_tokens: input,
      cached_input_tokens: cached,
      ...(isNew ? { cache_write_input_tokens: written } : {}),
      output_tokens: output,
      reasoning_output_tokens: random.between(0, output - 1),
      total_tokens: input + output,
    };
  }
}

function plus(totals: CodexTotals | null, usage: CodexTotals): CodexTotals {
  const fields = Object.keys(usage) as (keyof CodexTotals)[];
  return Object.fromEntries(
    fields.map((field) => [field, (totals?.[field] ?? 0) + (usage[field] ?? 0)]),
  ) as unknown as CodexTotals;
}

function tokensOf(usage: CodexTotals): TokenCounts {
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cached_input_tokens,
    cacheWriteTokens: usage.cache_write_input_tokens ?? null,
    cacheWrite1hTokens: null,
    reasoningTokens: usage.reasoning_output_tokens,
  };
}
