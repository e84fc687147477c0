/** The reading side of the reader: head, find, transcript, foot. */
import type { RewindMark, SessionSummary, TimelineTurn, UsageRequest } from '@taffrail/wire';
import { useServes } from '../../app/serves.js';
import { FindBar } from './find-bar.js';
import { ReaderFoot } from './reader-foot.js';
import { ReaderHead } from './reader-head.js';
import { Transcript } from './transcript.js';
import type { Panel, ReaderSearch } from './url-state.js';
import type { Items } from './use-items.js';
import type { Target } from './use-scroll-to-target.js';

type PaneProps = {
  id: string;
  search: ReaderSearch;
  /** Absent until it is known. */
  session: SessionSummary | undefined;
  items: Items;
  requests: readonly UsageRequest[];
  turns: readonly TimelineTurn[];
  /** Where some were set aside. */
  rewinds: readonly RewindMark[] | undefined;
  target: Target | null;
  panel: Panel | 'none';
  isFinding: boolean;
  onFinding: (isFinding: boolean) => void;
  onChange: (next: Partial<ReaderSearch>) => void;
  onTurn: (turnId: string | null) => void;
};

export function ReaderPane(props: PaneProps) {
  const { id, search, session, items, requests, turns, target, panel, isFinding, onFinding, onChange, onTurn } = props;
  const finds = useServes('search');
  return (
    <section className="pane">
      <ReaderHead
        session={session}
        panel={panel}
        onFind={() => onFinding(true)}
        onPanel={(next) => onChange({ panel: next })}
      />
      {isFinding && finds ? (
        <FindBar
          id={id}
          find={search.find ?? ''}
          seq={search.seq}
          onChange={onChange}
          onClose={() => {
            onFinding(false);
            onChange({ find: undefined });
          }}
        />
      ) : null}
      <div className="transcript">
        {session ? (
          <Transcript
            session={session}
            items={items}
            requests={requests}
            turns={turns}
            rewinds={props.rewinds}
            target={target}
            find={search.find}
            onTurn={onTurn}
          />
        ) : null}
      </div>
      {session ? <ReaderFoot session={session} total={session.itemCount} /> : null}
    </section>
  );
}
