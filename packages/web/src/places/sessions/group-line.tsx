/** The head of a group: its name, how many, and its sums. */
import type { CSSProperties } from 'react';
import { counted } from '../../parts/format-number.js';
import type { GroupRow } from './rows.js';
import { Sum } from './sum.js';

export function GroupLine({ row, style }: { row: GroupRow; style: CSSProperties }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid is one stop, moved through with the arrow keys
    // biome-ignore lint/a11y/useSemanticElements: virtual rows can't be table rows
    <div className="vt-group" role="row" style={style}>
      <b className="trunc" title={row.title}>
        {row.label}
      </b>
      {row.sum ? <span>{counted(row.sum.sessions, 'session')}</span> : null}
      <span className="grow" />
      {row.sum ? <Sum sum={row.sum} /> : <span>more below</span>}
    </div>
  );
}
