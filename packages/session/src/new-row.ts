/** A row before it has its place in a log: what writers say. */
import type { Item, QueuedInput, Row, UsageRecord } from '@taffrail/wire';
import type { RequestIdentity } from './request.js';

export interface NewFile {
  mediaType: string;
  name?: string;
  bytes: Buffer;
}

interface NewRowBase {
  /** The fact's identity within its session: again with the same content it changes nothing, with other content it revises. */
  key: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
  turnId?: string;
  step?: number;
}

/** Kinds that are stored as they are said. */
type PlainRow = Exclude<Row, { kind: 'item.recorded' | 'usage.recorded' | 'input.queued' }>;

export type NewRow = NewRowBase &
  (
    | { [Kind in PlainRow['kind']]: { kind: Kind; data: Extract<PlainRow, { kind: Kind }>['data'] } }[PlainRow['kind']]
    | { kind: 'item.recorded'; data: Item; files?: NewFile[] }
    | { kind: 'input.queued'; data: QueuedInput; files?: NewFile[] }
    | { kind: 'usage.recorded'; data: Omit<UsageRecord, 'totals' | 'inheritedFrom'>; identity: RequestIdentity }
  );
