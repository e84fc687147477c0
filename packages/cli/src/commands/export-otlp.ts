/** `taffrail export ID --format otlp`: a session's spans as OTLP JSON, or to a collector. */
import { type Archive, collectorFrom, otlpDocument, send, storedSpans, UsageError } from '@taffrail/server';

export interface OtlpOptions {
  endpoint?: string;
  content?: true;
}

export async function otlpPieces(archive: Archive, id: string, { content = false }: { content?: boolean }) {
  return otlpDocument({ queries: archive.store.queries, prices: await archive.prices() }, id, { content });
}

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
  for await (const spans of storedSpans(stored, id, { content })) {
    if (spans.length === 0) continue;
    const sent = await send(collector, spans);
    if (sent.kind !== 'taken') throw new Error(`${sent.why}; ${count} spans were sent before`);
    count += spans.length;
  }
  return count;
}
