/** `taffrail search`: hits in everything said, thought, called and returned, the best first. */
import { type Archive, search } from '@taffrail/server';
import { counted, plainLine } from '@taffrail/session';
import { agentLabel, matchEnd, matchStart, type SearchHit, type SearchResult } from '@taffrail/wire';
import { nothingYet } from '../archive/closing.js';
import { agentsFrom, projectsFrom, projectsOf } from '../archive/filter.js';
import { withArchive } from '../archive/open.js';
import { allIds, idShortener } from '../archive/session-ids.js';
import { wholeNumber } from '../archive/whole-number.js';
import { cutTo, wrapped } from '../format/columns.js';
import { shortTime } from '../format/when.js';
import type { Setting } from '../program.js';
import type { Terminal } from '../terminal.js';

export interface SearchOptions {
  agent?: readonly string[];
  project?: readonly string[];
  limit: string;
  json?: true;
}

export async function searchCommand(setting: Setting, words: readonly string[], options: SearchOptions): Promise<void> {
  const { terminal } = setting;
  await withArchive(setting, async (archive) => {
    const request = {
      q: words.map((word) => (/\s/.test(word) && words.length > 1 ? `"${word}"` : word)).join(' '),
      ...(options.agent === undefined ? {} : { agent: agentsFrom(options.agent) }),
      ...(await projectOf(options, archive, terminal.cwd)),
      offset: 0,
      limit: wholeNumber('--limit', options.limit),
    };
    if (!archive) return terminal.out(options.json ? `${JSON.stringify(noHits, null, 2)}\n` : nothingYet);
    const result = await search(archive.store, request);
    if (options.json) return terminal.out(`${JSON.stringify(result, null, 2)}\n`);
    await terminal.out(await textOf(archive, terminal, result));
  });
}

const noHits: SearchResult = { hits: [], nextCursor: null, pendingRows: 0 };

async function projectOf(
  { project }: SearchOptions,
  archive: Archive | null,
  cwd: string,
): Promise<{ project?: string[] }> {
  if (project === undefined) return {};
  return { project: await projectsFrom(project, { cwd, projects: () => projectsOf(archive?.store) }) };
}

async function textOf(
  archive: Archive,
  terminal: Terminal,
  { hits, nextCursor, pendingRows }: SearchResult,
): Promise<string> {
  const shorten = idShortener(await allIds(archive.store));
  const blocks = hits.map((hit) => hitText(hit, terminal, shorten(hit.sessionId, hit.session.parentId)));
  const notes = [
    hits.length === 0 ? 'Nothing found.' : '',
    nextCursor === null ? '' : `There are more than these ${counted(hits.length, 'hit')}: --limit shows more.`,
    pendingRows === 0
      ? ''
      : `${counted(pendingRows, 'row')} are not in the text index yet; "taffrail import" finishes it.`,
  ].filter(Boolean);
  return [...blocks, ...notes.map((note) => `${terminal.colours.dim(note)}\n`)].join('\n');
}

const typeWords: Record<string, string> = {
  message: 'said',
  reasoning: 'thought',
  tool_call: 'called',
  tool_result: 'returned',
};
const snippetIndent = '  ';
const textColumnsMax = 100;

function hitText(hit: SearchHit, { columns, colours, now }: Terminal, id: string): string {
  const title = plainLine(hit.session.title ?? '') || 'Untitled';
  const kind = [typeWords[hit.itemType] ?? hit.itemType, hit.toolName ? plainLine(hit.toolName) : '']
    .filter(Boolean)
    .join(' ');
  const place = [
    agentLabel(hit.session.agent),
    plainLine(hit.session.project ?? ''),
    shortTime(hit.at, now()),
    kind,
    hit.setAsideBy === undefined ? '' : 'set aside by a restore',
  ].filter(Boolean);
  const [on, off] = colours.shown ? [matchStart, matchEnd] : ['«', '»'];
  const snippet = hit.snippet.replaceAll(matchStart, on).replaceAll(matchEnd, off);
  const room = Math.min(columns, textColumnsMax) - snippetIndent.length;
  const lines = (text: string) => wrapped(text, room).map((line) => `${snippetIndent}${line}\n`);
  const where = lines(place.join(' · ')).map((line) => colours.dim(line));
  const head = `${colours.bold(cutTo(title, room - id.length))}  ${colours.cyan(id)}\n`;
  return `${head}${where.join('')}${painted(lines(snippet).join(''), colours.yellow)}`;
}

/** A match may run over the end of a line: each part of it is coloured by itself. */
function painted(text: string, paint: (text: string) => string): string {
  const [before = '', ...parts] = text.split(matchStart);
  const lines = (match: string) => match.split('\n').map((line) => (line === '' ? '' : paint(line)));
  const marked = parts.map((part) => {
    const [match = '', after = ''] = part.split(matchEnd);
    return lines(match).join('\n') + after;
  });
  return before + marked.join('');
}
