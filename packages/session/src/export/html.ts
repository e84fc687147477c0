/**
 * A transcript as one HTML file that stands alone: no scripts, nothing loaded, every character of the log escaped. Its
 * own security policy forbids what escaping already prevents.
 */
import type { Item } from '@taffrail/wire';
import { plainText } from '../words/plain-text.js';
import { callLine } from '../words/tool-call.js';
import { passagesOf } from './fences.js';
import { factsOf, figuresOf, moment, titleOf } from './head-facts.js';
import { pageStyle } from './html-style.js';
import { itemHeading, itemNotes } from './item-words.js';
import { spendingNotes } from './spending-notes.js';
import type { ItemPlace, TranscriptFormat, TranscriptHead } from './transcript.js';
import { usageLine } from './turn-usage.js';

export const htmlFormat: TranscriptFormat = {
  begin: (head) =>
    `${pageHead(titleOf(head))}<h1>${escaped(titleOf(head))}</h1>\n${factTable(head)}${usageTable(head)}${notes(head)}`,
  turn: ({ number, at, continued }) =>
    `<h2>Turn ${number}${continued ? ' (continued)' : ''} <time datetime="${escaped(at)}">${moment(at)} UTC</time></h2>\n`,
  item: (item, place) => (isFolded(item) ? folded(item, place) : open(item, place)),
  turnUsage: (usage) => `<p class="spent">${escaped(usageLine(usage))}</p>\n`,
  end: () => '</main>\n</body>\n</html>\n',
};

/** Text of a log as text of a page. Control characters go, they are not allowed in HTML. */
function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return plainText(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

function pageHead(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
`;
}

/** What was said is open; what went on behind it is folded. */
function isFolded(item: Item): boolean {
  return (
    item.type === 'reasoning' ||
    item.type === 'tool_call' ||
    item.type === 'tool_result' ||
    (item.type === 'message' && item.author === 'harness')
  );
}

function open(item: Item, { toolName }: ItemPlace): string {
  const kind = item.type === 'message' ? item.author : item.type === 'error' ? 'bad' : item.type;
  const notes = itemNotes(item);
  return `<section class="${kind}">\n<h3>${escaped(itemHeading(item, toolName))}${notes ? ` <span class="notes">${escaped(notes)}</span>` : ''}</h3>\n${passages(item.text)}</section>\n`;
}

function folded(item: Item, { toolName, cwd }: ItemPlace): string {
  const notes = [
    item.type === 'tool_call' ? `<code>${escaped(callLine(item.text, cwd))}</code>` : '',
    escaped(itemNotes(item)),
  ].filter(Boolean);
  const isBad = item.type === 'tool_result' && item.status !== 'ok';
  const body = item.type === 'reasoning' || item.type === 'message' ? passages(item.text) : code(pretty(item));
  const summary = `<summary><b>${escaped(itemHeading(item, toolName))}</b>${notes.map((note) => ` <span class="notes">${note}</span>`).join('')}</summary>`;
  return `<section${isBad ? ' class="bad"' : ''}><details>${summary}\n${body}</details></section>\n`;
}

function pretty(item: Item): string {
  if (item.type !== 'tool_call') return item.text;
  try {
    return JSON.stringify(JSON.parse(item.text), null, 2);
  } catch {
    return item.text;
  }
}

function passages(text: string): string {
  return passagesOf(plainText(text).trim())
    .map((passage) =>
      passage.kind === 'code' ? code(passage.text) : `<p class="text" dir="auto">${escaped(passage.text.trim())}</p>\n`,
    )
    .join('');
}

const code = (text: string): string => (text === '' ? '' : `<pre>${escaped(text)}</pre>\n`);

function factTable(head: TranscriptHead): string {
  const rows = factsOf(head).map(
    ({ name, value }) => `<tr><th scope="row">${name}</th><td>${escaped(value)}</td></tr>\n`,
  );
  return `<table>\n${rows.join('')}</table>\n`;
}

function usageTable({ usage }: TranscriptHead): string {
  if (!usage.usage) return '<p class="spent">No usage was reported.</p>\n';
  const rows = figuresOf(usage.usage).map(
    ({ name, isPart, value, from }) =>
      `<tr><th scope="row"${isPart ? ' class="part"' : ''}>${name}</th><td class="figure">${escaped(value)}</td><td class="notes">${escaped(from)}</td></tr>\n`,
  );
  return `<table>\n${rows.join('')}</table>\n`;
}

function notes(head: TranscriptHead): string {
  return spendingNotes(head)
    .map((note) => `<p class="spent">${escaped(note)}</p>\n`)
    .join('');
}
