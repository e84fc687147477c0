/** What a batch changes, gathered in memory and then written in one go. Lookups see the batch's own changes first. */
import {
  type ActivityBucket,
  addUsageBucket,
  isCounted,
  type UsageBucket,
  usageBucketKey,
  usageBucketOf,
} from './buckets.js';
import type { Fact, Known, KnownKey, SessionRecord, StoredRow } from './records.js';
import { addToolFigures, noFigures, type ToolBucket, type ToolFigures, type ToolItem } from './tool-sums.js';

export interface Blob {
  hash: string;
  bytes: Buffer;
}

export interface ClaimRecord {
  num: number;
  source: string;
  at: number;
  data: string;
}

const idOf = (num: number, name: string): string => `${num}\u0000${name}`;

/** Values by session and name. Two steps instead of one made-up key: texts put together must be hashed each time. */
export class BySession<Value> {
  readonly #sessions = new Map<number, Map<string, Value>>();

  get(num: number, name: string): Value | undefined {
    return this.#sessions.get(num)?.get(name);
  }

  set(num: number, name: string, value: Value): void {
    const known = this.#sessions.get(num);
    if (known) known.set(name, value);
    else this.#sessions.set(num, new Map([[name, value]]));
  }

  of(num: number): Iterable<Value> {
    return this.#sessions.get(num)?.values() ?? [];
  }

  *entries(): Generator<[number, string, Value]> {
    for (const [num, named] of this.#sessions) for (const [name, value] of named) yield [num, name, value];
  }
}

export class Writes implements Known {
  readonly rows: StoredRow[] = [];
  readonly keys = new BySession<KnownKey>();
  readonly facts = new BySession<Fact>();
  readonly sessions = new Map<string, SessionRecord>();
  readonly usage = new Map<string, UsageBucket>();
  readonly activity = new Map<string, ActivityBucket>();
  readonly blobs = new Map<string, Blob>();
  readonly claims = new Map<string, ClaimRecord>();
  readonly tools = new BySession<string>();
  readonly toolItems = new BySession<ToolItem>();
  readonly toolBuckets = new Map<string, ToolBucket>();
  /** Items whose text is whole now, with the seqs between which its pieces stand. */
  readonly wholes: { num: number; key: string; from: number; until: number }[] = [];
  /** Items from a seq on that the row `seq` takes out of the transcript, or those that the row `undo` had taken out. */
  readonly rewinds: ({ num: number; from: number; seq: number } | { num: number; undo: number })[] = [];
  newRequests = 0;
  readonly #known: Known;
  readonly #byNum = new Map<number, SessionRecord>();
  readonly #before = new Map<string, { head: number; tied: boolean }>();
  readonly #byKey = new Map<string, Set<Fact>>();
  readonly #byOrigin = new Map<string, Set<Fact>>();
  readonly #apart = new Map<string, number | null>();

  constructor(known: Known) {
    this.#known = known;
  }

  session(id: string): SessionRecord | undefined {
    return this.sessions.get(id) ?? this.#taken(this.#known.session(id));
  }

  sessionByNum(num: number): SessionRecord | undefined {
    return this.#byNum.get(num) ?? this.#taken(this.#known.sessionByNum(num));
  }

  key(num: number, key: string): KnownKey | undefined {
    return this.keys.get(num, key) ?? this.#known.key(num, key);
  }

  atOf(num: number, seq: number): number {
    return this.rows.find((row) => row.num === num && row.seq === seq)?.at ?? this.#known.atOf(num, seq);
  }

  fact(num: number, attemptId: string): Fact | undefined {
    return this.facts.get(num, attemptId) ?? this.#known.fact(num, attemptId);
  }

  claimants(key: string): Fact[] {
    return this.#merged(this.#known.claimants(key), this.#byKey.get(key));
  }

  replays(key: string): Fact[] {
    return this.#merged(this.#known.replays(key), this.#byOrigin.get(key));
  }

  /** As it was when it was first asked: what the batch adds is looked at once it is written. */
  firstApart(num: number, other: number): number | null {
    const pair = `${num} ${other}`;
    const known = this.#apart.get(pair);
    if (known !== undefined) return known;
    const apart = this.#known.firstApart(num, other);
    this.#apart.set(pair, apart);
    return apart;
  }

  latestCounted(num: number, except: ReadonlySet<string> = new Set()): Fact | undefined {
    const changed = [...this.facts.of(num)];
    const known = this.#known.latestCounted(num, new Set([...except, ...changed.map((fact) => fact.attemptId)]));
    const all = [...changed.filter(isCounted), ...(known ? [known] : [])];
    return all.reduce<Fact | undefined>((latest, fact) => (latest && isLater(latest, fact) ? latest : fact), undefined);
  }

  toolOf(num: number, callId: string): string | undefined {
    return this.tools.get(num, callId) ?? this.#known.toolOf(num, callId);
  }

  toolItem(num: number, key: string): ToolItem | undefined {
    return this.toolItems.get(num, key) ?? this.#known.toolItem(num, key);
  }

  /** Sessions whose log this batch has grown, or that became tied. */
  changedSessions(): SessionRecord[] {
    const changed = ({ id, head, tied }: SessionRecord) =>
      this.#before.get(id)?.head !== head || this.#before.get(id)?.tied !== tied;
    return [...this.sessions.values()].filter(changed);
  }

  putKey(num: number, key: string, known: KnownKey): void {
    this.keys.set(num, key, known);
  }

  putFact(fact: Fact): void {
    const before = this.facts.get(fact.num, fact.attemptId);
    if (before) {
      this.#byKey.get(before.key)?.delete(before);
      if (before.originKey) this.#byOrigin.get(before.originKey)?.delete(before);
    }
    this.facts.set(fact.num, fact.attemptId, fact);
    grouped(this.#byKey, fact.key, fact);
    if (fact.originKey) grouped(this.#byOrigin, fact.originKey, fact);
  }

  /** Of what an agent claims under one name, the latest by time stands. */
  putClaim(claim: ClaimRecord): void {
    const id = idOf(claim.num, claim.source);
    const before = this.claims.get(id);
    if (!before || before.at <= claim.at) this.claims.set(id, claim);
  }

  putTool(num: number, callId: string, name: string): void {
    this.tools.set(num, callId, name);
  }

  /** `before`: what it has come to until now. */
  putToolItem(num: number, key: string, item: ToolItem, before: ToolFigures | undefined): void {
    this.toolItems.set(num, key, item);
    const { bucket, name, figures } = item;
    const id = `${num}\u0000${bucket}\u0000${name}`;
    const sum = this.toolBuckets.get(id) ?? { num, bucket, name, ...noFigures };
    addToolFigures(sum, figures, 1);
    if (before) addToolFigures(sum, before, -1);
    this.toolBuckets.set(id, sum);
  }

  addUsage(fact: Fact, sign: 1 | -1): void {
    const bucket = usageBucketOf(fact, sign);
    const key = usageBucketKey(bucket);
    const sum = this.usage.get(key);
    if (sum) addUsageBucket(sum, bucket);
    else this.usage.set(key, bucket);
  }

  addActivity(num: number, bucket: number, counts: Partial<Omit<ActivityBucket, 'num' | 'bucket'>>): void {
    const key = `${num}\u0000${bucket}`;
    const sum = this.activity.get(key) ?? { num, bucket, messages: 0, turns: 0, toolCalls: 0 };
    sum.messages += counts.messages ?? 0;
    sum.turns += counts.turns ?? 0;
    sum.toolCalls += counts.toolCalls ?? 0;
    this.activity.set(key, sum);
  }

  #taken(session: SessionRecord | undefined): SessionRecord | undefined {
    if (!session) return undefined;
    this.sessions.set(session.id, session);
    this.#byNum.set(session.num, session);
    this.#before.set(session.id, { head: session.head, tied: session.tied });
    return session;
  }

  #merged(known: Fact[], changed: Set<Fact> | undefined): Fact[] {
    const kept = known.filter((fact) => !this.facts.get(fact.num, fact.attemptId));
    return changed ? [...kept, ...changed] : kept;
  }
}

const isLater = (one: Fact, other: Fact): boolean => (one.at === other.at ? one.seq > other.seq : one.at > other.at);

function grouped(groups: Map<string, Set<Fact>>, key: string, fact: Fact): void {
  const group = groups.get(key);
  if (group) group.add(fact);
  else groups.set(key, new Set([fact]));
}
