/** The writing side of the workbench: head, notes, transcript, composer. */
import type { FollowedSession } from '@taffrail/client';
import type { SessionSummary, UsageRequest } from '@taffrail/wire';
import { type ReactNode, useState } from 'react';
import { useSocketState } from '../../app/live.js';
import { useServes } from '../../app/serves.js';
import { FindBar } from '../reader/find-bar.js';
import { ReaderHead } from '../reader/reader-head.js';
import type { ShownTurn } from '../reader/timeline-rows.js';
import { Transcript } from '../reader/transcript.js';
import type { Target } from '../reader/use-scroll-to-target.js';
import { Composer } from './composer.js';
import { HeadMenu } from './head-menu.js';
import { PastTranscript } from './past-transcript.js';
import { CatchingUp, Compacting, WaitingForKey } from './session-notes.js';
import { SubAgentFoot } from './sub-agent-foot.js';
import { TabSwitcher } from './tab-switcher.js';
import type { WorkbenchSearch } from './url-state.js';
import { useLiveItems } from './use-live-items.js';

type PaneProps = {
  session: SessionSummary;
  followed: FollowedSession;
  search: WorkbenchSearch;
  requests: readonly UsageRequest[];
  turns: readonly ShownTurn[];
  target: Target | null;
  isFolded: boolean;
  isFinding: boolean;
  onFinding: (isFinding: boolean) => void;
  onChange: (next: Partial<WorkbenchSearch>) => void;
  onTurn: (turnId: string | null) => void;
  menuOf: (turnId: string) => ReactNode;
};

export function LivePane(props: PaneProps) {
  const { session, followed, search, requests, turns, target, isFinding, onFinding, onChange, onTurn } = props;
  const items = useLiveItems(session.id, followed);
  // What is asked for stands before what is here: it is read around that place, not page by page from the end.
  const first = items.window.items[0];
  const past = target && first && items.window.hasBefore && target.seq < first.seq ? target : null;
  const shared = { session, requests, turns, find: search.find, onTurn };
  const [sent, setSent] = useState(0);
  const onSent = () => {
    setSent((count) => count + 1);
    if (search.seq !== undefined) onChange({ seq: undefined });
  };
  const finds = useServes('search');
  const isConnected = useSocketState().name === 'open';
  return (
    <section className="pane" aria-label={session.title ?? 'Untitled'}>
      <ReaderHead
        session={session}
        panel={props.isFolded ? 'none' : 'usage'}
        menu={<HeadMenu session={session} isHosted={followed.session.description.hosted !== undefined} />}
        switcher={<TabSwitcher session={session} />}
        onFind={() => onFinding(true)}
        onPanel={(next) => onChange({ panel: next })}
      />
      <CatchingUp followed={followed} isConnected={isConnected} />
      {isFinding && finds ? (
        <FindBar
          id={session.id}
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
        {past ? (
          <PastTranscript
            {...shared}
            rewinds={followed.session.rewinds}
            target={past}
            onEnd={() => onChange({ seq: undefined })}
          />
        ) : (
          <Transcript
            {...shared}
            items={items}
            target={target}
            live={followed.session}
            wishes={sent}
            menuOf={props.menuOf}
            empty={items.state === 'ready' && followed.itemCount === 0 ? <Beginning session={session} /> : undefined}
          />
        )}
      </div>
      <WaitingForKey session={followed.session} />
      <Compacting session={followed.session} />
      {session.open ? (
        <Composer session={session} followed={followed} onSent={onSent} />
      ) : (
        <SubAgentFoot session={session} />
      )}
    </section>
  );
}

function Beginning({ session }: { session: SessionSummary }) {
  return (
    <div className="beginning">
      <span className="strong">Nothing was asked yet</span>
      <p className="ink2">
        Say below what is to be done in <span className="mono">{session.cwd ?? 'its folder'}</span>. It goes on when
        this page is closed.
      </p>
    </div>
  );
}
