/** A session in the terminal: who said what, what was called and what came back, and what each turn spent. */
import {
  callLine,
  counted,
  duration,
  factsOf,
  itemHeading,
  itemNotes,
  plainLine,
  plainText,
  type TranscriptFormat,
  titleOf,
  usageLine,
} from '@taffrail/session';
import type { Item } from '@taffrail/wire';
import type { Colors } from 'picocolors/types';
import { cutTo, wrapped } from './columns.js';
import { longTime } from './when.js';

export interface TranscriptLook {
  columns: number;
  colours: Colors;
  /** Thinking and tool output in full. */
  full: boolean;
}

const textColumnsMax = 100;
const indent = '  ';
const outputLinesShown = 3;
const thinkingLinesShown = 2;
const outcomeWords = { ok: '', error: 'failed', interrupted: 'interrupted' } as const;

export function terminalFormat({ columns, colours, full }: TranscriptLook): TranscriptFormat {
  const room = Math.max(20, Math.min(columns, textColumnsMax) - indent.length);
  const write = new ItemWriter(room, colours, full);
  return {
    begin: (head) => {
      const facts = factsOf(head).map(({ name, value }) => `${colours.dim(name.padEnd(12))} ${value}\n`);
      return `${colours.bold(titleOf(head))}\n\n${facts.join('')}`;
    },
    turn: ({ number, at, continued }) =>
      `\n${colours.dim(`── Turn ${number}${continued ? ' (continued)' : ''} · ${longTime(at)} ──`)}\n`,
    item: (item, { toolName }) => write.item(item, toolName),
    turnUsage: (usage) => `\n${indent}${colours.dim(usageLine(usage))}\n`,
    end: ({ usage }) =>
      `\n${usage.usage ? `${colours.bold('Total')} ${usageLine(usage.usage)}` : 'No usage was reported.'}\n`,
  };
}

class ItemWriter {
  readonly #room: number;
  readonly #colours: Colors;
  readonly #full: boolean;

  constructor(room: number, colours: Colors, full: boolean) {
    this.#room = room;
    this.#colours = colours;
    this.#full = full;
  }

  item(item: Item, toolName: string | null): string {
    switch (item.type) {
      case 'message':
        return item.author === 'harness' ? this.#harness(item.text) : this.#said(item);
      case 'reasoning':
        return this.#folded(item, 'Thinking', thinkingLinesShown);
      case 'tool_call':
        return this.#call(item.name, item.text);
      case 'tool_result':
        return this.#result(item, toolName);
      case 'compaction':
        return this.#folded(item, itemHeading(item, null), thinkingLinesShown);
      case 'error':
        return `\n${this.#colours.red(`${this.#heading(item)}\n${this.#lines(item.text)}`)}`;
    }
  }

  #said(item: Item): string {
    const isHuman = item.type === 'message' && item.author === 'human';
    const heading = this.#colours.bold(isHuman ? this.#colours.cyan(this.#heading(item)) : this.#heading(item));
    return `\n${heading}\n${this.#lines(item.text)}`;
  }

  #heading(item: Item): string {
    const notes = itemNotes(item);
    return `${itemHeading(item, null)}${notes ? ` (${notes})` : ''}`;
  }

  #lines(text: string): string {
    return wrapped(plainText(text).trim(), this.#room)
      .map((line) => (line === '' ? '\n' : `${indent}${line}\n`))
      .join('');
  }

  #harness(text: string): string {
    const [first = '', ...rest] = plainText(text).trim().split('\n');
    if (this.#full) return this.#colours.dim(this.#lines(text));
    return this.#colours.dim(`${indent}${cutTo(`[${first}${rest.length > 0 ? ' …' : ''}]`, this.#room)}\n`);
  }

  /** The beginning of what went on behind the answer. */
  #folded(item: Item, title: string, linesShown: number): string {
    const notes = itemNotes(item);
    const heading = `${indent}${title}${notes ? ` (${notes})` : ''}\n`;
    return this.#colours.dim(`\n${heading}${this.#shortened(item.text, linesShown)}`);
  }

  #call(name: string, text: string): string {
    const title = plainLine(name) || 'tool';
    const about = callLine(text);
    const line =
      `\n${this.#colours.green('●')} ${this.#colours.bold(title)} ${cutTo(about, this.#room - title.length - 1)}`.trimEnd();
    return this.#full ? `${line}\n${this.#colours.dim(this.#shortened(text, Number.POSITIVE_INFINITY))}` : `${line}\n`;
  }

  #result(item: Extract<Item, { type: 'tool_result' }>, toolName: string | null): string {
    const isBad = item.status !== 'ok';
    const took = item.durationMs === undefined ? '' : duration(item.durationMs);
    const notes = this.#full ? itemNotes(item) : [outcomeWords[item.status], took].filter(Boolean).join(' · ');
    const heading = [toolName ?? '', notes].filter(Boolean).join(' · ');
    const paint = isBad ? this.#colours.red : this.#colours.dim;
    return paint(`${indent}└ ${heading || 'result'}\n${this.#shortened(item.text, outputLinesShown)}`);
  }

  #shortened(text: string, linesShown: number): string {
    const body = plainText(text).trim();
    const lines = body === '' ? [] : body.split('\n');
    const limit = this.#full ? Number.POSITIVE_INFINITY : linesShown;
    const cut = lines
      .slice(0, limit)
      .flatMap((line) =>
        this.#full ? wrapped(line, this.#room - indent.length) : [cutTo(line, this.#room - indent.length)],
      );
    const rest = lines.length - Math.min(lines.length, limit);
    const more = rest > 0 ? [`… ${counted(rest, 'more line', 'more lines')}`] : [];
    return [...cut, ...more]
      .map((line) => `${indent}${indent}${line}`.trimEnd())
      .map((line) => `${line}\n`)
      .join('');
  }
}
