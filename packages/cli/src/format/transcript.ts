/** A session in the terminal: who said what, what was called and what came back, and what each turn spent. */
import {
  callLine,
  counted,
  duration,
  factsOf,
  type ItemPlace,
  itemHeading,
  itemNotes,
  plainLine,
  plainText,
  spendingNotes,
  type TranscriptFormat,
  titleOf,
  usageLine,
} from '@taffrail/session';
import { type Item, unreachable } from '@taffrail/wire';
import type { Colours } from './colours.js';
import { cutTo, wrapped } from './columns.js';
import { longTime } from './when.js';

export interface TranscriptLook {
  columns: number;
  colours: Colours;
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
    item: (item, place) => write.item(item, place),
    turnUsage: (usage) => {
      const lines = wrapped(usageLine(usage), room).map((line) => `${indent}${colours.dim(line)}\n`);
      return `\n${lines.join('')}`;
    },
    end: (head) => {
      const total = head.usage.usage ? `Total ${usageLine(head.usage.usage)}` : 'No usage was reported.';
      const figures = wrapped(total, room).join('\n').replace('Total', colours.bold);
      const notes = spendingNotes(head).flatMap((note) => wrapped(note, room));
      return `\n${[figures, ...notes.map((line) => colours.dim(line))].join('\n')}\n`;
    },
  };
}

class ItemWriter {
  readonly #room: number;
  readonly #colours: Colours;
  readonly #full: boolean;
  #before: Item | null = null;

  constructor(room: number, colours: Colours, full: boolean) {
    this.#room = room;
    this.#colours = colours;
    this.#full = full;
  }

  item(item: Item, place: ItemPlace): string {
    const text = this.#text(item, place, this.#before);
    this.#before = item;
    return text;
  }

  #text(item: Item, { toolName, cwd }: ItemPlace, before: Item | null): string {
    switch (item.type) {
      case 'message':
        return item.author === 'harness' ? this.#harness(item.text, before) : this.#said(item);
      case 'reasoning':
      case 'compaction':
        return this.#folded(item);
      case 'tool_call':
        return this.#call(item, cwd, before);
      case 'tool_result': {
        const follows = before?.type === 'tool_call' && before.callId === item.callId;
        return this.#result(item, follows ? null : toolName);
      }
      case 'error':
        return `\n${this.#colours.red(`${this.#heading(item)}\n${this.#lines(item.text)}`)}`;
      default:
        return unreachable(item);
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
    return wrapped(shownText(text), this.#room)
      .map((line) => (line === '' ? '\n' : `${indent}${line}\n`))
      .join('');
  }

  /** What the agent program inserted: one line, and several of them together. */
  #harness(text: string, before: Item | null): string {
    const gap = before?.type === 'message' && before.author === 'harness' ? '' : '\n';
    if (this.#full) return this.#colours.dim(gap + this.#lines(text));
    const [first = '', ...rest] = shownText(text).split('\n');
    return this.#colours.dim(`${gap}${indent}${cutTo(`[${first}${rest.length > 0 ? ' …' : ''}]`, this.#room)}\n`);
  }

  /** The beginning of what went on behind the answer. */
  #folded(item: Item): string {
    return this.#colours.dim(
      `\n${indent}${this.#heading(item)}\n${this.#shortened(item.text, thinkingLinesShown).join('')}`,
    );
  }

  #call({ name, text }: Extract<Item, { type: 'tool_call' }>, cwd: string | null, before: Item | null): string {
    const title = plainLine(name) || 'tool';
    const about = cutTo(callLine(text, cwd), this.#room - title.length - 1);
    const gap = before?.type === 'tool_call' ? '' : '\n';
    const line = `${gap}${this.#colours.green('●')} ${this.#colours.bold(title)}${about === '' ? '' : ` ${about}`}\n`;
    return this.#full ? line + this.#colours.dim(this.#shortened(text, Number.POSITIVE_INFINITY).join('')) : line;
  }

  /** Beside its mark: which tool answered where that is not plain, how it went, else the first line of what it said. */
  #result(item: Extract<Item, { type: 'tool_result' }>, toolName: string | null): string {
    const took = item.durationMs === undefined ? '' : duration(item.durationMs);
    const notes = this.#full ? itemNotes(item) : [outcomeWords[item.status], took].filter(Boolean).join(' · ');
    const heading = [plainLine(toolName ?? ''), notes].filter(Boolean).join(' · ');
    const lines = this.#shortened(item.text, outputLinesShown);
    const body = heading === '' ? lines.join('').trimStart() || 'nothing\n' : `${heading}\n${lines.join('')}`;
    return (item.status === 'ok' ? this.#colours.dim : this.#colours.red)(`${indent}└ ${body}`);
  }

  #shortened(text: string, linesShown: number): string[] {
    const body = shownText(text);
    const lines = body === '' ? [] : body.split('\n');
    const limit = this.#full ? Number.POSITIVE_INFINITY : linesShown;
    const room = this.#room - indent.length;
    const cut = lines.slice(0, limit).flatMap((line) => (this.#full ? wrapped(line, room) : [cutTo(line, room)]));
    const rest = lines.length - Math.min(lines.length, limit);
    const more = rest > 0 ? [`… ${counted(rest, 'more line', 'more lines')}`] : [];
    return [...cut, ...more].map((line) => `${`${indent}${indent}${line}`.trimEnd()}\n`);
  }
}

/** A tab's width depends on where it stands, which cutting and indenting change. */
function shownText(text: string): string {
  return plainText(text).trim().replaceAll('\t', '    ');
}
