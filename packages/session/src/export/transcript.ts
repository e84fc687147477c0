/** Walks a session's items turn by turn and lets a format write them. Pages come one after another and are let go. */
import type { Item, PlacedItem, SessionSummary, SessionUsage, Usage } from '@taffrail/wire';
import { usageByTurn } from './turn-usage.js';

/** What is known of a session before its first item. */
export interface TranscriptHead {
  session: SessionSummary;
  usage: SessionUsage;
}

export type ItemPages = AsyncIterable<readonly PlacedItem[]>;

export interface ItemPlace {
  at: string;
  /** The session's folder. */
  cwd: string | null;
  /** Of a result: the tool that was called, where its call came before. */
  toolName: string | null;
}

/** One way to write a transcript. Each method returns a piece of text, in the order the pieces belong. */
export interface TranscriptFormat {
  begin(head: TranscriptHead): string;
  /** A turn begins, or goes on after another one's items. Numbers count from 1. */
  turn(turn: { number: number; at: string; continued: boolean }): string;
  item(item: Item, place: ItemPlace): string;
  turnUsage(usage: Usage): string;
  end(head: TranscriptHead): string;
}

/** The pieces of a transcript, about one per page of items. */
export async function* transcript(
  format: TranscriptFormat,
  head: TranscriptHead,
  pages: ItemPages,
): AsyncGenerator<string> {
  const walk = new Walk(format, head);
  yield format.begin(head);
  for await (const page of pages) yield page.map((placed) => walk.item(placed)).join('');
  yield walk.close() + format.end(head);
}

class Walk {
  readonly #format: TranscriptFormat;
  readonly #cwd: string | null;
  readonly #spent: Map<string, Usage>;
  readonly #tools = new Map<string, string>();
  readonly #numbers = new Map<string, number>();
  #turnId: string | null = null;

  constructor(format: TranscriptFormat, { session, usage }: TranscriptHead) {
    this.#format = format;
    this.#cwd = session.cwd;
    this.#spent = usageByTurn(usage.requests);
  }

  item({ item, at, turnId }: PlacedItem): string {
    const heading = turnId === this.#turnId ? '' : this.close() + this.#begin(turnId, at);
    if (item.type === 'tool_call') this.#tools.set(item.callId, item.name);
    const toolName = item.type === 'tool_result' ? (this.#tools.get(item.callId) ?? null) : null;
    return heading + this.#format.item(item, { at, cwd: this.#cwd, toolName });
  }

  /** Ends the open turn with what it spent. */
  close(): string {
    const turnId = this.#turnId;
    const usage = turnId === null ? undefined : this.#spent.get(turnId);
    this.#turnId = null;
    if (turnId === null || !usage) return '';
    this.#spent.delete(turnId);
    return this.#format.turnUsage(usage);
  }

  #begin(turnId: string | null, at: string): string {
    this.#turnId = turnId;
    if (turnId === null) return '';
    const known = this.#numbers.get(turnId);
    const number = known ?? this.#numbers.size + 1;
    this.#numbers.set(turnId, number);
    return this.#format.turn({ number, at, continued: known !== undefined });
  }
}
