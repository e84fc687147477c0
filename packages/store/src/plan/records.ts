/** What the planner knows and changes: sessions, request facts and rows as they stand in the store. */
import type { RequestFacts } from '@taffrail/session';
import type { UsageTotals } from '@taffrail/wire';
import type { ToolItem } from './tool-sums.js';

export interface SessionRecord {
  num: number;
  id: string;
  agent: string;
  origin: string;
  title: string | null;
  cwd: string | null;
  project: string | null;
  branch: string | null;
  model: string | null;
  effort: string | null;
  agentVersion: string | null;
  parentId: string | null;
  forkedFrom: string | null;
  /** Of a session that hosts another agent: what its log last said of that, as JSON. */
  hosted: string | null;
  status: string;
  /** Questions that nobody has answered. */
  openQuestions: number;
  createdAt: number;
  updatedAt: number;
  head: number;
  digest: string;
  itemCount: number;
  turnCount: number;
  messageCount: number;
  totals: UsageTotals | null;
  /** Holds copies that only the later course of the sessions can attribute. */
  tied: boolean;
  /** The generation of its writer; 0 while nothing of ours ever wrote to it. */
  runGen: number;
  /** The version of the importer's mapping that its rows were made by. */
  mappingVersion: number;
}

/** One request as one session's log states it; several sessions may hold copies of one request. */
export interface Fact extends RequestFacts {
  num: number;
  attemptId: string;
  key: string;
  originKey: string | null;
  /** 0 the log says it is its own, 1 unknown, 2 the log says it is a copy. */
  claim: number;
  /** Seq of the first row about it. */
  seq: number;
  at: number;
  turnId: string | null;
  step: number | null;
  /** The session that counts it, where that is another one. */
  inheritedFrom: string | null;
  raw: string | null;
}

/** A row as it is stored: its long text stands beside the JSON so that it is indexed without parsing. */
export interface StoredRow {
  num: number;
  seq: number;
  at: number;
  kind: string;
  turnId: string | null;
  step: number | null;
  key: string | null;
  itemType: string | null;
  /** The tool's name of a call. */
  label: string | null;
  data: string;
  text: string | null;
  /** Seq of the row that this one revises. */
  revises: number | null;
}

/** The store's present, as far as a batch touches it. */
export interface Known {
  session(id: string): SessionRecord | undefined;
  /** The latest row of this identity: its seq, the seq of its place, and the hashes of its forms. */
  key(num: number, key: string): KnownKey | undefined;
  /** The time of a row that exists. */
  atOf(num: number, seq: number): number;
  fact(num: number, attemptId: string): Fact | undefined;
  /** Facts of any session about the request `key`. */
  claimants(key: string): Fact[];
  /** Facts that would be replays if the request `key` exists. */
  replays(key: string): Fact[];
  sessionByNum(num: number): SessionRecord | undefined;
  /** Of two sessions that both hold a request with nothing to tell them apart: the time of `num`'s first request that `other` lacks. */
  firstApart(num: number, other: number): number | null;
  /** The latest request that the session counts, leaving out attempts whose facts are newer than the store's. */
  latestCounted(num: number, except: ReadonlySet<string>): Fact | undefined;
  /** The tool that a call named. */
  toolOf(num: number, callId: string): string | undefined;
  /** The call or result of this identity, unless its first row names no tool. */
  toolItem(num: number, key: string): ToolItem | undefined;
}

export interface KnownKey {
  place: number;
  latest: number;
  /** The hash of the content; after it, apart by blanks, those of earlier forms. */
  hash: string;
}
