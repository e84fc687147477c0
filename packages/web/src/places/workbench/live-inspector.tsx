/** The inspector of a live session. Figures are those that its log states. */
import type { FollowedSession } from '@taffrail/client';
import type { SessionSummary, SessionUsage } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { timelineQuery } from '../../app/queries.js';
import { InspectorFrame } from '../reader/inspector-frame.js';
import { TimelinePanel } from '../reader/timeline-panel.js';
import { noForks, type ShownTurn } from '../reader/timeline-rows.js';
import { UsagePanel } from '../reader/usage-panel.js';
import { TracePanel } from '../trace/trace-panel.js';
import type { TraceSearch } from '../trace/trace-scope.js';
import { BudgetList } from './budget-list.js';
import { ChangesPanel } from './changes-panel.js';
import { asideNow } from './live-turns.js';
import { isStale } from './live-usage.js';
import { tasksOf } from './tasks.js';
import { TasksPanel } from './tasks-panel.js';
import type { LivePanel } from './url-state.js';

type InspectorProps = {
  session: SessionSummary;
  followed: FollowedSession;
  usage: SessionUsage;
  turns: readonly ShownTurn[];
  /** The turn at the top of the transcript. */
  turnId: string | null;
  panel: LivePanel;
  /** Those that this server can fill. */
  panels: readonly LivePanel[];
  search: TraceSearch;
  onPanel: (panel: LivePanel | 'none') => void;
  onTrace: (next: TraceSearch) => void;
  onSeq: (seq: number) => void;
  menuOf: (turnId: string) => ReactNode;
  /** Since when changes are shown. */
  since: string | undefined;
  onSince: (since: string | undefined) => void;
};

const labels: Record<LivePanel, string> = {
  usage: 'Usage',
  trace: 'Trace',
  timeline: 'Timeline',
  changes: 'Changes',
  tasks: 'Tasks',
};

export function LiveInspector(props: InspectorProps) {
  const { session, followed, usage, turns, turnId, panel, onPanel, onSeq, menuOf } = props;
  const { items, changes, totals } = followed.session;
  const timeline = useQuery(timelineQuery(session.id)).data;
  const { rewinds } = followed.session;
  const aside = useMemo(() => asideNow(timeline?.aside, rewinds), [timeline, rewinds]);
  const last = rewinds.at(-1);
  const tasks = useMemo(() => tasksOf(items.values()), [items]);
  const counts: Record<LivePanel, number | string | undefined> = {
    usage: undefined,
    trace: undefined,
    timeline: turns.length || undefined,
    changes: changes?.files.length || undefined,
    tasks: tasks?.length ? `${tasks.filter(({ status }) => status === 'done').length}/${tasks.length}` : undefined,
  };
  const tabs = props.panels.map((name) => ({ name, label: labels[name], count: counts[name] }));
  const panels: Record<LivePanel, () => React.ReactNode> = {
    usage: () => (
      <UsagePanel
        session={session}
        data={usage}
        isStale={isStale(items.values(), totals?.last ?? null)}
        onSeq={onSeq}
        budgets={<BudgetList sessionId={session.id} />}
      />
    ),
    timeline: () => (
      <TimelinePanel
        turns={turns}
        forks={timeline?.forks ?? noForks}
        aside={aside}
        sessionId={session.id}
        undoable={last?.isOpen ? last.seq : null}
        forkedFrom={session.forkedFrom}
        current={turnId}
        onSeq={onSeq}
        menuOf={menuOf}
      />
    ),
    changes: () => (
      <ChangesPanel
        session={followed.session}
        sessionId={session.id}
        turns={turns}
        since={props.since}
        onSince={props.onSince}
      />
    ),
    trace: () => (
      <TracePanel
        session={session}
        turns={turns}
        openSpans={followed.session.openSpans}
        search={props.search}
        onChange={props.onTrace}
        onSeq={onSeq}
      />
    ),
    tasks: () => <TasksPanel tasks={tasks} />,
  };
  return (
    <InspectorFrame tabs={tabs} panel={panel} onPanel={onPanel}>
      {panels[panel]()}
    </InspectorFrame>
  );
}
