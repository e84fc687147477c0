/** A transcript as Markdown: readable as text, and rendered without running anything of what was logged. */
import type { Item } from '@taffrail/wire';
import { plainLine, plainText } from '../words/plain-text.js';
import { fenced, passagesOf } from './fences.js';
import { factsOf, figuresOf, moment, titleOf } from './head-facts.js';
import { itemHeading, itemNotes } from './item-words.js';
import { safeProse } from './prose.js';
import { spendingNotes } from './spending-notes.js';
import type { TranscriptFormat, TranscriptHead } from './transcript.js';
import { usageLine } from './turn-usage.js';

export const markdownFormat: TranscriptFormat = {
  begin: (head) =>
    blocks(
      `# ${inline(titleOf(head))}`,
      factTable(head),
      '## Usage',
      usageTable(head),
      ...spendingNotes(head).map(inline),
    ),
  turn: ({ number, at, continued }) =>
    blocks(`## Turn ${number}${continued ? ' (continued)' : ''} · ${moment(at)} UTC`),
  item: (item, { toolName }) => blocks(heading(item, toolName), body(item)),
  turnUsage: (usage) => blocks(`*${usageLine(usage)}*`),
  end: () => '',
};

function heading(item: Item, toolName: string | null): string {
  const notes = itemNotes(item);
  return `**${inline(itemHeading(item, toolName))}**${notes ? ` (${inline(notes)})` : ''}`;
}

function body(item: Item): string {
  const text = plainText(item.text).trim();
  if (text === '') return '';
  if (item.type === 'tool_call') return fencedArguments(text);
  if (item.type === 'tool_result') return fenced(text);
  const prose = passagesOf(text).map((passage) =>
    passage.kind === 'code' ? fenced(passage.text, passage.language) : safeProse(passage.text),
  );
  const isQuoted = item.type !== 'message' || item.author !== 'model';
  return isQuoted ? quoted(prose.join('\n\n')) : prose.join('\n\n');
}

function fencedArguments(text: string): string {
  try {
    return fenced(JSON.stringify(JSON.parse(text), null, 2), 'json');
  } catch {
    return fenced(text);
  }
}

const quoted = (text: string): string => text.replace(/^/gm, '> ').replace(/ +$/gm, '');

function factTable(head: TranscriptHead): string {
  const lines = factsOf(head).map(({ name, value }) => `| ${name} | ${inline(value)} |`);
  return ['| | |', '|---|---|', ...lines].join('\n');
}

function usageTable({ usage }: TranscriptHead): string {
  if (!usage.usage) return 'No usage was reported.';
  const lines = figuresOf(usage.usage).map(
    ({ name, isPart, value, from }) => `| ${isPart ? '– ' : ''}${name} | ${value} | ${from} |`,
  );
  return ['| | tokens | reported by |', '|---|--:|--:|', ...lines].join('\n');
}

/** Text of a log within a line of ours: none of it is markup. */
function inline(text: string): string {
  return plainLine(text).replace(/[\\`*_[\]<>|#~]/g, '\\$&');
}

function blocks(...parts: string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => `${part}\n\n`)
    .join('');
}
