/** The trace of a turn, of a session, or of a whole tree of agents: when everything happened, and what it took. */
import { type SpanNode, spanForest } from '@taffrail/session';
import type { OpenSpan, SessionSummary } from '@taffrail/wire';
import { useCallback, useMemo, useState } from 'react';
import { problemFrom } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { useIsNarrow } from '../../app/media.js';
import { counted } from '../../parts/format-number.js';
import { duration } from '../../parts/format-time.js';
import { AfterDelay, Blank, Failed, Skeleton } from '../../parts/states.js';
import type { ShownTurn } from '../reader/timeline-rows.js';
import { Overview } from './overview.js';
import { SpanDetail } from './span-detail.js';
import { SpanTable } from './span-table.js';
import { timeAxis, type View, zoomed } from './time-axis.js';
import { ToolTable } from './tool-table.js';
import { TraceBar, TraceLegend } from './trace-bar.js';
import { busyOf, linesOf, turnFactsOf } from './trace-rows.js';
import { scopeOf, type TraceScope, type TraceSearch } from './trace-scope.js';
import { type Trace, useTrace } from './use-trace.js';
import { Waterfall } from './waterfall.js';

interface PanelProps {
  session: SessionSummary;
  turns: readonly ShownTurn[];
  /** What the line says that it runs. */
  openSpans?: ReadonlyMap<string, OpenSpan>;
  search: TraceSearch;
  onChange: (next: TraceSearch) => void;
  onSeq: (seq: number) => void;
}

const none: ReadonlyMap<string, OpenSpan> = new Map();

export function TracePanel({ session, turns, openSpans = none, search, onChange, onSeq }: PanelProps) {
  const turnIds = useMemo(() => turns.map(({ turnId }) => turnId), [turns]);
  const scope = scopeOf(search.trace, session, turnIds);
  const open = useMemo(() => [...openSpans.values()], [openSpans]);
  const trace = useTrace(session, scope, turnIds.at(-1), open);
  const view = search.traceView ?? 'waterfall';
  const [zoom, setZoom] = useState<{ factor: number; count: number } | null>(null);
  const forest = useMemo(() => spanForest(trace.spans, session.id), [trace.spans, session.id]);
  return (
    <div className="trace">
      <TraceBar
        scope={scope}
        turns={turns}
        childCount={session.childCount}
        summary={summaryOf(trace, forest)}
        view={view}
        onScope={(next) => onChange({ trace: next })}
        onView={(next) => onChange({ traceView: next })}
        onZoom={(factor) => setZoom((before) => ({ factor, count: (before?.count ?? 0) + 1 }))}
      />
      <Body key={scopeName(scope)} {...{ trace, forest, view, zoom, session, turns, onSeq }} />
    </div>
  );
}

const scopeName = (scope: TraceScope): string => (scope.kind === 'turn' ? scope.turnId : scope.kind);

function summaryOf({ spans, state }: Trace, forest: readonly SpanNode[]): string {
  if (state === 'loading' && spans.length === 0) return '';
  const only = forest.length === 1 ? forest[0] : undefined;
  const isRunning = forest.some(({ endMs, span }) => endMs === null && span.status === 'running');
  const length = only && only.endMs !== null ? `${duration(only.endMs - only.startMs)}, ` : '';
  return `${length}${isRunning ? 'running, ' : ''}${counted(spans.length, 'span')}`;
}

interface BodyProps {
  trace: Trace;
  forest: readonly SpanNode[];
  view: NonNullable<TraceSearch['traceView']>;
  zoom: { factor: number; count: number } | null;
  session: SessionSummary;
  turns: readonly ShownTurn[];
  onSeq: (seq: number) => void;
}

function Body(props: BodyProps) {
  const { trace, forest, view } = props;
  if (trace.state === 'failed' && trace.error)
    return (
      <div className="p-3">
        <Failed what="The trace could not be loaded" problem={problemFrom(trace.error)} onRetry={trace.onRetry} />
      </div>
    );
  if (trace.state === 'loading' && trace.spans.length === 0)
    return (
      <AfterDelay>
        <div className="sec" aria-busy="true">
          {['64%', '88%', '40%', '72%', '52%'].map((width) => (
            <div key={width} className="py-1">
              <Skeleton width={width} height={12} />
            </div>
          ))}
        </div>
      </AfterDelay>
    );
  if (forest.length === 0)
    return (
      <div className="px-4">
        <Blank fact="No spans yet">Each turn, model call and tool call is one, with its time.</Blank>
      </div>
    );
  return view === 'tools' ? <ToolTable spans={trace.spans} /> : <Spans {...props} />;
}

/** Beyond this the picture of a session begins with its turns alone. */
const unfoldedMax = 400;
const runningMs = 500;
const restingMs = 3_600_000;

function Spans({ trace, forest, view, zoom, session, turns, onSeq }: BodyProps) {
  const isRunning = useMemo(() => trace.spans.some(({ status }) => status === 'running'), [trace.spans]);
  const nowMs = useNow(isRunning ? runningMs : restingMs).getTime();
  const isNarrow = useIsNarrow();
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string | null>(null);
  const folded = useMemo(() => foldedOf(forest, trace.spans.length, turned), [forest, trace.spans.length, turned]);
  const lines = useMemo(() => linesOf(forest, folded), [forest, folded]);
  const nodes = useMemo(() => indexOf(forest), [forest]);
  const axis = useMemo(() => timeAxis(busyOf(forest, isRunning ? nowMs : 0)), [forest, isRunning, nowMs]);
  const [chosen, setChosen] = useChosenView(axis, zoom);
  const facts = useMemo(() => turnFactsOf(turns, trace.spans, session.id), [turns, trace.spans, session.id]);
  const fold = useCallback((key: string) => setTurned((before) => toggled(before, key)), []);
  const select = useCallback(
    (key: string) => {
      setSelected(key);
      const span = nodes.all.get(key)?.span;
      // Where the transcript stands beside it, it goes along.
      if (span && !isNarrow && span.sessionId === session.id && span.seq !== Number.MAX_SAFE_INTEGER)
        onSeq(span.itemSeq ?? span.seq);
    },
    [nodes, isNarrow, session.id, onSeq],
  );
  const node = selected === null ? undefined : nodes.all.get(selected);
  const group = node && nodes.groups.get(node.key);
  return (
    <>
      {view === 'waterfall' ? (
        <>
          <Overview forest={forest} axis={axis} view={chosen} nowMs={nowMs} onView={setChosen} />
          <Waterfall
            {...{ lines, axis, nowMs, isRunning, selected }}
            view={chosen}
            attempts={nodes.attempts}
            turnFacts={facts}
            onView={setChosen}
            onSelect={select}
            onMove={setSelected}
            onOpen={({ span }) => onSeq(span.itemSeq ?? span.seq)}
            onFold={fold}
          />
          {node ? null : <TraceLegend />}
        </>
      ) : (
        <SpanTable nodes={nodes.spans} nowMs={nowMs} selected={selected} turnFacts={facts} onSelect={select} />
      )}
      {trace.isCut ? (
        <p className="cover px-4">
          Only the first {counted(trace.spans.length, 'span')} are shown; a turn shows all of its own.
        </p>
      ) : null}
      {node ? (
        <SpanDetail
          node={node}
          attempt={group ? { number: group.children.indexOf(node) + 1, of: group.children.length } : null}
          turn={node.span.kind === 'turn' ? (facts.get(node.span.id) ?? null) : null}
          sessionId={session.id}
          nowMs={nowMs}
          onSeq={onSeq}
        />
      ) : null}
    </>
  );
}

/** All of the axis until somebody zooms; a view stays where it is while the axis grows. */
function useChosenView(axis: ReturnType<typeof timeAxis>, zoom: BodyProps['zoom']): [View, (view: View) => void] {
  const [view, setView] = useState<View | null>(null);
  const [taken, setTaken] = useState(zoom?.count ?? 0);
  const current = view ?? { from: 0, to: axis.length };
  if (zoom && zoom.count !== taken) {
    setTaken(zoom.count);
    setView(zoom.factor === 0 ? null : zoomed(current, axis, zoom.factor, (current.from + current.to) / 2));
  }
  const choose = useCallback(
    (next: View) => setView(next.from <= 0 && next.to >= axis.length ? null : next),
    [axis.length],
  );
  return [current, choose];
}

function foldedOf(forest: readonly SpanNode[], count: number, turned: ReadonlySet<string>): ReadonlySet<string> {
  const folded = new Set<string>(count > unfoldedMax && forest.length > 1 ? forest.map(({ key }) => key) : []);
  for (const key of turned) if (!folded.delete(key)) folded.add(key);
  return folded;
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

interface NodeIndex {
  all: ReadonlyMap<string, SpanNode>;
  /** Those that stand for a span of their own. */
  spans: readonly SpanNode[];
  attempts: ReadonlySet<string>;
  /** The group of each attempt. */
  groups: ReadonlyMap<string, SpanNode>;
}

function indexOf(forest: readonly SpanNode[]): NodeIndex {
  const all = new Map<string, SpanNode>();
  const groups = new Map<string, SpanNode>();
  const add = (node: SpanNode): void => {
    all.set(node.key, node);
    for (const child of node.children) {
      if (node.isAttempts) groups.set(child.key, node);
      add(child);
    }
  };
  forest.forEach(add);
  return {
    all,
    spans: [...all.values()].filter(({ isAttempts }) => !isAttempts),
    attempts: new Set(groups.keys()),
    groups,
  };
}
