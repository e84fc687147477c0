/** One attempt at an answer, on its way into the log: nothing of it is there before its first content. */
import type { NewRow } from '@taffrail/session';
import { eachToken, type Item, type TokenCounts, tokenFields } from '@taffrail/wire';
import type { TurnEffects } from './contract.js';
import { ModelError, type ModelEvent, type ModelName, type PartKind } from './models/contract.js';

// More than any model writes in one answer; one that does not stop is stopped.
export const answerCharactersMax = 4_000_000;

// A usage record has a dozen figures; whoever sends a book instead is not written down word for word.
const rawCharactersMax = 16_000;

interface Part {
  partId: string;
  kind: PartKind;
  callId: string | null;
  name: string | null;
  text: string;
  providerState: string | undefined;
}

export interface AttemptPlace {
  turnId: string;
  step: number;
  attemptId: string;
  model: ModelName;
  provider: string;
  /** It is no part of the transcript: only what it cost is. */
  isAside: boolean;
}

export class Answer {
  readonly #effects: TurnEffects;
  readonly #place: AttemptPlace;
  readonly #parts = new Map<string, Part>();
  /** Parts whose opening is in the log. */
  readonly #opened = new Set<string>();
  #usage: { figures: TokenCounts; raw: unknown } | null = null;
  #characters = 0;
  #firstContentAt: number | null = null;
  finishReason: Extract<ModelEvent, { type: 'finished' }>['reason'] | null = null;

  constructor(effects: TurnEffects, place: AttemptPlace) {
    this.#effects = effects;
    this.#place = place;
  }

  get hasContent(): boolean {
    return this.#opened.size > 0;
  }

  get firstContentAt(): number | null {
    return this.#firstContentAt;
  }

  /** What it says. */
  get text(): string {
    return [...this.#parts.values()].flatMap(({ kind, text }) => (kind === 'message' ? [text] : [])).join('\n\n');
  }

  /** Whether it says or asks for anything; thoughts alone are no answer. */
  get isEmpty(): boolean {
    return ![...this.#parts.values()].some(
      ({ kind, text }) => kind === 'tool_call' || (kind === 'message' && text !== ''),
    );
  }

  /** @throws ModelError when the answer does not end. */
  async take(event: ModelEvent): Promise<void> {
    switch (event.type) {
      case 'opened':
        return this.#open(event);
      case 'text':
        return this.#write(event.part, event.text);
      case 'closed':
        return this.#close(event);
      case 'usage':
        this.#usage = { figures: later(this.#usage?.figures, event.figures), raw: event.raw };
        return;
      case 'finished':
        this.finishReason = event.reason;
        return;
      default:
        return event satisfies never;
    }
  }

  /** The rows that end it: every part whole, and what it cost. Of one that was stopped, as far as it came. */
  closing(): NewRow[] {
    const parts = this.#place.isAside ? [] : [...this.#parts.values()].filter(isWorthKeeping);
    return [...parts.map((part) => this.#row(part, itemOf(part))), ...this.#usageRow()];
  }

  /** The rows that take it back; what was billed stays. */
  takingBack(reason: string): NewRow[] {
    const opened = [...this.#parts.values()].filter(({ partId }) => this.#opened.has(partId));
    const { turnId, step } = this.#place;
    const deletions = opened.map(
      ({ partId }): NewRow => ({
        key: partId,
        at: this.#effects.now(),
        turnId,
        step,
        kind: 'item.deleted',
        data: { reason },
      }),
    );
    return [...deletions, ...this.#usageRow()];
  }

  #open({ part, kind, callId, name }: Extract<ModelEvent, { type: 'opened' }>): void {
    if (this.#parts.has(part)) return;
    const ownCallId = callId === undefined ? null : this.#freeCallId(callId);
    const partId = ownCallId === null ? `${this.#place.attemptId}:${part}` : `call:${ownCallId}`;
    this.#parts.set(part, { partId, kind, callId: ownCallId, name: name ?? null, text: '', providerState: undefined });
  }

  /** Some providers count their calls anew in each answer, and one that was taken back may come again. */
  #freeCallId(callId: string): string {
    if (!this.#effects.isUsed(`call:${callId}`)) return callId;
    return `${callId}_${this.#place.attemptId.slice(-8)}`;
  }

  async #write(name: string, text: string): Promise<void> {
    const part = this.#parts.get(name);
    if (!part || text === '') return;
    this.#count(text.length);
    this.#firstContentAt ??= this.#effects.now();
    const { turnId, step, isAside } = this.#place;
    if (!isAside && !this.#opened.has(part.partId)) await this.#begin(part);
    if (!isAside) this.#effects.text({ partId: part.partId, turnId, step }, part.text.length, text);
    part.text += text;
  }

  /** @throws ModelError where it is too much. */
  #count(characters: number): void {
    this.#characters += characters;
    if (this.#characters <= answerCharactersMax) return;
    const why = { reason: 'refused', httpStatus: null, retryAfterMs: null } as const;
    throw new ModelError(`the answer did not end: it was stopped after ${answerCharactersMax} characters`, why);
  }

  async #begin(part: Part): Promise<void> {
    this.#opened.add(part.partId);
    await this.#effects.append([this.#row(part, { ...itemOf(part), streaming: true } as Item)]);
  }

  #close({ part: name, text, providerState }: Extract<ModelEvent, { type: 'closed' }>): void {
    const part = this.#parts.get(name);
    if (!part) return;
    this.#count(Math.max(0, (text?.length ?? 0) - part.text.length));
    part.text = text ?? part.text;
    part.providerState = providerState;
  }

  #row(part: Part, data: Item): NewRow {
    const { turnId, step } = this.#place;
    return { key: part.partId, at: this.#effects.now(), turnId, step, kind: 'item.recorded', data };
  }

  #usageRow(): NewRow[] {
    // An answer that came without figures was made all the same: that nobody told them must be seen.
    if (!this.#usage && this.#characters === 0 && this.finishReason === null) return [];
    const { turnId, step, attemptId, model, provider } = this.#place;
    const { figures, raw } = this.#usage ?? { figures: eachToken(() => null), raw: undefined };
    const kept = JSON.stringify(raw ?? null).length <= rawCharactersMax ? { raw } : {};
    return [
      {
        key: `usage:${attemptId}`,
        at: this.#effects.now(),
        turnId,
        step,
        kind: 'usage.recorded',
        identity: { key: `taffrail:${attemptId}`, claim: 'own' },
        data: { attemptId, model: model.model, provider, final: this.finishReason !== null, ...figures, ...kept },
      },
    ];
  }
}

/** What was told later stands; a figure that is not told again stays. */
function later(before: TokenCounts | undefined, told: TokenCounts): TokenCounts {
  if (!before) return told;
  const entries = tokenFields.map((field) => [field, told[field] ?? before[field]]);
  return Object.fromEntries(entries) as TokenCounts;
}

function itemOf({ kind, callId, name, text, providerState }: Part): Item {
  const state = providerState === undefined ? {} : { providerState };
  if (kind === 'message') return { type: 'message', role: 'assistant', author: 'model', text, ...state };
  if (kind === 'reasoning') return { type: 'reasoning', text, ...(text === '' ? { hidden: true } : {}), ...state };
  return { type: 'tool_call', callId: callId ?? '', name: name ?? '', text, ...state };
}

/** Hidden thoughts have no text, but the provider wants them back. */
function isWorthKeeping({ kind, text, providerState }: Part): boolean {
  return kind === 'tool_call' || text !== '' || (kind === 'reasoning' && providerState !== undefined);
}
