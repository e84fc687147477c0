/** One request over the network: a provider's stream as the loop's events. */
import type {
  JSONSchema7,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
  LanguageModelV3ToolCall,
  SharedV3ProviderMetadata,
  SharedV3ProviderOptions,
} from '@ai-sdk/provider';
import type { CallModel, ModelEvent, ModelKey, ModelRequest } from './contract.js';
import { modelError } from './errors.js';
import { promptFrom } from './prompt.js';
import { languageModel } from './providers.js';
import { asReported } from './unreported-usage.js';
import { usageFrom, usageIn } from './usage.js';

type NetworkKey = ModelKey & { provider: Exclude<ModelKey['provider'], 'demo'> };

/** Calls the provider that the key is for. */
export const callOverNetwork: CallModel = async function* (request, signal) {
  const key = request.key as NetworkKey;
  try {
    const { stream } = await languageModel(key, request.model).doStream(optionsOf(request, signal));
    const reader = new PartReader(key.provider);
    for await (const part of stream) yield* reader.read(part);
  } catch (error) {
    if (signal.aborted) return;
    throw modelError(error, Date.now());
  }
};

function optionsOf(request: ModelRequest, abortSignal: AbortSignal): LanguageModelV3CallOptions {
  return {
    prompt: promptFrom(request.key.provider, request.system, request.items, request.files),
    tools: request.tools.map(({ name, description, schema }) => ({
      type: 'function',
      name,
      description,
      inputSchema: schema as JSONSchema7,
    })),
    abortSignal,
    includeRawChunks: true,
    providerOptions: effortOptions(request),
  };
}

const thinkingBudgets = { minimal: 1_024, low: 4_096, medium: 10_240, high: 24_576 } as const;

/** Thinking in each provider's words; nothing where nobody asked for it. */
function effortOptions({ key, effort }: ModelRequest): SharedV3ProviderOptions {
  if (key.provider === 'openai') {
    const asked = effort ? { reasoningEffort: effort, reasoningSummary: 'auto' } : {};
    return { openai: { store: false, include: ['reasoning.encrypted_content'], ...asked } };
  }
  if (!effort) return {};
  const budget = thinkingBudgets[effort];
  if (key.provider === 'anthropic') return { anthropic: { thinking: { type: 'enabled', budgetTokens: budget } } };
  if (key.provider === 'google')
    return { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: budget } } };
  return { [key.id]: { reasoningEffort: effort } };
}

const finishReasons = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'refused',
  'tool-calls': 'tool_calls',
  error: 'other',
  other: 'other',
} as const;

/** A provider is free to give a call the name of a text. */
const callPart = (callId: string): string => `call:${callId}`;

class PartReader {
  readonly #provider: ModelKey['provider'];
  readonly #states = new Map<string, SharedV3ProviderMetadata>();

  constructor(provider: ModelKey['provider']) {
    this.#provider = provider;
  }

  *read(part: LanguageModelV3StreamPart): Generator<ModelEvent> {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
        this.#keep(part.id, part.providerMetadata);
        yield { type: 'opened', part: part.id, kind: part.type === 'text-start' ? 'message' : 'reasoning' };
        return;
      case 'text-delta':
      case 'reasoning-delta':
        this.#keep(part.id, part.providerMetadata);
        if (part.delta !== '') yield { type: 'text', part: part.id, text: part.delta };
        return;
      case 'text-end':
      case 'reasoning-end':
        this.#keep(part.id, part.providerMetadata);
        yield { type: 'closed', part: part.id, ...this.#stateOf(part.id) };
        return;
      case 'tool-input-start':
        yield { type: 'opened', part: callPart(part.id), kind: 'tool_call', callId: part.id, name: part.toolName };
        return;
      case 'tool-input-delta':
        yield { type: 'text', part: callPart(part.id), text: part.delta };
        return;
      case 'tool-call':
        yield* this.#call(part);
        return;
      case 'finish':
        yield* this.#usage(part.usage.raw);
        yield { type: 'finished', reason: finishReasons[part.finishReason.unified] };
        return;
      case 'error':
        throw modelError(part.error, Date.now());
      // An answer that is broken off has told its usage in its raw events, or nowhere.
      case 'raw':
        yield* this.#rawUsage(part.rawValue);
        return;
      default:
        return;
    }
  }

  *#call({ toolCallId, toolName, input, providerMetadata }: LanguageModelV3ToolCall): Generator<ModelEvent> {
    const part = callPart(toolCallId);
    this.#keep(part, providerMetadata);
    yield { type: 'opened', part, kind: 'tool_call', callId: toolCallId, name: toolName };
    yield { type: 'closed', part, text: input, ...this.#stateOf(part) };
  }

  *#usage(raw: unknown): Generator<ModelEvent> {
    const reported = asReported(raw);
    const figures = usageFrom(this.#provider, reported);
    if (figures) yield { type: 'usage', figures, raw: reported };
  }

  *#rawUsage(value: unknown): Generator<ModelEvent> {
    const { raw: told, isBeginning } = usageIn(value);
    const raw = asReported(told);
    const figures = usageFrom(this.#provider, raw);
    // Anthropic tells the input when it begins; the output that stands beside it is a placeholder.
    if (figures) yield { type: 'usage', figures: isBeginning ? { ...figures, outputTokens: null } : figures, raw };
  }

  #keep(id: string, metadata: SharedV3ProviderMetadata | undefined): void {
    if (!metadata) return;
    const known = this.#states.get(id) ?? {};
    const merged = Object.entries(metadata).map(([name, values]) => [name, { ...known[name], ...values }]);
    this.#states.set(id, { ...known, ...(Object.fromEntries(merged) as SharedV3ProviderMetadata) });
  }

  #stateOf(id: string): { providerState?: string } {
    const state = this.#states.get(id);
    return state ? { providerState: JSON.stringify(state) } : {};
  }
}
