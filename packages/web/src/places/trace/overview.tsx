/** The whole axis in one strip: what is on view is framed, and dragging over it looks at a part. */

import type { SpanNode } from '@taffrail/session';
import { type CSSProperties, type PointerEvent, useMemo, useState } from 'react';
import { placeOf, type TimeAxis, type View } from './time-axis.js';
import { openEnd, type Tone, toneOf } from './trace-rows.js';

const columns = 600;
const lanes: Record<Exclude<Tone, 'agent'>, number> = { model: 0, tool: 1, wait: 2, failed: 2 };

interface Mark {
  tone: Exclude<Tone, 'agent'>;
  from: number;
  to: number;
}

interface OverviewProps {
  forest: readonly SpanNode[];
  axis: TimeAxis;
  view: View;
  nowMs: number;
  onView: (view: View) => void;
}

export function Overview({ forest, axis, view, nowMs, onView }: OverviewProps) {
  const marks = useMemo(() => marksOf(forest, axis, nowMs), [forest, axis, nowMs]);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const shareAt = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
  };
  const frame = drag
    ? { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) }
    : { from: view.from / axis.length, to: view.to / axis.length };
  const end = () => {
    setDrag(null);
    // A click without a drag looks at all again.
    if (drag)
      onView(
        frame.to - frame.from < 0.005
          ? { from: 0, to: axis.length }
          : { from: frame.from * axis.length, to: frame.to * axis.length },
      );
  };
  return (
    <div
      className="mini"
      title="Drag over a part to look at it, click for all"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = shareAt(event);
        setDrag({ from: at, to: at });
      }}
      onPointerMove={(event) => {
        if (drag) setDrag({ from: drag.from, to: shareAt(event) });
      }}
      onPointerUp={end}
      onPointerCancel={() => setDrag(null)}
    >
      <svg viewBox={`0 0 ${columns} 24`} preserveAspectRatio="none" aria-hidden="true">
        {marks.map(({ tone, from, to }) => (
          <rect
            key={`${tone}${from}`}
            x={from}
            y={2 + lanes[tone] * 7}
            width={to - from}
            height={5}
            style={{ fill: `var(--color-span-${tone})` } as CSSProperties}
          />
        ))}
      </svg>
      <i className="mini-v" style={{ left: `${frame.from * 100}%`, width: `${(frame.to - frame.from) * 100}%` }} />
    </div>
  );
}

/** Bars of one lane that touch are one mark: as many as can be seen, however many spans there are. */
function marksOf(forest: readonly SpanNode[], axis: TimeAxis, nowMs: number): Mark[] {
  const bars: Mark[] = [];
  const add = (node: SpanNode): void => {
    const tone = toneOf(node);
    const { span, startMs, endMs, isAttempts } = node;
    if (tone !== 'agent' && !isAttempts) {
      const column = (ms: number) => (placeOf(axis, ms) / axis.length) * columns;
      const from = column(startMs);
      bars.push({ tone, from, to: Math.max(from + 1, column(endMs ?? openEnd(span, startMs, nowMs))) });
    }
    node.children.forEach(add);
  };
  forest.forEach(add);
  const last = new Map<string, Mark>();
  const marks: Mark[] = [];
  for (const bar of bars.sort((one, other) => one.from - other.from)) {
    const before = last.get(bar.tone);
    if (before && bar.from <= before.to + 0.5) before.to = Math.max(before.to, bar.to);
    else {
      marks.push(bar);
      last.set(bar.tone, bar);
    }
  }
  return marks;
}
