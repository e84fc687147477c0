/** Find in this session: the server looks through all of it, loaded or not; hits are walked with Enter. */
import { useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Search, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { searchQuery } from '../../app/queries.js';
import { exactNumber } from '../../parts/format-number.js';
import type { ReaderSearch } from './url-state.js';

const hitsMax = 100;
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

  const search = useQuery({ ...searchQuery({ q: find, sessionId: id, limit: hitsMax }), enabled: find !== '' });
  const hits = useMemo(() => {
    const mine = (search.data?.hits ?? []).filter((hit) => hit.sessionId === id);
    return [...new Set(mine.map((hit) => hit.seq))].sort((a, b) => a - b);
  }, [search.data, id]);
  const at = seq === undefined ? -1 : hits.indexOf(seq);
  const go = (step: 1 | -1) => {
    const next = at === -1 ? nextFrom(hits, seq ?? 0, step) : hits[(at + step + hits.length) % hits.length];
    if (next !== undefined) onChange({ seq: next });
  };
  const more = search.data?.nextCursor ? '+' : '';
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

/** The first hit after a place, or the last before it; round the end when there is none. */
export function nextFrom(hits: readonly number[], seq: number, step: 1 | -1): number | undefined {
  if (step === 1) return hits.find((hit) => hit > seq) ?? hits[0];
  return hits.findLast((hit) => hit < seq) ?? hits.at(-1);
}
