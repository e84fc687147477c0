/** A transcript → a provider's prompt. What a provider gave to be sent back goes back; what is another's is left out. */
import { hash } from 'node:crypto';
import type {
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  LanguageModelV3ToolCallPart,
  SharedV3ProviderOptions,
} from '@ai-sdk/provider';
import type { Attachment, Item } from '@taffrail/wire';
import { fileParts } from '../files/file-parts.js';
import type { ShownFiles } from '../files/shown-files.js';
import type { ModelKey } from './contract.js';

type AssistantPart = Extract<LanguageModelV3Message, { role: 'assistant' }>['content'][number];
type UserPart = Extract<LanguageModelV3Message, { role: 'user' }>['content'][number];
type ToolPart = Extract<LanguageModelV3Message, { role: 'tool' }>['content'][number];

/** The names under which providers find their own words. */
const namespaces: Record<ModelKey['provider'], string> = {
  anthropic: 'anthropic',
  openai: 'openai',
  google: 'google',
  'openai-compatible': 'openaiCompatible',
  demo: 'demo',
};

/** Every call has its result in it, in the order that providers ask for; a call that was cut off is told so. */
export function promptFrom(
  provider: ModelKey['provider'],
  system: string,
  items: readonly Item[],
  files: ShownFiles = new Map(),
): LanguageModelV3Prompt {
  const writer = new PromptWriter(provider, files);
  for (const item of afterCompaction(items)) writer.add(item);
  const messages = writer.done();
  return [{ role: 'system', content: system, ...cacheMark(provider) }, ...withCacheMark(provider, messages)];
}

// A whole file that a person pasted is in the summary; their question is worth its words.
const quotedCharactersMax = 8_000;

/** A summary stands for all that came before it. In the middle of a turn what was asked is told again, word for word. */
export function afterCompaction(items: readonly Item[]): readonly Item[] {
  const last = items.findLastIndex((item) => item.type === 'compaction');
  const compaction = items[last];
  if (compaction?.type !== 'compaction') return items;
  const rest = items.slice(last + 1);
  if (compaction.trigger !== 'auto') return [compaction, ...rest];
  const asked = items.slice(0, last).findLast((item) => item.type === 'message' && item.author === 'human');
  const quoted = asked ? `The last thing that was asked:\n\n${asked.text.slice(0, quotedCharactersMax)}\n\n` : '';
  const files = asked?.type === 'message' && asked.attachments ? { attachments: asked.attachments } : {};
  const goOn: Item = { type: 'message', role: 'user', author: 'harness', text: `${quoted}Go on from there.`, ...files };
  return [compaction, goOn, ...rest];
}

class PromptWriter {
  readonly #namespace: string;
  readonly #messages: LanguageModelV3Message[] = [];
  /** Calls of the answer that is being written, by id: their results follow it. */
  readonly #calls = new Map<string, string>();
  /** The same calls in their order, with those that have their result. */
  #order: string[] = [];
  readonly #files: ShownFiles;
  /** Of the results that are being written: few providers take them within, so they follow. */
  #resultFiles: UserPart[] = [];

  constructor(provider: ModelKey['provider'], files: ShownFiles) {
    this.#namespace = namespaces[provider];
    this.#files = files;
  }

  add(item: Item): void {
    switch (item.type) {
      case 'message':
        return item.role === 'assistant' ? this.#assistant(this.#text(item)) : this.#user(item.text, item.attachments);
      case 'compaction':
        return this.#user(`What happened so far, in short:\n\n${item.text}`);
      case 'reasoning':
        return this.#reasoning(item);
      case 'tool_call':
        this.#assistant(this.#call(item));
        this.#calls.set(item.callId, toolName(item.name));
        this.#order.push(idOf(item.callId));
        return;
      case 'tool_result':
        return this.#result(item.callId, item.text, item.attachments);
      case 'error':
        return;
      default:
        return item satisfies never;
    }
  }

  done(): LanguageModelV3Message[] {
    this.#closeCalls();
    return this.#messages;
  }

  #text(item: Extract<Item, { type: 'message' }>): AssistantPart[] {
    // A text of nothing but space is written by models, and refused by their providers.
    return item.text.trim() === '' ? [] : [{ type: 'text', text: item.text, ...this.#stateOf(item.providerState) }];
  }

  #call(item: Extract<Item, { type: 'tool_call' }>): LanguageModelV3ToolCallPart[] {
    const { callId, name, text, providerState } = item;
    return [
      {
        type: 'tool-call',
        toolCallId: idOf(callId),
        toolName: toolName(name),
        input: inputOf(text),
        ...this.#stateOf(providerState),
      },
    ];
  }

  /** Thoughts are a provider's own: without its mark it does not take them back. */
  #reasoning(item: Extract<Item, { type: 'reasoning' }>): void {
    const state = this.#stateOf(item.providerState);
    if ('providerOptions' in state) this.#assistant([{ type: 'reasoning', text: item.text, ...state }]);
  }

  #stateOf(providerState: string | undefined): { providerOptions?: SharedV3ProviderOptions } {
    if (providerState === undefined) return {};
    const options = JSON.parse(providerState) as SharedV3ProviderOptions;
    return this.#namespace in options ? { providerOptions: options } : {};
  }

  #assistant(parts: AssistantPart[]): void {
    if (parts.length === 0) return;
    const last = this.#messages.at(-1);
    if (last?.role === 'assistant') last.content.push(...parts);
    else {
      this.#closeCalls();
      this.#messages.push({ role: 'assistant', content: [...parts] });
    }
  }

  #user(said: string, attachments: readonly Attachment[] = []): void {
    this.#closeCalls();
    const files = fileParts(attachments, this.#files);
    const isEmpty = said.trim() === '';
    const text = isEmpty ? '(an empty message)' : said;
    this.#say([...(isEmpty && files.length > 0 ? [] : [{ type: 'text' as const, text }]), ...files]);
  }

  #say(parts: UserPart[]): void {
    const last = this.#messages.at(-1);
    if (last?.role === 'user') last.content.push(...parts);
    else this.#messages.push({ role: 'user', content: parts });
  }

  #result(callId: string, text: string, attachments: readonly Attachment[] = []): void {
    const name = this.#calls.get(callId);
    if (name === undefined) return;
    this.#calls.delete(callId);
    const part: ToolPart = {
      type: 'tool-result',
      toolCallId: idOf(callId),
      toolName: name,
      output: { type: 'text', value: text },
    };
    const last = this.#messages.at(-1);
    // Calls that ran together end in any order; a provider that knows them by their place wants the calls' own.
    if (last?.role === 'tool') last.content = inOrder([...last.content, part], this.#order);
    else this.#messages.push({ role: 'tool', content: [part] });
    this.#resultFiles.push(...fileParts(attachments, this.#files));
  }

  #closeCalls(): void {
    for (const callId of [...this.#calls.keys()]) this.#result(callId, 'This call was interrupted; it gave no result.');
    this.#order = [];
    const files = this.#resultFiles;
    this.#resultFiles = [];
    if (files.length > 0) this.#say(files);
  }
}

function inOrder(parts: readonly ToolPart[], calls: readonly string[]): ToolPart[] {
  const place = (part: ToolPart) => ('toolCallId' in part ? calls.indexOf(part.toolCallId) : -1);
  return parts.toSorted((one, other) => place(one) - place(other));
}

// What a model made up, or another provider gave out, goes back in letters that every provider takes.
const nameCharactersMax = 64;

function toolName(name: string): string {
  return name.replace(/[^\w-]/g, '_').slice(0, nameCharactersMax) || 'unnamed';
}

function idOf(callId: string): string {
  if (/^[\w-]{1,64}$/.test(callId)) return callId;
  return `call_${hash('sha256', callId, 'hex').slice(0, 32)}`;
}

function inputOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };
  } catch {
    return { unreadable: text };
  }
}

function cacheMark(provider: ModelKey['provider']): { providerOptions?: SharedV3ProviderOptions } {
  return provider === 'anthropic' ? { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } } : {};
}

/** What was sent once need not be read again: the marks stand at the ends of the last two exchanges. */
function withCacheMark(provider: ModelKey['provider'], messages: LanguageModelV3Message[]): LanguageModelV3Message[] {
  const ends = messages.flatMap((message, index) => (message.role === 'assistant' ? [] : [index])).slice(-2);
  return messages.map((message, index) => (ends.includes(index) ? { ...message, ...cacheMark(provider) } : message));
}
