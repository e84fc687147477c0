/** How a session stands, row by row: the same rule for the fold and for the store's own column. */
import type { LiveStatus, Row } from '@taffrail/wire';

const statusAfterTurn = { complete: 'idle', cancelled: 'idle', failed: 'failed', interrupted: 'interrupted' } as const;

type StatusRow = Pick<Row, 'kind' | 'data'>;

/**
 * The status after `row`. Only a turn with a writer of ours runs: what another agent's log says last may have ended long
 * ago. One permission is asked at a time, so its answer ends the waiting.
 */
export function statusAfter(status: LiveStatus, row: StatusRow): LiveStatus {
  switch (row.kind) {
    case 'turn.started':
      return 'runGen' in row.data && row.data.runGen !== undefined ? 'running' : 'idle';
    case 'turn.completed':
      return 'outcome' in row.data ? statusAfterTurn[row.data.outcome] : status;
    case 'turn.waiting':
    case 'permission.asked':
      return 'waiting';
    case 'turn.resumed':
    case 'permission.answered':
      return status === 'waiting' ? 'running' : status;
    default:
      return status;
  }
}
