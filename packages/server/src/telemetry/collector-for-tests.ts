/** A collector on real HTTP: what comes is decoded with OpenTelemetry's own schema. For tests. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import generated from '@opentelemetry/otlp-transformer/build/src/generated/root.js';
import type { OtlpRequest, OtlpSpan } from './otlp.js';

interface Schema {
  verify(value: object): string | null;
  fromObject(value: object): object;
  toObject(message: object, options: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

const root = generated as unknown as {
  opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Schema } } } } };
};
const schema = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const ids = new Set(['traceId', 'spanId', 'parentSpanId']);

/** What a collector makes of an OTLP JSON text: through the schema, into its binary form and back. */
export function throughSchema(text: string): OtlpRequest {
  const sent = mapIds(JSON.parse(text) as object, (hex) => Buffer.from(hex, 'hex').toString('base64'));
  const bytes = schema.encode(schema.fromObject(sent)).finish();
  const decoded = schema.toObject(schema.decode(bytes), { longs: String, bytes: String });
  return mapIds(decoded, (base64) => Buffer.from(base64, 'base64').toString('hex')) as OtlpRequest;
}

/** Ids are hexadecimal in OTLP's JSON, and base64 in everybody else's. */
function mapIds(value: unknown, change: (text: string) => string): object {
  if (Array.isArray(value)) return value.map((one) => mapIds(one, change));
  if (typeof value !== 'object' || value === null) return value as unknown as object;
  const entries = Object.entries(value).map(([key, held]) => [
    key,
    ids.has(key) && typeof held === 'string' ? change(held) : mapIds(held, change),
  ]);
  return Object.fromEntries(entries) as object;
}

export class TestCollector {
  readonly bodies: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** What it answers. */
  status = 200;
  answer = '{}';
  answerHeaders: Record<string, string> = {};
  /** How often it was asked, whatever it answered. */
  asked = 0;
  port = 0;
  #server: Server | null = null;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** On the port that it had before, if any. */
  async open(): Promise<this> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.asked += 1;
        const isRight = request.url === '/v1/traces' && request.headers['content-type'] === 'application/json';
        if (isRight && this.status === 200) {
          const bytes = Buffer.concat(chunks);
          const isPacked = request.headers['content-encoding'] === 'gzip';
          this.bodies.push((isPacked ? gunzipSync(bytes) : bytes).toString());
          this.headers.push(request.headers);
        }
        response.writeHead(isRight ? this.status : 404, this.answerHeaders).end(this.answer);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  spans(): OtlpSpan[] {
    return this.bodies.flatMap((body) => spansIn(throughSchema(body)));
  }
}

export function spansIn({ resourceSpans }: OtlpRequest): OtlpSpan[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** A span's attributes by their names. */
export function told({ attributes }: OtlpSpan): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
