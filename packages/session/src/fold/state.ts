/** What a session is at a place of its log. */
import type {
  BudgetWarning,
  DiscardedAttempt,
  FileChanges,
  FileRestore,
  LiveStatus,
  OpenPermission,
  OpenSpan,
  PlacedItem,
  PlacedWarning,
  QueuedInput,
  Row,
  SessionDescription,
  Turn,
  UsageClaim,
  UsageShown,
  UsageTotals,
} from '@taffrail/wire';
import type { RequestFacts } from '../request.js';
import type { Rewind } from './rewinds.js';

/** A request of this session; `inheritedFrom` names the session that counts it when this one only holds a copy. */
export interface SessionRequest extends RequestFacts {
  attemptId: string;
  seq: number;
  at: string;
  turnId: string | null;
  inheritedFrom: string | null;
}

export interface SessionState {
  head: number;
  status: LiveStatus;
  description: SessionDescription;
  turns: ReadonlyMap<string, Turn>;
  /** In the order of their places: an item that is revised stays where it was. */
  items: ReadonlyMap<string, PlacedItem>;
  requests: ReadonlyMap<string, SessionRequest>;
  claims: ReadonlyMap<string, UsageClaim & { at: string }>;
  /** What another agent showed last of its tokens, and in which turn. */
  shown: (UsageShown & { seq: number; at: string; turnId: string | null }) | null;
  /** The session's totals as its log states them: absolute, so that a reader of its end has them too. */
  totals: UsageTotals | null;
  /** Inputs that wait, in the order they came. */
  queue: ReadonlyMap<string, QueuedInput & { queuedAt: string }>;
  permissions: ReadonlyMap<string, OpenPermission>;
  /** What a person has allowed for the rest of the session. */
  allowed: readonly { tool: string; pattern: string }[];
  /** Until when, and for what, the running turn waits. */
  waiting: { until: string | null; reason: string } | null;
  openSpans: ReadonlyMap<string, OpenSpan>;
  /** Attempts of the latest turn that came to nothing. */
  discarded: readonly (DiscardedAttempt & { at: string })[];
  changes: FileChanges | null;
  /** Rewinds that stand, in their order; the last may be undone while it is open. */
  rewinds: readonly Rewind[];
  /** Files that are being put back: how that went is not said yet. */
  restoring: FileRestore | null;
  /** The last of each budget and cause, by their names. */
  budgetWarnings: ReadonlyMap<string, PlacedWarning>;
}

export const emptySession: SessionState = {
  head: 0,
  status: 'idle',
  description: {},
  turns: new Map(),
  items: new Map(),
  requests: new Map(),
  claims: new Map(),
  shown: null,
  totals: null,
  queue: new Map(),
  permissions: new Map(),
  allowed: [],
  waiting: null,
  openSpans: new Map(),
  discarded: [],
  changes: null,
  rewinds: [],
  restoring: null,
  budgetWarnings: new Map(),
};

type Writable<Value> = Value extends ReadonlyMap<infer Key, infer Held> ? Map<Key, Held> : Value;
/** The state while rows are applied to it. */
export type Draft = { -readonly [Key in keyof SessionState]: Writable<SessionState[Key]> };

export type RowOf<Kind extends Row['kind']> = Extract<Row, { kind: Kind }>;

/** A copy that may be written to. What lies within is replaced, never changed. */
export function draftOf(state: SessionState): Draft {
  return {
    ...state,
    description: { ...state.description },
    turns: new Map(state.turns),
    items: new Map(state.items),
    requests: new Map(state.requests),
    claims: new Map(state.claims),
    queue: new Map(state.queue),
    permissions: new Map(state.permissions),
    openSpans: new Map(state.openSpans),
    budgetWarnings: new Map(state.budgetWarnings),
  };
}

/** A budget's next warning of the same kind takes the place of the one before. */
export function warningName({ scope, measure, why }: Pick<BudgetWarning, 'scope' | 'measure' | 'why'>): string {
  return `${scope} ${measure} ${why}`;
}
