/** The head of the trace: of what, how it is shown, and how near. */
import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import type { CSSProperties } from 'react';
import { counted } from '../../parts/format-number.js';
import { ChoiceMenu } from '../../parts/menu.js';
import { Segmented } from '../../parts/segmented.js';
import type { ShownTurn } from '../reader/timeline-rows.js';
import type { TraceScope, TraceView } from './trace-scope.js';

const turnsShownMax = 60;

interface BarProps {
  scope: TraceScope;
  turns: readonly ShownTurn[];
  childCount: number;
  summary: string;
  view: TraceView;
  onScope: (trace: string) => void;
  onView: (view: TraceView) => void;
  /** By a factor; 0 shows all. */
  onZoom: (factor: number) => void;
}

export function TraceBar({ scope, turns, childCount, summary, view, onScope, onView, onZoom }: BarProps) {
  const latestFirst = turns.map((turn, index) => ({ turn, number: index + 1 })).reverse();
  const selected = scope.kind === 'turn' ? scope.turnId : scope.kind;
  const number = latestFirst.find(({ turn }) => turn.turnId === selected)?.number;
  const label =
    scope.kind === 'turn' ? `Turn ${number ?? ''}` : scope.kind === 'tree' ? 'With sub-agents' : 'Whole session';
  const options = [
    { value: 'session', label: 'Whole session', note: counted(turns.length, 'turn') },
    ...(childCount > 0 ? [{ value: 'tree', label: 'With sub-agents', note: String(childCount) }] : []),
    ...latestFirst
      .slice(0, turnsShownMax)
      .map(({ turn, number: at }) => ({ value: turn.turnId, label: `${at}  ${turn.prompt || 'no prompt'}` })),
  ];
  return (
    <div className="tr-bar">
      <ChoiceMenu label={`Trace of: ${label}`} options={options} selected={[selected]} onSelect={onScope}>
        {label}
      </ChoiceMenu>
      <span className="xs ink2 trunc">{summary}</span>
      <span className="grow" />
      <Segmented
        label="Show the trace as"
        value={view}
        options={[
          { value: 'waterfall', label: 'Bars' },
          { value: 'table', label: 'Table' },
          { value: 'tools', label: 'Tools' },
        ]}
        onChange={onView}
      />
      {view === 'waterfall' ? (
        <span className="row tr-zoom">
          <ZoomButton
            title="Zoom out (−)"
            onClick={() => onZoom(1 / 0.6)}
            icon={<ZoomOut className="icon-s" aria-hidden="true" />}
          />
          <ZoomButton
            title="Zoom in (+)"
            onClick={() => onZoom(0.6)}
            icon={<ZoomIn className="icon-s" aria-hidden="true" />}
          />
          <ZoomButton
            title="Show all (0)"
            onClick={() => onZoom(0)}
            icon={<Maximize className="icon-s" aria-hidden="true" />}
          />
        </span>
      ) : null}
    </div>
  );
}

function ZoomButton({ title, icon, onClick }: { title: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <button type="button" className="btn btn-quiet btn-s btn-icon" title={title} aria-label={title} onClick={onClick}>
      {icon}
    </button>
  );
}

const legend: { label: string; color: string; isHatched?: boolean }[] = [
  { label: 'first token', color: 'model-soft' },
  { label: 'model', color: 'model' },
  { label: 'tool', color: 'tool' },
  { label: 'waiting', color: 'wait', isHatched: true },
  { label: 'came to nothing', color: 'failed', isHatched: true },
];

export function TraceLegend() {
  return (
    <div className="tr-legend">
      {legend.map(({ label, color, isHatched }) => (
        <span key={label}>
          <i
            className={isHatched ? 'sw hatch' : 'sw'}
            style={{ '--c': `var(--color-span-${color})` } as CSSProperties}
          />
          {label}
        </span>
      ))}
    </div>
  );
}
