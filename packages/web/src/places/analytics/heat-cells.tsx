/** When the work was done: the calendar, and the hours of the week. */
import type { Query } from '@taffrail/client';
import type { Heatmap, Metric } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { useToday } from '../../app/clock.js';
import { addDays, dayLabel, localZone } from '../../parts/format-time.js';
import { type CalendarCell as CellOfDay, calendarCells, levels, monthLabels } from './calendar.js';
import { Cell } from './cell.js';
import { exactMetricText } from './metrics.js';
import { heatmapQuery } from './queries.js';
import type { AnalyticsSearch } from './url-state.js';
import { useWidth } from './use-width.js';

const side = 11;
const pitch = 13.5;
const labelPx = 28;
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const weeksMax = 53;

type HeatProps = { metric: Metric; asked: Query; search: AnalyticsSearch };

export function CalendarCell({ metric, asked, search, onDay }: HeatProps & { onDay: (day: string) => void }) {
  const today = useToday();
  // The calendar shows more than the range, so that a day can be picked from what lies around it.
  const last = (asked.until as string | undefined) ?? today;
  const query = { ...asked, since: addDays(last, -7 * weeksMax), until: last, metric };
  const heat = useQuery(heatmapQuery(query));
  return (
    <Cell title="Calendar" span={4} query={heat} panel="heatmap" asked={query} height={111} end={<Scale />}>
      {(data) => (
        <Calendar
          data={data}
          last={last}
          metric={metric}
          chosen={search.since === search.until ? search.since : undefined}
          onDay={onDay}
        />
      )}
    </Cell>
  );
}

function Scale() {
  return (
    <span className="row scale">
      less
      {[0, 1, 2, 3, 4].map((level) => (
        <i key={level} className="heat-sw" style={{ background: `var(--color-heat-${level})` }} />
      ))}
      more
    </span>
  );
}

type CalendarProps = {
  data: Heatmap;
  last: string;
  metric: Metric;
  chosen: string | undefined;
  onDay: (day: string) => void;
};

function Calendar({ data, last, metric, chosen, onDay }: CalendarProps) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const today = useToday();
  const weeks = Math.min(weeksMax, Math.max(1, Math.floor((width - labelPx + 2) / pitch)));
  const cells = width === 0 ? [] : calendarCells(data.days, last, weeks);
  return (
    <div ref={ref} className="heat">
      <svg width={labelPx + weeks * pitch} height={16 + 7 * pitch} role="img" aria-label="Figures per day">
        {monthLabels(cells).map(({ week, label }) => (
          <text key={week} x={labelPx + week * pitch} y={10}>
            {label}
          </text>
        ))}
        {[0, 2, 4, 6].map((day) => (
          <text key={day} x={0} y={16 + day * pitch + 9}>
            {weekdays[day]}
          </text>
        ))}
        {cells.map((cell) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: every day is also in the columns above, which keys can reach
          <g key={cell.day} className="heat-day" onClick={() => onDay(cell.day)}>
            <HeatSquare
              x={labelPx + cell.week * pitch}
              y={16 + cell.weekday * pitch}
              width={side}
              level={cell.level}
              isChosen={cell.day === chosen}
              tip={dayTip(cell, metric, today)}
            />
          </g>
        ))}
      </svg>
    </div>
  );
}

function dayTip(cell: CellOfDay, metric: Metric, today: string): string {
  const day = dayLabel(cell.day, today);
  if (cell.level === 'none') return `${day}: no sessions`;
  if (cell.value === null) return `${day}: not known, no log of ${cell.of} sessions reports it`;
  return `${day}: ${exactMetricText(cell.value, metric)}`;
}

type SquareProps = {
  x: number;
  y: number;
  width: number;
  level: CellOfDay['level'];
  isChosen?: boolean;
  tip: string;
};

function HeatSquare({ x, y, width, level, isChosen, tip }: SquareProps) {
  if (level === 'unknown') {
    return (
      <rect
        x={x + 0.5}
        y={y + 0.5}
        width={width - 1}
        height={side - 1}
        rx={2}
        className="heat-unknown"
        data-tip={tip}
      />
    );
  }
  return (
    <rect
      x={x}
      y={y}
      width={width}
      height={side}
      rx={2}
      fill={`var(--color-heat-${level === 'none' ? 0 : level})`}
      className={isChosen ? 'heat-chosen' : undefined}
      data-tip={tip}
    />
  );
}

export function HoursCell({ metric, asked }: HeatProps) {
  const query = { ...asked, metric };
  const heat = useQuery(heatmapQuery(query));
  return (
    <Cell title="Hour of the week" span={4} query={heat} panel="heatmap" asked={query} height={111} end={localZone}>
      {(data) => <Hours data={data} metric={metric} />}
    </Cell>
  );
}

function Hours({ data, metric }: { data: Heatmap; metric: Metric }) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const known = new Map(data.hours.map((hour) => [hour.weekday * 24 + hour.hour, hour.value]));
  const levelOf = levels(data.hours.map((hour) => hour.value));
  const across = Math.max(8, Math.min(16, (width - labelPx) / 24));
  return (
    <div ref={ref} className="heat">
      <svg width={labelPx + 24 * across} height={16 + 7 * pitch} role="img" aria-label="Figures by hour of the week">
        {[0, 6, 12, 18].map((hour) => (
          <text key={hour} x={labelPx + hour * across} y={10}>
            {String(hour).padStart(2, '0')}:00
          </text>
        ))}
        {weekdays.map((name, weekday) => (
          <g key={name}>
            <text x={0} y={16 + weekday * pitch + 9.5}>
              {name}
            </text>
            {Array.from({ length: 24 }, (_, hour) => {
              const value = known.get(weekday * 24 + hour);
              const level = value === undefined ? 'none' : value === null ? 'unknown' : levelOf(value);
              const what =
                value === undefined ? 'no sessions' : value === null ? 'not known' : exactMetricText(value, metric);
              return (
                <HeatSquare
                  // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its index
                  key={hour}
                  x={labelPx + hour * across}
                  y={16 + weekday * pitch}
                  width={across - 2.5}
                  level={level}
                  tip={`${name} ${String(hour).padStart(2, '0')}:00: ${what}`}
                />
              );
            })}
          </g>
        ))}
      </svg>
    </div>
  );
}
