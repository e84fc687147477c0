/**
 * What a hosted agent tells of its turn, on its way into the log: its words piece by piece, its thoughts, calls and plan, one
 * after the other in the order they came.
 */
import type {
  ContentChunk,
  Plan,
  RequestPermissionRequest,
  RequestPermissionResponse,
  SessionUpdate,
  ToolCall,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk/unstable';
import { alwaysPattern, type Permissions, type RedactedStream } from '@taffrail/agent';
import type { NewFile, NewRow } from '@taffrail/session';
import type { Item, PermissionDecision } from '@taffrail/wire';
import type { HostedEffects, HostedPlace } from './contract.js';
import { HostedError } from './hosted-error.js';
import { hostedRule, optionFor } from './permissions.js';
import { ToolCalls } from './tool-calls.js';
import { textOf } from './tool-content.js';

/** Tokens in the model's context, and what fits into it, as the agent last said. */
export interface ContextSize {
  tokens: number;
  window: number;
}

export interface TranscriptOptions {
  effects: HostedEffects;
  place: HostedPlace;
  permissions: () => Permissions;
  signal: AbortSignal;
  /** What it tells cannot be stored, or does not end. */
  broken: (error: unknown) => void;
  /** Told what can be chosen, whenever the agent says it anew. */
  choices: (update: Extract<SessionUpdate, { sessionUpdate: 'config_option_update' }>) => void;
}

interface Part {
  partId: string;
  type: 'message' | 'reasoning';
  messageId: string | null;
  step: number;
  text: string;
  stream: RedactedStream;
}

const charactersMax = 4_000_000;
// Each takes a commit at most: so many are a program that has lost its way.
const waitingMax = 20_000;

export class Transcript {
  readonly #options: TranscriptOptions;
  readonly #calls: ToolCalls;
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #part: Part | null = null;
  #parts = 0;
  #step = 0;
  /** The model has been told something since it last spoke. */
  #hasInput = false;
  #characters = 0;
  context: ContextSize | null = null;

  constructor(options: TranscriptOptions) {
    this.#options = options;
    this.#calls = new ToolCalls(options.effects, options.place);
  }

  /** Takes it up after all before it. */
  update(update: SessionUpdate): void {
    this.#waiting += 1;
    if (this.#waiting > waitingMax) return this.#options.broken(new HostedError('it told too much at once'));
    void this.#then(() => this.#take(update));
  }

  /** Asks whoever may say it: the rules, or a person. */
  async permission({ toolCall, options }: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    await this.#then(() => this.#call(toolCall));
    return optionFor(await this.#decision(toolCall), options);
  }

  /** Everything that was told is in the log, and what was open is closed. */
  async end(): Promise<void> {
    await this.#then(() => this.#close());
  }

  #then(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#options.broken(error));
    return this.#work;
  }

  async #take(update: SessionUpdate): Promise<void> {
    this.#waiting -= 1;
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return this.#say('message', update);
      case 'agent_thought_chunk':
        return this.#say('reasoning', update);
      case 'tool_call':
      case 'tool_call_update':
        return this.#call(update);
      case 'plan':
        return this.#plan(update);
      case 'session_info_update':
        return this.#name(update.title ?? null);
      case 'usage_update':
        this.context = update.size > 0 ? { tokens: update.used, window: update.size } : this.context;
        return;
      case 'config_option_update':
        return this.#options.choices(update);
      // What the person has said is known; commands, modes and what else there is are the agent's own affair.
      default:
        return;
    }
  }

  async #say(type: Part['type'], { content, messageId = null }: ContentChunk): Promise<void> {
    const files: NewFile[] = [];
    const text = textOf(content, files).join('') || (files.length > 0 ? '[A picture.]' : '');
    if (text === '') return;
    this.#count(text.length);
    const isSame = this.#part?.type === type && (messageId === null || this.#part.messageId === messageId);
    if (!isSame) await this.#close();
    const part = this.#part ?? (await this.#open(type, messageId));
    this.#write(part, part.stream.push(text));
  }

  async #open(type: Part['type'], messageId: string | null): Promise<Part> {
    this.#spoke();
    const { turnId, redactor } = this.#options.place;
    this.#parts += 1;
    const partId = `${turnId}:${this.#parts}`;
    const part = { partId, type, messageId, step: this.#step, text: '', stream: redactor.stream() };
    this.#part = part;
    await this.#append([this.#partRow(part, true)]);
    return part;
  }

  #write(part: Part, text: string): void {
    if (text === '') return;
    const { turnId } = this.#options.place;
    this.#options.effects.text({ partId: part.partId, turnId, step: part.step }, part.text.length, text);
    part.text += text;
  }

  async #close(): Promise<void> {
    const part = this.#part;
    if (!part) return;
    this.#part = null;
    this.#write(part, part.stream.end());
    await this.#append([this.#partRow(part, false)]);
  }

  #partRow({ partId, type, step, text }: Part, isStreaming: boolean): NewRow {
    const streaming = isStreaming ? { streaming: true as const } : {};
    const data: Item =
      type === 'message'
        ? { type, role: 'assistant', author: 'model', text, ...streaming }
        : { type, text, ...streaming };
    return { ...this.#row(partId, step), kind: 'item.recorded', data };
  }

  async #call(told: ToolCall | ToolCallUpdate): Promise<void> {
    if (!this.#calls.has(told)) {
      await this.#close();
      this.#spoke();
    }
    if (await this.#calls.take(told, this.#step)) this.#hasInput = true;
  }

  async #decision(told: ToolCallUpdate): Promise<PermissionDecision> {
    const { effects, permissions, place, signal } = this.#options;
    const call = this.#calls.about(told);
    if (!call || signal.aborted) return 'expired';
    const rule = hostedRule(permissions(), effects.state().allowed, call);
    if (rule !== 'ask') return rule;
    const permissionId = effects.newId();
    const { callId, tool, subject, step } = call;
    const question = { permissionId, callId, tool, subject, pattern: alwaysPattern(subject) };
    const row = { key: `ask:${permissionId}`, at: effects.now(), turnId: place.turnId, step };
    // Outside of what else it tells: it may go on telling while a person thinks.
    await effects.append([{ ...row, kind: 'permission.asked', data: question }]);
    return effects.decision(permissionId, signal).catch(() => 'expired');
  }

  /** The list as the built-in agent's `tasks` shows it, one a turn that is told again as it changes. */
  async #plan({ entries }: Plan): Promise<void> {
    const { turnId, redactor } = this.#options.place;
    const statuses = { pending: 'pending', in_progress: 'active', completed: 'done' } as const;
    const tasks = entries.map(({ content, status }) => ({ text: redactor.text(content), status: statuses[status] }));
    const callId = `plan_${turnId}`;
    const call: Item = { type: 'tool_call', callId, name: 'tasks', text: JSON.stringify({ tasks }) };
    const done = tasks.filter(({ status }) => status === 'done').length;
    const result: Item = { type: 'tool_result', callId, status: 'ok', text: `${tasks.length} tasks, ${done} done` };
    await this.#append([
      { ...this.#row(`call:${callId}`, this.#step), kind: 'item.recorded', data: call },
      { ...this.#row(`result:${callId}`, this.#step), kind: 'item.recorded', data: result },
    ]);
  }

  /** A person's own title stands. */
  async #name(title: string | null): Promise<void> {
    const { effects, place } = this.#options;
    const { title: before, titledBy } = effects.state().description;
    const text = title === null ? '' : place.redactor.text(title).trim().slice(0, 200);
    if (text === '' || text === before || titledBy === 'person') return;
    const data = { title: text, titledBy: 'model' as const };
    await this.#append([{ ...this.#row(`title:${effects.newId()}`, this.#step), kind: 'session.described', data }]);
  }

  /** The model speaks: after it was told something, that is another step. */
  #spoke(): void {
    if (this.#hasInput) this.#step += 1;
    this.#hasInput = false;
  }

  #count(characters: number): void {
    this.#characters += characters;
    if (this.#characters > charactersMax)
      throw new HostedError(`the answer did not end: it was stopped after ${charactersMax} characters`);
  }

  #append(rows: readonly NewRow[]): Promise<void> {
    return this.#options.effects.append(rows);
  }

  #row(key: string, step: number) {
    return { key, at: this.#options.effects.now(), turnId: this.#options.place.turnId, step };
  }
}
