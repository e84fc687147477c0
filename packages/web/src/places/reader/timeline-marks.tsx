/** What stands between the turns of a timeline: compactions, forks, and the session this one was copied from. */
import type { CompactionMark, TimelineFork } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FoldVertical, GitFork } from 'lucide-react';
import { sessionQuery } from '../../app/queries.js';
import { exactNumber } from '../../parts/format-number.js';
import { clock, exactTime, when } from '../../parts/format-time.js';
import { compactionWords } from './timeline-rows.js';

type CompactionProps = {
  mark: CompactionMark;
  /** When, where it is a turn of its own. */
  at: string | null;
  className: string;
  onSeq: (seq: number) => void;
};

export function CompactionLine({ mark, at, className, onSeq }: CompactionProps) {
  const { seq, tokensBefore: before, tokensAfter: after } = mark;
  const exact = [
    before === undefined ? null : `${exactNumber(before)} tokens before`,
    after === undefined ? null : `${exactNumber(after)} after`,
  ].filter((part) => part !== null);
  return (
    <button type="button" className={className} title={exact.join(', ') || undefined} onClick={() => onSeq(seq)}>
      <span className="at" title={at === null ? undefined : exactTime(at)}>
        {at === null ? null : clock(at)}
      </span>
      <span className="tl-node tl-icon">
        <FoldVertical className="icon-xs" aria-hidden="true" />
      </span>
      <span className="ink2">{compactionWords(mark)}</span>
    </button>
  );
}

export function ForkLine({ fork, isPlaced, className }: { fork: TimelineFork; isPlaced: boolean; className: string }) {
  return (
    <Link
      to="/s/$id"
      params={{ id: fork.sessionId }}
      className={`${className} tl-branch`}
      title={`Open the fork. Its own since ${exactTime(fork.at)}${isPlaced ? '' : '; where it left is not known'}`}
    >
      <span />
      <span className="tl-node" />
      <span className="row">
        <GitFork className="icon-xs" aria-label="Fork" />
        <span className="trunc">{fork.title ?? 'Untitled'}</span>
        <span className="xs ink3 nowrap">{when(fork.at, new Date())}</span>
      </span>
    </Link>
  );
}

export function ForkedFrom({ id }: { id: string }) {
  const title = useQuery(sessionQuery(id)).data?.title ?? 'another session';
  return (
    <Link
      to="/s/$id"
      params={{ id }}
      className="row link trunc"
      title={`Open the session it was copied from: ${title}`}
    >
      <GitFork className="icon-xs" aria-hidden="true" />
      <span className="trunc">forked from {title}</span>
    </Link>
  );
}
