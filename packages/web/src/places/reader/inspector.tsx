/** The inspector beside the transcript: its panels. */
import type { SessionSummary, SessionUsage, Timeline } from '@taffrail/wire';
import type { UseQueryResult } from '@tanstack/react-query';
import { problemFrom } from '../../app/api.js';
import { AfterDelay, Failed, Skeleton } from '../../parts/states.js';
import { TracePanel } from '../trace/trace-panel.js';
import type { TraceSearch } from '../trace/trace-scope.js';
import { InspectorFrame } from './inspector-frame.js';
import { TimelinePanel } from './timeline-panel.js';
import { noForks, noneAside } from './timeline-rows.js';
import type { Panel } from './url-state.js';
import { UsagePanel } from './usage-panel.js';

type InspectorProps = {
  session: SessionSummary;
  panel: Panel;
  /** Those that this server can fill. */
  panels: readonly Panel[];
  usage: UseQueryResult<SessionUsage>;
  timeline: UseQueryResult<Timeline>;
  /** The turn at the top of the transcript. */
  turnId: string | null;
  search: TraceSearch;
  onPanel: (panel: Panel | 'none') => void;
  onTrace: (next: TraceSearch) => void;
  onSeq: (seq: number) => void;
};

const labels: Record<Panel, string> = { usage: 'Usage', trace: 'Trace', timeline: 'Timeline' };

export function Inspector(props: InspectorProps) {
  const { session, panel, usage, timeline, onPanel } = props;
  const query = panel === 'usage' ? usage : timeline;
  const tabs = props.panels.map((name) => ({
    name,
    label: labels[name],
    count: name === 'timeline' ? timeline.data?.turns.length : undefined,
  }));
  return (
    <InspectorFrame tabs={tabs} panel={panel} onPanel={onPanel}>
      {query.isError ? (
        <div className="p-3">
          <Failed
            what={`${labels[panel]} could not be loaded`}
            problem={problemFrom(query.error)}
            onRetry={() => void query.refetch()}
          />
        </div>
      ) : panel === 'usage' && usage.data ? (
        <UsagePanel session={session} data={usage.data} onSeq={props.onSeq} />
      ) : panel === 'trace' && timeline.data ? (
        <TracePanel
          session={session}
          turns={timeline.data.turns}
          search={props.search}
          onChange={props.onTrace}
          onSeq={props.onSeq}
        />
      ) : panel === 'timeline' && timeline.data ? (
        <TimelinePanel
          turns={timeline.data.turns}
          forks={timeline.data.forks ?? noForks}
          aside={timeline.data.aside ?? noneAside}
          sessionId={session.id}
          undoable={null}
          forkedFrom={session.forkedFrom}
          current={props.turnId}
          onSeq={props.onSeq}
        />
      ) : (
        <AfterDelay>
          <PanelSkeleton />
        </AfterDelay>
      )}
    </InspectorFrame>
  );
}

function PanelSkeleton() {
  return (
    <div className="sec" aria-busy="true">
      {['70%', '100%', '56%', '80%', '44%'].map((width) => (
        <div key={width} className="py-2">
          <Skeleton width={width} />
        </div>
      ))}
    </div>
  );
}
