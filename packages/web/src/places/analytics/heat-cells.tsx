/** When the work was done: the calendar, and the hours of the week. */
import type { Query } from '@taffrail/client';
import type { Heatmap, Metric } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useToday } from '../../app/clock.js';
import { addDays, localZone } from '../../parts/format-time.js';
import { calendarCells, dayTip, hourTip, levels, monthLabels } from './calendar.js';
import { Cell } from './cell.js';
import { HeatGrid, type HeatPlace, labelPx, pitch, side, weekdays } from './heat-grid.js';
import { heatmapQuery } from './queries.js';
import type { AnalyticsSearch } from './url-state.js';
import { useWidth } from './use-width.js';

const weeksMax = 53;

type HeatProps = { metric: Metric; asked: Query; search: AnalyticsSearch };

export function CalendarCell({ metric, asked, search, onDay }: HeatProps & { onDay: (day: string) => void }) {
  const today = useToday();
  // The calendar shows more than the range, so that a day can be picked from what lies around it.
  const [picked, setPicked] = useState<{ day: string; last: string } | null>(null);
  const isPicked = picked !== null && picked.day === search.since && picked.day === search.until;
  // What is picked in it does not move it.
  const last = isPicked ? picked.last : ((asked.until as string | undefined) ?? today);
  const pick = (day: string) => {
    setPicked({ day, last });
    onDay(day);
  };
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
          onDay={pick}
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
  const places = cells.map((cell): HeatPlace => {
    const { day, week, weekday, level } = cell;
    return { key: day, column: week, weekday, level, tip: dayTip(cell, metric, today) };
  });
  return (
    <HeatGrid
      box={ref}
      places={places}
      columns={weeks}
      columnPx={pitch}
      squarePx={side}
      right={7}
      down={1}
      label="Figures per day"
      heads={monthLabels(cells).map(({ week, label }) => ({ column: week, label }))}
      named={[0, 2, 4, 6]}
      chosen={chosen}
      onPick={onDay}
    />
  );
}

export function HoursCell({ metric, asked }: HeatProps) {
  const query = { ...asked, metric };
  const heat = useQuery(heatmapQuery(query));
  return (
    <Cell
      title="Hour of the week"
      span={4}
      query={heat}
      panel="heatmap"
      asked={{ ...query, part: 'hours' }}
      height={111}
      end={localZone}
    >
      {(data) => <Hours data={data} metric={metric} />}
    </Cell>
  );
}

const hourHeads = [0, 6, 12, 18].map((hour) => ({ column: hour, label: `${String(hour).padStart(2, '0')}:00` }));

function Hours({ data, metric }: { data: Heatmap; metric: Metric }) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const known = new Map(data.hours.map((hour) => [hour.weekday * 24 + hour.hour, hour]));
  const levelOf = levels(data.hours.map((hour) => hour.value));
  const across = Math.max(8, Math.min(16, (width - labelPx) / 24));
  const places = Array.from({ length: 7 * 24 }, (_, index): HeatPlace => {
    const [weekday, hour] = [Math.floor(index / 24), index % 24];
    const found = known.get(index);
    const level = !found ? 'none' : found.value === null ? 'unknown' : levelOf(found.value);
    const tip = `${weekdays[weekday]} ${String(hour).padStart(2, '0')}:00: ${hourTip(found, metric)}`;
    return { key: String(index), column: hour, weekday, level, tip };
  });
  return (
    <HeatGrid
      box={ref}
      places={places}
      columns={24}
      columnPx={across}
      squarePx={across - 2.5}
      right={1}
      down={24}
      label="Figures by hour of the week"
      heads={hourHeads}
      named={[0, 1, 2, 3, 4, 5, 6]}
    />
  );
}
