/** The columns of the list, in order. Widths stand in tables.css under the same names. */
import type { SessionSort } from '@taffrail/wire';

type Column = { name: string; label: string; sort?: SessionSort; isFigure?: boolean };

export const columns: readonly Column[] = [
  { name: 'title', label: 'Session', sort: 'title' },
  { name: 'agent', label: 'Agent', sort: 'agent' },
  { name: 'project', label: 'Project', sort: 'project' },
  { name: 'model', label: 'Model', sort: 'model' },
  { name: 'turns', label: 'Turns', sort: 'turns', isFigure: true },
  { name: 'input', label: 'Input', sort: 'input', isFigure: true },
  { name: 'output', label: 'Output', sort: 'output', isFigure: true },
  { name: 'cost', label: 'Cost', sort: 'cost', isFigure: true },
  { name: 'cache', label: 'Cache', isFigure: true },
  { name: 'active', label: 'Active', isFigure: true },
  { name: 'last', label: 'Last', sort: 'updated', isFigure: true },
];
