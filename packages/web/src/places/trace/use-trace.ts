/**
 * A trace's spans: all of them once, and what still grows again with the hints of the line. Only the latest turn grows,
 * so only that one is asked for again, however long the session is.
 */

import { spanKey } from '@taffrail/session';
import type { OpenSpan, SessionSummary, TracePage, TraceSpan } from '@taffrail/wire';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { answerOf, rest } from '../../app/api.js';
import { onSessionHints } from '../../app/live.js';
import { relative } from '../reader/tool-summary.js';
import type { TraceScope } from './trace-scope.js';

const pageSize = 1000;
/** Enough for the first screen, and there sooner. */
const firstPageSize = 250;
// Beyond this a picture of single calls tells nothing any more; narrower scopes do.
const pagesMax = 30;
/** A whole tree of agents that run is asked for at most this often. */
const treeMs = 4000;
/** Calls that end together are asked for together. */
const endedMs = 200;

export interface Trace {
  spans: readonly TraceSpan[];
  state: 'loading' | 'ready' | 'failed';
  error: Error | null;
  isCut: boolean;
  onRetry: () => void;
}

export function useTrace(
  { id, childCount, cwd }: Pick<SessionSummary, 'id' | 'childCount' | 'cwd'>,
  scope: TraceScope,
  latestTurnId: string | undefined,
  openSpans: Iterable<OpenSpan>,
): Trace {
  const isTurn = scope.kind === 'turn';
  const whole = useWhole(id, scope.kind === 'tree', !isTurn);
  const turnId = isTurn ? scope.turnId : latestTurnId;
  const turn = useTurn(id, turnId, childCount > 0 && scope.kind !== 'session', isTurn || whole.isSuccess);
  useGrowth(id, scope.kind === 'tree' || childCount > 0, latestTurnId);
  useEnds(id, openSpans);
  const base = whole.data?.pages;
  const grown = turn.data;
  const stored = useMemo(() => {
    const all = new Map<string, TraceSpan>();
    for (const page of isTurn ? [] : (base ?? []))
      for (const span of page.spans) all.set(spanKey(span), within(span, cwd));
    for (const span of grown ?? []) all.set(spanKey(span), within(span, cwd));
    return all;
  }, [isTurn, base, grown, cwd]);
  const spans = useMemo(
    () => withOpen(stored, id, isTurn ? turnId : undefined, openSpans),
    [stored, id, isTurn, turnId, openSpans],
  );
  const query = isTurn ? turn : whole;
  return {
    spans,
    state: query.isError && spans.length === 0 ? 'failed' : query.isPending ? 'loading' : 'ready',
    error: query.error,
    isCut: !isTurn && (base?.length ?? 0) >= pagesMax && whole.hasNextPage,
    onRetry: () => void query.refetch(),
  };
}

/** Paths within the session's folder are said without it. */
function within(span: TraceSpan, cwd: string | null): TraceSpan {
  const subject = span.subject === null ? null : relative(span.subject, cwd);
  return subject === span.subject ? span : { ...span, subject };
}

function useWhole(id: string, tree: boolean, enabled: boolean) {
  const query = useInfiniteQuery({
    queryKey: ['trace', id, tree],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        rest.traces(
          id,
          pageParam ? { tree, limit: pageSize, cursor: pageParam } : { tree, limit: firstPageSize },
          signal,
        ),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  const count = query.data?.pages.length ?? 0;
  useEffect(() => {
    if (enabled && hasNextPage && !isFetching && !isError && count < pagesMax) void fetchNextPage();
  }, [enabled, hasNextPage, isFetching, isError, count, fetchNextPage]);
  return query;
}

function useTurn(id: string, turnId: string | undefined, tree: boolean, enabled: boolean) {
  return useQuery({
    queryKey: ['trace-turn', id, turnId, tree],
    queryFn: async ({ signal }) => {
      const spans: TraceSpan[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < pagesMax; page += 1) {
        const answer: TracePage = await answerOf(rest.traces(id, { turnId, tree, limit: pageSize, cursor }, signal));
        spans.push(...answer.spans);
        if (answer.nextCursor === null) break;
        cursor = answer.nextCursor;
      }
      return spans;
    },
    enabled: enabled && turnId !== undefined,
  });
}

/** Another turn has begun: the one before is whole now. Sub-agents grow by themselves. */
function useGrowth(id: string, hasAgents: boolean, latestTurnId: string | undefined): void {
  const client = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is what it waits for
  useEffect(() => {
    const state = client.getQueryState(['trace', id, false]) ?? client.getQueryState(['trace', id, true]);
    if (state?.data !== undefined) void client.invalidateQueries({ queryKey: ['trace', id] });
  }, [client, id, latestTurnId]);
  useEffect(() => {
    if (!hasAgents) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onSessionHints(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['trace', id, true] });
        void client.invalidateQueries({ queryKey: ['trace-turn', id] });
      }, treeMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, id, hasAgents]);
}

/** What the line said that it runs, and no longer does, has ended: how it did is asked for at once. */
function useEnds(id: string, openSpans: Iterable<OpenSpan>): void {
  const client = useQueryClient();
  const before = useRef<ReadonlySet<string>>(new Set());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const now = new Set([...openSpans].map(({ spanId }) => spanId));
    const hasEnded = [...before.current].some((spanId) => !now.has(spanId));
    before.current = now;
    if (!hasEnded) return;
    // Not taken back by what the line says next: text comes faster than this.
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: ['trace-turn', id] });
    }, endedMs);
  }, [client, id, openSpans]);
}

/** What the line says that it runs is shown before it is asked for. */
function withOpen(
  stored: ReadonlyMap<string, TraceSpan>,
  sessionId: string,
  turnId: string | undefined,
  openSpans: Iterable<OpenSpan>,
): TraceSpan[] {
  const spans = [...stored.values()];
  for (const open of openSpans) {
    const isWanted = turnId === undefined || open.turnId === turnId;
    if (isWanted && !stored.has(spanKey({ sessionId, id: open.spanId }))) spans.push(spanFrom(sessionId, open));
  }
  return spans;
}

function spanFrom(sessionId: string, open: OpenSpan): TraceSpan {
  return {
    id: open.spanId,
    sessionId,
    parentId: open.parentId,
    turnId: open.turnId,
    step: open.step,
    kind: open.kind,
    name: open.name,
    subject: null,
    status: 'running',
    startedAt: open.startedAt,
    finishedAt: null,
    durationMs: null,
    firstContentMs: null,
    inputBytes: null,
    outputBytes: null,
    error: null,
    usage: null,
    keyId: open.keyId ?? null,
    callId: open.callId ?? null,
    childSessionId: open.childSessionId ?? null,
    discarded: null,
    decision: null,
    inferred: false,
    // Its row is the latest: after all that is stored.
    seq: Number.MAX_SAFE_INTEGER,
    itemSeq: null,
  };
}
