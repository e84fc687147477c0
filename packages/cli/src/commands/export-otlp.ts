/** `taffrail export ID --format otlp`: a session's spans as OTLP JSON, or to a collector. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Archive,
  batchesOf,
  type Collector,
  collectorFrom,
  type OtlpSpan,
  otlpDocument,
  send,
  storedSpans,
  UsageError,
} from '@taffrail/server';

export interface OtlpOptions {
  endpoint?: string;
  content?: true;
}

export async function otlpPieces(archive: Archive, id: string, { content = false }: { content?: boolean }) {
  return otlpDocument({ queries: archive.store.queries, prices: await archive.prices() }, id, { content });
}

const triesMax = 5;
const pauseMs = { first: 1_000, most: 30_000 };

/** Returns how many spans the collector took. @throws Error where it does not take them all. */
export async function sendSpans(
  archive: Archive,
  id: string,
  { endpoint, content = false, env }: { endpoint: string; content?: boolean; env: NodeJS.ProcessEnv },
): Promise<number> {
  const collector = collectorFrom(endpoint, env);
  if (!collector) throw new UsageError('--endpoint: that is not an address');
  let count = 0;
  const stored = { queries: archive.store.queries, prices: await archive.prices() };
  for await (const spans of storedSpans(stored, id, { content }))
    for (const batch of batchesOf(spans)) count += await taken(collector, batch, count);
  return count;
}

/** A collector that is busy is asked again for a while, so that what it has already need not be sent anew. */
async function taken(collector: Collector, batch: OtlpSpan[], before: number): Promise<number> {
  const so = `; ${before} spans were sent before`;
  for (let tries = 1; ; tries += 1) {
    const sent = await send(collector, batch);
    if (sent.kind === 'taken' && sent.rejected === 0) return batch.length;
    if (sent.kind === 'taken')
      throw new Error(`the collector left out ${sent.rejected} spans${sent.why && `: ${sent.why}`}${so}`);
    if (sent.kind === 'refused' || !sent.isBusy || tries === triesMax) throw new Error(`${sent.why}${so}`);
    await sleep(Math.min(pauseMs.most, sent.retryAfterMs ?? pauseMs.first * 2 ** (tries - 1)));
  }
}
