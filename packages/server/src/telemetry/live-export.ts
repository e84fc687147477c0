/**
 * Sessions that run here, told to a collector as they run: each span when it is over. It reads what is stored, some time
 * after it was stored, and never keeps a session waiting. A collector that is away is tried again; what does not fit
 * into the queue meanwhile is dropped and counted.
 */
import { type PriceTable, type Store, Traces } from '@taffrail/store';
import type { TraceSession, TraceSpan } from '@taffrail/wire';
import { batchesOf, type Collector, send } from './collector.js';
import type { Sent } from './collector-answer.js';
import { type OtlpSpan, otlpSpan, spanIdOf, type TracePlace, traceIdOf } from './otlp.js';

export interface LiveExportOptions {
  store: Pick<Store, 'queries'>;
  prices: PriceTable;
  collector: Collector;
  /** Commands, paths and messages of errors too. */
  content: boolean;
  now: () => number;
  report: (message: string) => void;
}

const pauseMs = 1_000;
const queueMax = 4_096;
/** `asked`: how long a collector may ask to be left alone. */
const retryMs = { first: 1_000, most: 60_000, asked: 600_000 };
const spansPerPage = 1_000;
const lastTryMs = 2_000;

/** What of a session was told: all before `cursor`, and of what follows those named. */
interface Told {
  cursor: string | undefined;
  ids: Set<string>;
}

export class LiveExport {
  readonly #options: LiveExportOptions;
  readonly #traces: Traces;
  readonly #since: number;
  readonly #told = new Map<string, Told>();
  readonly #places = new Map<string, TracePlace>();
  readonly #stop = new AbortController();
  #changed = new Set<string>();
  #queue: OtlpSpan[] = [];
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> = Promise.resolve();
  #failures = 0;
  #notBefore = 0;
  #dropped = 0;
  #isEnding = false;

  constructor(options: LiveExportOptions) {
    this.#options = options;
    this.#traces = new Traces(options.store.queries, options.prices);
    this.#since = options.now();
  }

  /** These sessions have grown. */
  changed(sessionIds: readonly string[]): void {
    for (const id of sessionIds) this.#changed.add(id);
    this.#schedule(pauseMs);
  }

  /** Tells what is left, if that goes quickly. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    if (this.#timer) clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#stop.abort(), lastTryMs);
    await this.#working;
    this.#notBefore = 0;
    await this.#round().catch(() => undefined);
    clearTimeout(timer);
    this.#stop.abort();
    const left = this.#queue.length;
    if (left > 0) this.#options.report(`telemetry: ${left} spans were not told before the end`);
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null || this.#isEnding) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#working = this.#round()
        .catch((error: unknown) =>
          this.#options.report(`telemetry: ${error instanceof Error ? error.message : 'failed'}`),
        )
        .finally(() => {
          if (this.#queue.length > 0 || this.#changed.size > 0)
            this.#schedule(Math.max(pauseMs, this.#notBefore - this.#options.now()));
        });
    }, delayMs);
    this.#timer.unref();
  }

  async #round(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed = new Set();
    for (const id of changed) await this.#gather(id);
    while (this.#queue.length > 0 && this.#options.now() >= this.#notBefore && !this.#stop.signal.aborted) {
      const [batch = []] = batchesOf(this.#queue);
      this.#settle(await send(this.#options.collector, batch, this.#stop.signal), batch);
    }
  }

  #settle(sent: Sent, batch: readonly OtlpSpan[]): void {
    if (sent.kind !== 'away') {
      const lost = sent.kind === 'refused' ? batch.length : sent.rejected;
      if (lost > 0) this.#options.report(`telemetry: ${lost} spans were not taken${sent.why && `: ${sent.why}`}`);
      const done = new Set(batch);
      this.#queue = this.#queue.filter((span) => !done.has(span));
      this.#failures = 0;
      return;
    }
    if (this.#stop.signal.aborted) return;
    if (this.#failures === 0) this.#options.report(`telemetry: ${sent.why}; it is tried again`);
    const backoff = Math.min(retryMs.most, retryMs.first * 2 ** this.#failures);
    this.#failures += 1;
    // Who says "at once" is not asked in a circle.
    const asked = sent.retryAfterMs === null ? backoff : Math.max(retryMs.first, sent.retryAfterMs);
    this.#notBefore = this.#options.now() + Math.min(retryMs.asked, asked);
  }

  /** Queues what is over since it was asked for last. */
  async #gather(sessionId: string): Promise<void> {
    const told = this.#told.get(sessionId) ?? { cursor: undefined, ids: new Set<string>() };
    this.#told.set(sessionId, told);
    let isAllOver = true;
    for (let { cursor } = told; ; ) {
      const page = await this.#traces.page({ sessionId, cursor, limit: spansPerPage });
      const session = page?.sessions[0];
      if (!page || !session) return;
      for (const span of page.spans) await this.#take(span, session, told);
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
      isAllOver &&= page.spans.every(({ status }) => status !== 'running');
      if (!isAllOver) continue;
      told.cursor = cursor;
      for (const { id } of page.spans) told.ids.delete(id);
    }
  }

  async #take(span: TraceSpan, session: TraceSession, told: Told): Promise<void> {
    if (told.ids.has(span.id)) return;
    const overAt = Date.parse(span.finishedAt ?? span.startedAt);
    if (span.status === 'running' || overAt < this.#since) return;
    told.ids.add(span.id);
    const made = otlpSpan(span, session, await this.#placeOf(span, session), this.#options.content ? {} : null);
    if (!made) return;
    this.#queue.push(made);
    if (this.#queue.length <= queueMax) return;
    this.#queue.shift();
    this.#dropped += 1;
    if (this.#dropped % queueMax === 1)
      this.#options.report(`telemetry: ${this.#dropped} spans were dropped: the queue is full`);
  }

  /** A sub-agent's spans belong to the trace of the turn that started it. */
  async #placeOf({ sessionId, turnId }: TraceSpan, { parentId }: TraceSession): Promise<TracePlace> {
    const own = { traceId: traceIdOf(sessionId, turnId), parentSpanId: null };
    if (parentId === null) return own;
    const known = this.#places.get(sessionId);
    if (known) return known;
    const starter = await this.#starterOf(sessionId, parentId);
    if (!starter) return own;
    const above = await this.#placeOf(starter.span, starter.session);
    const place = { traceId: above.traceId, parentSpanId: spanIdOf(starter.span) };
    this.#places.set(sessionId, place);
    return place;
  }

  async #starterOf(sessionId: string, parentId: string): Promise<{ span: TraceSpan; session: TraceSession } | null> {
    for (let cursor: string | undefined; ; ) {
      const page = await this.#traces.page({ sessionId: parentId, cursor, limit: spansPerPage });
      const session = page?.sessions[0];
      if (!page || !session) return null;
      const started = page.spans.filter((one) => one.childSessionId === sessionId && one.kind !== 'permission');
      const span = started.find(({ kind }) => kind === 'agent') ?? started[0];
      if (span) return { span, session };
      if (page.nextCursor === null) return null;
      cursor = page.nextCursor;
    }
  }
}
