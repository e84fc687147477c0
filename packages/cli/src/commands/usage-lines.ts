/** How the lines of a usage report are named. */
import { plainLine } from '@taffrail/session';
import { agentLabel, type UsageReport } from '@taffrail/wire';
import type { Column } from '../format/table.js';

export type ReportName = 'total' | 'daily' | 'weekly' | 'monthly' | 'session' | 'project' | 'model' | 'agent';

const keyTitles: Record<ReportName, string> = {
  total: '',
  daily: 'Day',
  weekly: 'Week',
  monthly: 'Month',
  session: 'Session',
  project: 'Project',
  model: 'Model',
  agent: 'Agent',
};

export interface KeyLines {
  columns: Column[];
  cells: string[][];
}

export function keyLines(by: ReportName, report: UsageReport): KeyLines {
  const shrinks = by === 'project' ? { to: 16, cut: 'start' as const } : { to: 20, cut: 'end' as const };
  const isPeriod = by === 'daily' || by === 'weekly' || by === 'monthly';
  return {
    columns: [{ title: keyTitles[by], align: 'left', ...(isPeriod ? {} : { shrinks }) }],
    cells: report.rows.map(({ key }) => [keyWords(by, key)]),
  };
}

function keyWords(by: ReportName, key: string): string {
  if (by === 'agent') return agentLabel(key);
  return key === '' ? `no ${keyTitles[by].toLowerCase()} named` : plainLine(key);
}
