/** The files that differ since the session began, or since a turn, each with its diff. */
import type { FollowedSession } from '@taffrail/client';
import type { FolderChanges } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { GitBranch, RefreshCw } from 'lucide-react';
import { problemFrom } from '../../app/api.js';
import { changesQuery } from '../../app/queries.js';
import { counted } from '../../parts/format-number.js';
import { ChoiceMenu } from '../../parts/menu.js';
import { AfterDelay, Blank, Failed, sentence } from '../../parts/states.js';
import type { ShownTurn } from '../reader/timeline-rows.js';
import { ChangedFile } from './changed-file.js';

type PanelProps = {
  session: FollowedSession['session'];
  sessionId: string;
  turns: readonly ShownTurn[];
  since: string | undefined;
  onSince: (since: string | undefined) => void;
};

const start = 'start';

export function ChangesPanel({ session, sessionId, turns, since, onSince }: PanelProps) {
  // A turn that was set aside is none to compare with.
  const chosen = since !== undefined && session.turns.has(since) ? since : start;
  const changes = useQuery(changesQuery(sessionId, chosen, toldBy(session)));
  if (turns.length === 0) return <Nothing />;
  return (
    <div className="panel-scroll">
      <section className="sec">
        <div className="sec-h sec-changes">
          <h2>{changes.data?.files ? counted(changes.data.count, 'file') : 'Changes'}</h2>
          {changes.data?.branch ? (
            <span className="row mono ink3 xs trunc">
              <GitBranch className="icon-xs" aria-hidden="true" />
              {changes.data.branch}
            </span>
          ) : null}
          <span className="end row">
            <Since turns={turns} chosen={chosen} onSince={onSince} />
            <button
              type="button"
              className="btn btn-s btn-icon btn-quiet"
              title="Compare again"
              aria-label="Compare again"
              disabled={changes.isFetching}
              onClick={() => void changes.refetch()}
            >
              <RefreshCw className="icon-xs" aria-hidden="true" />
            </button>
          </span>
        </div>
        {changes.isError ? (
          <Failed
            what="The folder could not be compared"
            problem={problemFrom(changes.error)}
            onRetry={() => void changes.refetch()}
          />
        ) : changes.data ? (
          <Files changes={changes.data} />
        ) : (
          <AfterDelay>
            <p className="ink3 xs">Comparing with the folder as it is…</p>
          </AfterDelay>
        )}
      </section>
    </div>
  );
}

function Since({ turns, chosen, onSince }: Pick<PanelProps, 'turns' | 'onSince'> & { chosen: string }) {
  const number = turns.findIndex(({ turnId }) => turnId === chosen) + 1;
  const options = [
    { value: start, label: 'Since the start' },
    ...turns
      .map(({ turnId, prompt }, index) => ({ value: turnId, label: `Since turn ${index + 1}: ${prompt}` }))
      .reverse(),
  ];
  return (
    <ChoiceMenu
      label="Since when"
      options={options}
      selected={[chosen]}
      onSelect={(value) => onSince(value === start ? undefined : value)}
    >
      {number === 0 ? 'Since the start' : `Since turn ${number}`}
    </ChoiceMenu>
  );
}

function Files({ changes }: { changes: FolderChanges }) {
  const { files, why, count } = changes;
  if (files === null) return <Blank fact="What has changed is not known">{sentence(capital(why ?? ''))}</Blank>;
  if (files.length === 0) {
    return <Blank fact="Nothing has changed">Every file is as it was then. Ignored files are not compared.</Blank>;
  }
  return (
    <>
      {files.map((file) => (
        <ChangedFile key={file.path} file={file} />
      ))}
      {count > files.length ? <p className="xs ink3">and {counted(count - files.length, 'more file')}</p> : null}
    </>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function Nothing() {
  return (
    <div className="px-4">
      <Blank fact="No changes yet">Files that the agent writes show up here, with what changed in them.</Blank>
    </div>
  );
}

/** Says another thing whenever the folder may have changed by what the session did. */
function toldBy({ turns, rewinds, restoring, changes }: FollowedSession['session']): string {
  const ended = [...turns.values()].filter(({ finishedAt }) => finishedAt !== null).length;
  const last = rewinds.at(-1)?.seq ?? 0;
  return [ended, last, restoring === null ? 'still' : 'going', JSON.stringify(changes?.files.length ?? null)].join(' ');
}
