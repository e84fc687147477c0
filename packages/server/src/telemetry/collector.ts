/** The collector: where it is, and one request to it. Where that is and which headers it gets stays out of every message. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { answerTo, type Sent } from './collector-answer.js';
import { type OtlpSpan, otlpRequest } from './otlp.js';
import type { Attribute } from './otlp-attributes.js';

export interface Collector {
  url: string;
  /** They may hold a secret. */
  headers: Readonly<Record<string, string>>;
  /** Whether requests are packed by gzip. */
  isPacked: boolean;
  /** Who tells, where its owner says more of it than that it is taffrail. */
  resource: readonly Attribute[];
}

const timeoutMs = 10_000;
const tracesPath = '/v1/traces';
/** Collectors take some megabytes at once, and refuse what is more. */
const batchMax = { spans: 256, bytes: 2 * 1024 * 1024 };

/** The configured collector, else the one that OpenTelemetry's own variables name, if any; with what else those say. */
export function collectorFrom(configured: string | null, env: NodeJS.ProcessEnv): Collector | null {
  if (configured === null && env['OTEL_SDK_DISABLED'] === 'true') return null;
  const endpoint = configured ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || !URL.canParse(endpoint)) return null;
  const packing = env['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION'] ?? env['OTEL_EXPORTER_OTLP_COMPRESSION'];
  return {
    url: withPath(endpoint),
    headers: pairsFrom(env['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] ?? env['OTEL_EXPORTER_OTLP_HEADERS']),
    isPacked: packing === 'gzip',
    resource: resourceFrom(env),
  };
}

/** An endpoint names the collector; the traces' own path is added where it is not there. */
function withPath(endpoint: string): string {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith(tracesPath)) url.pathname = `${url.pathname.replace(/\/+$/, '')}${tracesPath}`;
  return url.href;
}

function resourceFrom(env: NodeJS.ProcessEnv): Attribute[] {
  const name = env['OTEL_SERVICE_NAME'];
  const values = { ...pairsFrom(env['OTEL_RESOURCE_ATTRIBUTES']), ...(name ? { 'service.name': name } : {}) };
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** `name=value,other=value`, percent-encoded. */
function pairsFrom(text = ''): Record<string, string> {
  const pairs = text.split(',').flatMap((part) => {
    const at = part.indexOf('=');
    return at > 0 ? [[part.slice(0, at).trim(), decoded(part.slice(at + 1).trim())] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** In pieces that a collector takes at once. */
export function* batchesOf(spans: readonly OtlpSpan[]): Generator<OtlpSpan[]> {
  let batch: OtlpSpan[] = [];
  let bytes = 0;
  for (const span of spans) {
    const more = Buffer.byteLength(JSON.stringify(span));
    const isFull = batch.length >= batchMax.spans || bytes + more > batchMax.bytes;
    if (isFull && batch.length > 0) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(span);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}

/** One request. A redirect is not followed: the headers are for the address that was named. */
export async function send(collector: Collector, spans: OtlpSpan[], signal?: AbortSignal): Promise<Sent> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const { url, headers, isPacked, resource } = collector;
  try {
    const text = JSON.stringify(otlpRequest(spans, resource));
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
      },
      body: isPacked ? new Uint8Array(await promisify(gzip)(text)) : text,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return await answerTo(response, spans.length, Date.now());
  } catch {
    return { kind: 'away', why: 'the collector cannot be reached', isBusy: false, retryAfterMs: null };
  }
}
