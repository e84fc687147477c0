/** Find in this session: the server looks through all of it, loaded or not; hits are walked with Enter. */
import { placeOfHit, type SearchResult } from '@taffrail/wire';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { answerOf, rest } from '../../app/api.js';
import { exactNumber } from '../../parts/format-number.js';
import { nextFrom } from './find-hits.js';
import type { ReaderSearch } from './url-state.js';

const pageSize = 100;
/** Beyond this many hits a search is too wide to be walked. */
const hitsMax = 1000;
const noHits: readonly number[] = [];
const typingMs = 200;

type FindProps = {
  id: string;
  find: string;
  seq: number | undefined;
  onChange: (next: Partial<ReaderSearch>) => void;
  onClose: () => void;
};

export function FindBar({ id, find, seq, onChange, onClose }: FindProps) {
  const [text, setText] = useState(find);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (text === find) return;
    const timer = setTimeout(() => onChange({ find: text === '' ? undefined : text }), typingMs);
    return () => clearTimeout(timer);
  }, [text, find, onChange]);

  const search = useQuery({
    queryKey: ['search', 'in-session', id, find],
    queryFn: ({ signal }) => allHits(id, find, signal),
    enabled: find !== '',
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const hits = search.data?.seqs ?? noHits;
  const at = seq === undefined ? -1 : hits.indexOf(seq);
  const go = (step: 1 | -1) => {
    const next = nextFrom(hits, seq ?? 0, step);
    if (next !== undefined) onChange({ seq: next });
  };
  const more = search.data?.hasMore ? '+' : '';
  return (
    <search className="find-bar">
      <Search className="icon-s ink3" aria-hidden="true" />
      <input
        ref={field}
        aria-label="Find in this session"
        placeholder="Find in this session"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
        }}
      />
      <output className="xs ink3 nowrap">
        {find === '' || search.isPending
          ? ''
          : hits.length === 0
            ? 'no hits'
            : `${at + 1} of ${exactNumber(hits.length)}${more}`}
      </output>
      <button type="button" className="btn btn-icon btn-s btn-quiet" aria-label="Previous hit" onClick={() => go(-1)}>
        <ArrowUp className="icon-xs" aria-hidden="true" />
      </button>
      <button type="button" className="btn btn-icon btn-s btn-quiet" aria-label="Next hit" onClick={() => go(1)}>
        <ArrowDown className="icon-xs" aria-hidden="true" />
      </button>
      <button type="button" className="btn btn-icon btn-s btn-quiet" aria-label="Close" onClick={onClose}>
        <X className="icon-xs" aria-hidden="true" />
      </button>
    </search>
  );
}

type Hits = { seqs: readonly number[]; hasMore: boolean };

/** The places of a search's hits in one session, in their order there: the server answers by relevance, page by page. */
async function allHits(id: string, find: string, signal: AbortSignal): Promise<Hits> {
  const seqs = new Set<number>();
  let cursor: string | null = null;
  do {
    const page: SearchResult = await answerOf(
      rest.search({ q: find, sessionId: [id], limit: pageSize, cursor }, signal),
    );
    for (const hit of page.hits) if (hit.sessionId === id) seqs.add(placeOfHit(hit));
    cursor = page.nextCursor;
  } while (cursor !== null && seqs.size < hitsMax);
  return { seqs: [...seqs].sort((a, b) => a - b), hasMore: cursor !== null };
}
