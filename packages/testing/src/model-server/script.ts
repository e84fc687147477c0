/** Which reply a request gets: scripts by conversation, each read from top to bottom. */
import { type Reply, replySchema } from './reply.js';
import type { ModelRequest } from './wire-format.js';

/** A reply, or a function of the request, to answer by what came in. */
export type ScriptedReply = Reply | ((request: ModelRequest) => Reply | Promise<Reply>);

export interface ScriptOptions {
  /** When all replies are used up: the request is refused (400, the usual), or gets the last one again. */
  atEnd?: 'fail' | 'repeat';
}

interface Script extends Required<ScriptOptions> {
  replies: readonly ScriptedReply[];
}

export class Scripts {
  readonly #scripts = new Map<string, Script>();
  readonly #asked = new Map<string | null, number>();

  /** Sets a conversation's replies; an earlier script of that name is forgotten. */
  set(conversation: string, replies: readonly ScriptedReply[], { atEnd = 'fail' }: ScriptOptions): void {
    this.#scripts.set(conversation, { replies, atEnd });
    this.#asked.delete(conversation);
  }

  /**
   * The conversation that a request belongs to: the longest name in the first human message that holds any. Clients
   * put messages of their own before a person's, so the first message need not be it.
   */
  conversationOf(humanTexts: readonly string[]): string | null {
    const names = [...this.#scripts.keys()].sort((a, b) => b.length - a.length);
    for (const text of humanTexts) {
      const found = names.find((name) => text.includes(name));
      if (found !== undefined) return found;
    }
    return null;
  }

  /** Counts a request of the conversation; returns its index. */
  count(conversation: string | null): number {
    const index = this.#asked.get(conversation) ?? 0;
    this.#asked.set(conversation, index + 1);
    return index;
  }

  /** What the request is answered with. */
  async replyTo(request: ModelRequest): Promise<Reply> {
    const script = request.conversation === null ? undefined : this.#scripts.get(request.conversation);
    if (!script) return { parts: [{ text: `echo: ${request.humanTexts.at(-1) ?? ''}` }] };
    const scripted = script.replies[request.index] ?? (script.atEnd === 'repeat' ? script.replies.at(-1) : undefined);
    if (scripted === undefined) return { fail: { status: 400, message: 'script ran out' } };
    return replySchema.parse(typeof scripted === 'function' ? await scripted(request) : scripted);
  }
}
