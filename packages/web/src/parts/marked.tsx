/** Text with its matches marked. */
import { matchEnd, matchStart } from '@taffrail/wire';

export type MarkedPart = { text: string; hit: boolean };

/** Splits a snippet at the marks the server set. An unclosed mark reaches to the end. */
export function partsOfSnippet(snippet: string): MarkedPart[] {
  const parts: MarkedPart[] = [];
  for (const [index, chunk] of snippet.split(matchStart).entries()) {
    const [hit, ...rest] = index === 0 ? ['', chunk] : chunk.split(matchEnd);
    if (hit) parts.push({ text: hit, hit: true });
    const after = rest.join('');
    if (after) parts.push({ text: after, hit: false });
  }
  return parts;
}

/** Splits a title where it contains one of the words of a query, whatever their case. */
export function partsOfTitle(title: string, query: string): MarkedPart[] {
  const words = query.split(/\s+/).filter((word) => word.length > 1);
  if (words.length === 0) return [{ text: title, hit: false }];
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'gi');
  return title
    .split(pattern)
    .map((text, index) => ({ text, hit: index % 2 === 1 }))
    .filter((part) => part.text !== '');
}

export function Marked({ parts }: { parts: MarkedPart[] }) {
  return parts.map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no identity but their place
    part.hit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
  );
}
