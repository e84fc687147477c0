/** The collector: where it is, and one request to it. What it is called and with which headers stays out of every message. */
import type { OtlpSpan } from './otlp.js';
import { otlpRequest } from './otlp.js';

export interface Collector {
  url: string;
  /** They may hold a secret. */
  headers: Readonly<Record<string, string>>;
}

const timeoutMs = 10_000;
const tracesPath = '/v1/traces';

/** The configured collector, else the one that OpenTelemetry's own variables name, if any; with the headers that those say. */
export function collectorFrom(configured: string | null, env: NodeJS.ProcessEnv): Collector | null {
  if (configured === null && env['OTEL_SDK_DISABLED'] === 'true') return null;
  const endpoint = configured ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || !URL.canParse(endpoint)) return null;
  const headers = headersFrom(env['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] ?? env['OTEL_EXPORTER_OTLP_HEADERS']);
  return { url: withPath(endpoint), headers };
}

/** An endpoint names the collector; the traces' own path is added where it is not there. */
function withPath(endpoint: string): string {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith(tracesPath)) url.pathname = `${url.pathname.replace(/\/+$/, '')}${tracesPath}`;
  return url.href;
}

/** `name=value,other=value`, percent-encoded. */
function headersFrom(text = ''): Record<string, string> {
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

export type Sent =
  | { kind: 'taken' }
  /** Not now: it is worth trying again. */
  | { kind: 'away'; why: string; retryAfterMs: number | null }
  /** Not like this: trying again changes nothing. */
  | { kind: 'refused'; why: string };

export async function send({ url, headers }: Collector, spans: OtlpSpan[], signal?: AbortSignal): Promise<Sent> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(otlpRequest(spans)),
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    await response.arrayBuffer();
    if (response.ok) return { kind: 'taken' };
    const why = `the collector answered ${response.status}`;
    const isPassing = response.status === 429 || response.status >= 500;
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const retryAfterMs = Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : null;
    return isPassing ? { kind: 'away', why, retryAfterMs } : { kind: 'refused', why };
  } catch {
    return { kind: 'away', why: 'the collector cannot be reached', retryAfterMs: null };
  }
}
