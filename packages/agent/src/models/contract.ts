/** A model as the loop sees it: a request in, events out, and errors that say what to do about them. */
import type { DiscardedAttempt, Item, TokenCounts } from '@taffrail/wire';
import type { ShownFiles } from '../files/shown-files.js';

/** A way to a model: whose key pays, and which wire it speaks. */
export interface ModelKey {
  id: string;
  provider: 'anthropic' | 'openai' | 'google' | 'openai-compatible' | 'demo';
  baseUrl: string | null;
  /** Never logged, never sent anywhere but to the provider. */
  secret: string | null;
}

/** `KEY/MODEL` taken apart. */
export interface ModelName {
  keyId: string;
  model: string;
}

export interface ToolForModel {
  name: string;
  description: string;
  /** JSON Schema of its input. */
  schema: Readonly<Record<string, unknown>>;
  /** What it answers is of no use to the model. */
  isQuiet: boolean;
}

export interface ModelRequest {
  key: ModelKey;
  model: string;
  system: string;
  /** The conversation so far, as it stands in the transcript. */
  items: readonly Item[];
  /** What it is shown of the files that came with them. */
  files: ShownFiles;
  tools: readonly ToolForModel[];
  effort: 'minimal' | 'low' | 'medium' | 'high' | null;
}

export type PartKind = 'message' | 'reasoning' | 'tool_call';

export type ModelEvent =
  | { type: 'opened'; part: string; kind: PartKind; callId?: string; name?: string }
  | { type: 'text'; part: string; text: string }
  /** `providerState`: what the provider wants back with it, as JSON text. `text`: the whole, where it was not streamed. */
  | { type: 'closed'; part: string; text?: string; providerState?: string }
  /** As far as it is known: a later one stands for what it tells. */
  | { type: 'usage'; figures: TokenCounts; raw: unknown }
  | { type: 'finished'; reason: 'stop' | 'tool_calls' | 'length' | 'refused' | 'other' };

/** Streams one answer. Throws `ModelError` where none comes or it breaks off; ends quietly when aborted. */
export type CallModel = (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>;

/** Why a request came to nothing, and when it may be tried again. */
export class ModelError extends Error {
  readonly reason: DiscardedAttempt['reason'];
  readonly httpStatus: number | null;
  readonly retryAfterMs: number | null;
  /** What was sent is more than the model's window holds. */
  readonly isTooLong: boolean;

  constructor(
    message: string,
    why: Pick<DiscardedAttempt, 'reason' | 'httpStatus' | 'retryAfterMs'> & { isTooLong?: boolean },
  ) {
    super(message);
    this.name = 'ModelError';
    this.reason = why.reason;
    this.httpStatus = why.httpStatus;
    this.retryAfterMs = why.retryAfterMs;
    this.isTooLong = why.isTooLong ?? false;
  }
}

/** @returns `null` where the text is not `KEY/MODEL`. */
export function modelName(text: string): ModelName | null {
  const slash = text.indexOf('/');
  return slash > 0 && slash < text.length - 1 ? { keyId: text.slice(0, slash), model: text.slice(slash + 1) } : null;
}
