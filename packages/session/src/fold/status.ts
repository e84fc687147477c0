/** How a session stands, row by row: the same rule for the fold and for the store's own column. */
import type { LiveStatus, Row } from '@taffrail/wire';

const statusAfterTurn = { complete: 'idle', cancelled: 'idle', failed: 'failed', interrupted: 'interrupted' } as const;

type StatusRow = { [Kind in Row['kind']]: Pick<Extract<Row, { kind: Kind }>, 'kind' | 'data'> }[Row['kind']];

/**
 * The status after `row`. Only a turn with a writer of ours runs: what another agent's log says last may have ended long
 * ago.
 * @param questions How many questions are open after the row: calls of one step may ask at the same time, and the turn
 *   waits until the last of them is answered.
 */
export function statusAfter(status: LiveStatus, row: StatusRow, questions: number): LiveStatus {
  switch (row.kind) {
    case 'turn.started':
      return row.data.runGen !== undefined ? 'running' : 'idle';
    case 'turn.completed':
      return statusAfterTurn[row.data.outcome];
    case 'turn.waiting':
    case 'permission.asked':
      return 'waiting';
    case 'session.rewound':
      return 'idle';
    case 'rewind.undone':
      return row.data.status;
    case 'turn.resumed':
    case 'permission.answered':
      return status === 'waiting' && questions === 0 ? 'running' : status;
    default:
      return status;
  }
}
