/** A hosted agent's tool calls on their way into the log: each with its result and its span, told again as it goes on. */
import type { ToolCall, ToolCallUpdate } from '@agentclientprotocol/sdk/unstable';
import type { NewRow } from '@taffrail/session';
import type { Item } from '@taffrail/wire';
import type { HostedEffects, HostedPlace } from './contract.js';
import type { HostedCall } from './permissions.js';
import { type ToldContent, toldContent } from './tool-content.js';

type Told = ToolCall | ToolCallUpdate;

interface Call extends HostedCall {
  callId: string;
  step: number;
  /** The arguments as JSON text, as they were recorded last. */
  recorded: string | null;
  input: unknown;
  content: Told['content'];
  output: unknown;
  /** When it began to run; `null` while it waits. */
  startedAt: number | null;
  isOver: boolean;
  /** What of its output stands in the log while it runs. */
  shown: string;
}

// What it tells while it runs; its result says the rest.
const shownCharactersMax = 32 * 1024;

export class ToolCalls {
  readonly #effects: HostedEffects;
  readonly #place: HostedPlace;
  readonly #calls = new Map<string, Call>();

  constructor(effects: HostedEffects, place: HostedPlace) {
    this.#effects = effects;
    this.#place = place;
  }

  has({ toolCallId }: Told): boolean {
    return this.#calls.has(toolCallId);
  }

  /** What a call is, for whoever is asked about it. */
  about({ toolCallId }: Told): (HostedCall & { callId: string; step: number }) | null {
    return this.#calls.get(toolCallId) ?? null;
  }

  /** Takes in what is told of a call. Returns whether it is over by it. */
  async take(told: Told, step: number): Promise<boolean> {
    const call = this.#calls.get(told.toolCallId) ?? this.#begin(told, step);
    if (call.isOver) return false;
    this.#merge(call, told);
    const rows = this.#recording(call);
    const isOver = told.status === 'completed' || told.status === 'failed';
    const runs = isOver || told.status === 'in_progress';
    if (runs && call.startedAt === null) rows.push(...this.#starting(call));
    if (isOver) rows.push(...this.#ending(call, told.status === 'failed' ? 'error' : 'ok'));
    if (rows.length > 0) await this.#effects.append(rows);
    if (!isOver && call.startedAt !== null) this.#show(call);
    return isOver;
  }

  #begin({ toolCallId }: Told, step: number): Call {
    // Some agents count their calls anew in each conversation.
    const isFree = !this.#effects.isUsed(`call:${toolCallId}`);
    const call: Call = {
      callId: isFree ? toolCallId : `${toolCallId}_${this.#effects.newId().slice(-8)}`,
      step,
      tool: '',
      kind: 'other',
      subject: '',
      recorded: null,
      input: undefined,
      content: null,
      output: undefined,
      startedAt: null,
      isOver: false,
      shown: '',
    };
    this.#calls.set(toolCallId, call);
    return call;
  }

  #merge(call: Call, told: Told): void {
    const { redactor } = this.#place;
    const { kind, title, content, rawInput, rawOutput } = told;
    call.kind = kind ?? call.kind;
    call.subject = title ? redactor.text(title) : call.subject;
    call.tool = redactor.text(nameOf(told) ?? (call.tool || call.kind));
    call.content = content ?? call.content;
    call.input = isEmpty(rawInput) ? call.input : rawInput;
    call.output = rawOutput ?? call.output;
  }

  #recording(call: Call): NewRow[] {
    const input = call.input ?? (call.subject === '' ? {} : { title: call.subject });
    const text = this.#place.redactor.text(JSON.stringify(input));
    const named = `${call.tool} ${text}`;
    if (named === call.recorded) return [];
    call.recorded = named;
    return [this.#item(call, `call:${call.callId}`, { type: 'tool_call', callId: call.callId, name: call.tool, text })];
  }

  #starting(call: Call): NewRow[] {
    const { callId, tool } = call;
    call.startedAt = this.#effects.now();
    const span = { spanId: callId, parentId: this.#place.turnId, callId, kind: 'tool' as const, name: tool };
    return [
      { ...this.#row(call, `span:${callId}`), kind: 'span.started', data: span },
      this.#item(call, `result:${callId}`, { type: 'tool_result', callId, text: '', status: 'ok', streaming: true }),
    ];
  }

  #ending(call: Call, status: 'ok' | 'error'): NewRow[] {
    const { callId, startedAt } = call;
    call.isOver = true;
    const { text, files } = this.#told(call);
    const durationMs = this.#effects.now() - (startedAt ?? this.#effects.now());
    const result = { type: 'tool_result', callId, text, status, durationMs } as const;
    const end = {
      spanId: callId,
      status,
      inputBytes: Buffer.byteLength(call.recorded ?? ''),
      outputBytes: Buffer.byteLength(text),
    };
    return [
      { ...this.#row(call, `result:${callId}`), kind: 'item.recorded', data: result, files },
      { ...this.#row(call, `span:${callId}:end`), kind: 'span.finished', data: end },
    ];
  }

  /** An output that only grows is shown as it does. */
  #show(call: Call): void {
    const text = this.#told(call).text.slice(0, shownCharactersMax);
    if (text.length <= call.shown.length || !text.startsWith(call.shown)) return;
    const { turnId } = this.#place;
    const place = { partId: `result:${call.callId}`, turnId, step: call.step };
    this.#effects.text(place, call.shown.length, text.slice(call.shown.length));
    call.shown = text;
  }

  #told(call: Call): ToldContent {
    const { root, redactor } = this.#place;
    const told = toldContent(call.content ?? [], call.output, root);
    return { ...told, text: redactor.text(told.text) };
  }

  #item(call: Call, key: string, data: Item): NewRow {
    return { ...this.#row(call, key), kind: 'item.recorded', data };
  }

  #row({ step }: Call, key: string) {
    return { key, at: this.#effects.now(), turnId: this.#place.turnId, step };
  }
}

/** The tool's own name: the protocol's field, or where the best known agent puts it. */
function nameOf({ name, _meta }: Told): string | null {
  if (name) return name;
  const { claudeCode } = (_meta ?? {}) as { claudeCode?: { toolName?: unknown } };
  return typeof claudeCode?.toolName === 'string' ? claudeCode.toolName : null;
}

/** Calls are often told of before their input is whole. */
function isEmpty(input: unknown): boolean {
  return input === undefined || input === null || (typeof input === 'object' && Object.keys(input).length === 0);
}
