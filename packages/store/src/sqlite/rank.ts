/**
 * Which hits come first. The index ranks by how telling a word is, but must look at every place of it for that: a word
 * that is nearly everywhere would take a second, and tell nothing. Of such words the newest places are taken instead,
 * and the denser come first.
 */
import { folded, patternOf, type SearchWord, tokensOf } from '../reading/search-words.js';
import type { Database } from './database.js';

// The index ranks about half a million places in a second.
const rankedMax = 15_000;
// From here on a word is meant as it stands: what else begins with it would drown it, and takes long to gather.
const commonFrom = 1_000;
// Shorter beginnings are those of half of all words. Scripts without blanks are searched by beginnings of any length.
const beginningMin = 3;
const windowSize = 250;
// Enough of a text to tell how much it is about a word.
const lookedAtCharacters = 4_096;

export interface Narrowing {
  sql: string;
  parameters: string[];
}

interface Page {
  offset: number;
  limit: number;
}

/** Row ids of the best hits, best first. */
export function bestRows(db: Database, words: readonly SearchWord[], narrowing: Narrowing, page: Page): number[] {
  const terms = words.map((word) => termOf(db, word));
  const match = terms.join(' ');
  if (words.some((word, index) => isCommon(db, word, terms[index] ?? '')))
    return densest(db, words, { match, narrowing, page });
  return rowsOf(db, `${narrowing.sql} ORDER BY rank`, { match, parameters: narrowing.parameters, ...page });
}

function termOf(db: Database, { text, open }: SearchWord): string {
  const exact = `"${text}"`;
  const isBeginning = open && (text.length >= beginningMin || /[^\p{ASCII}]/u.test(text));
  return isBeginning && countUpTo(db, exact, commonFrom) < commonFrom ? `${exact}*` : exact;
}

/**
 * A phrase may have no more places than the rarest of its words. Its own are not counted: to find that it has few takes
 * as long as to look at all places of its words.
 */
function isCommon(db: Database, { text }: SearchWord, term: string): boolean {
  const tokens = tokensOf(text);
  const counted = tokens.length > 1 ? tokens.map((token) => `"${token}"`) : [term];
  return counted.every((each) => countUpTo(db, each, rankedMax + 1) > rankedMax);
}

function countUpTo(db: Database, match: string, limit: number): number {
  const sql = 'SELECT count(*) AS n FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)';
  return db.get<{ n: number }>(sql, match, limit)?.n ?? 0;
}

interface Candidates {
  match: string;
  narrowing: Narrowing;
  page: Page;
}

/** Window by window, the newest first; within each the densest first. */
function densest(db: Database, words: readonly SearchWord[], { match, narrowing, page }: Candidates): number[] {
  const found: number[] = [];
  const { sql, parameters } = narrowing;
  let at = Math.floor(page.offset / windowSize) * windowSize;
  for (let skip = page.offset - at; found.length < page.limit; at += windowSize, skip = 0) {
    const rows = rowsOf(db, `${sql} ORDER BY rowid DESC`, { match, parameters, offset: at, limit: windowSize });
    found.push(...byDensity(db, words, rows).slice(skip, skip + page.limit - found.length));
    if (rows.length < windowSize) break;
  }
  return found;
}

function byDensity(db: Database, words: readonly SearchWord[], rows: readonly number[]): number[] {
  const pattern = patternOf(words);
  const score = (row: number) => densityOf(textOf(db, row), pattern);
  return rows
    .map((row) => ({ row, score: score(row) }))
    .sort((one, other) => other.score - one.score || other.row - one.row)
    .map(({ row }) => row);
}

// As BM25 weighs one word: more of it counts ever less, and long texts hold more of everything.
const saturation = 1.2;
const lengthShare = 0.75;
const usualCharacters = 1_000;

function densityOf(text: string, pattern: RegExp | null): number {
  const matches = pattern ? (folded(text).match(pattern)?.length ?? 0) : 0;
  const length = 1 - lengthShare + (lengthShare * text.length) / usualCharacters;
  return (matches * (saturation + 1)) / (matches + saturation * length);
}

function textOf(db: Database, row: number): string {
  const sql = `SELECT substr(text, 1, ${lookedAtCharacters}) AS text FROM rows WHERE id = ?`;
  return db.get<{ text: string | null }>(sql, row)?.text ?? '';
}

function rowsOf(
  db: Database,
  rest: string,
  { match, parameters, offset, limit }: Page & { match: string; parameters: readonly string[] },
): number[] {
  const sql = `SELECT rowid FROM search WHERE search MATCH ? ${rest} LIMIT ? OFFSET ?`;
  return db.all<{ rowid: number }>(sql, match, ...parameters, limit, offset).map(({ rowid }) => rowid);
}
