/**
 * A server that speaks an older contract: the real one behind a way that keeps some capabilities to itself, in `/meta` and
 * in the socket's `hello`, and that knows none of the routes which came with them.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Capability } from '@taffrail/wire';
import { WebSocket, WebSocketServer } from 'ws';
import type { RunningServer } from './program.js';

export interface OlderServer {
  url: string;
  signInUrl: string;
  /** Every path that was asked for, with its query. */
  asked: string[];
  /** Method and path of what was asked for and is not there. */
  missed: string[];
  /** Sessions that somebody wanted to follow. */
  followed: string[];
  /** From now on it lacks these: another server takes the place of this one, so lines are cut. */
  exchange(lacks: readonly Capability[]): void;
  close(): void;
}

/** The routes that came with a capability, as `METHOD /path` below `/api/v1`. */
const routes: Partial<Record<Capability, RegExp>> = {
  live: /^(POST|PATCH|DELETE) \/sessions|^GET \/(choices|status)\b|^GET \/sessions\?.*\bopen=|\/snapshot$/,
  fork: /^POST .*\/fork$/,
  resume: /^POST .*\/resume$/,
  compact: /^POST .*\/compact$/,
  checkpoints: /\/(rewind|rewind-preview|changes)\b/,
  traces: /\/traces\b|[?&]format=otlp/,
  attachments: /\/sessions\/[^/]+\/(attachments|files)\b/,
  budgets: /^GET \/budgets\b/,
  settings: /^\w+ \/settings\b/,
  'settings.budgets': /^PUT \/settings\/budgets\b/,
  mcp: /\/settings\/mcp\b/,
  search: /^GET \/search\b/,
  'analytics.kinds': /[?&]by=kind\b/,
  'metric.output_tokens': /[?&]metric=output_tokens\b/,
  'metric.cost': /[?&]metric=cost\b/,
};

/** A server like `real` that lacks these. */
export async function olderServer(real: RunningServer, lacks: readonly Capability[]): Promise<OlderServer> {
  let missing = lacks;
  const filtered = (names: readonly string[]) => names.filter((name) => !missing.some((one) => one === name));
  const isMissing = (said: string) => missing.some((name) => routes[name]?.test(said));
  const asked: string[] = [];
  const missed: string[] = [];
  const followed: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    const said = `${incoming.method} ${path.replace('/api/v1', '')}`;
    asked.push(path);
    if (!path.startsWith('/api/') || !isMissing(said)) return passOn(real, incoming, outgoing, filtered);
    missed.push(said);
    outgoing.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
  });
  const sockets = new WebSocketServer({ noServer: true });
  proxy.on('upgrade', (incoming, near, head) => {
    const far = new WebSocket(`${real.url.replace(/^http/, 'ws')}${incoming.url}`, {
      headers: { cookie: incoming.headers.cookie ?? '', origin: real.url },
    });
    far.once('open', () => {
      sockets.handleUpgrade(incoming, near, head, (page) => {
        page.on('message', (data) => {
          const frame = JSON.parse(String(data)) as { type: string; sessionId?: string };
          if (frame.type === 'subscribe') followed.push(frame.sessionId ?? '');
          far.send(String(data));
        });
        for (const text of early) page.send(withOlderHello(text, filtered));
        far.on('message', (data) => page.send(withOlderHello(String(data), filtered)));
        page.once('close', () => far.terminate());
        far.once('close', () => page.terminate());
      });
      far.off('message', keep);
    });
    // What comes before the page's own line stands.
    const early: string[] = [];
    const keep = (data: unknown) => void early.push(String(data));
    far.on('message', keep);
    far.on('error', () => near.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const cut = () => {
    for (const page of sockets.clients) page.terminate();
  };
  return {
    url,
    signInUrl: real.signInUrl.replace(real.url, url),
    asked,
    missed,
    followed,
    exchange: (next) => {
      missing = next;
      cut();
    },
    close: () => {
      cut();
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

type Filtered = (names: readonly string[]) => string[];

function withOlderHello(text: string, filtered: Filtered): string {
  const frame = JSON.parse(text) as { type: string; capabilities?: string[] };
  return frame.type === 'hello' ? JSON.stringify({ ...frame, capabilities: filtered(frame.capabilities ?? []) }) : text;
}

function passOn(real: RunningServer, incoming: IncomingMessage, outgoing: ServerResponse, filtered: Filtered): void {
  const { hostname, port, host } = new URL(real.url);
  const path = incoming.url ?? '/';
  const isMeta = path === '/api/v1/meta';
  const headers = { ...incoming.headers, host, ...(isMeta ? { 'accept-encoding': 'identity' } : {}) };
  if (headers.origin) headers.origin = real.url;
  const onward = request({ hostname, port, path, method: incoming.method, headers }, (response) => {
    if (!isMeta) {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      return;
    }
    const pieces: Buffer[] = [];
    response.on('data', (piece: Buffer) => pieces.push(piece));
    response.on('end', () => {
      const meta = JSON.parse(Buffer.concat(pieces).toString()) as { capabilities: string[] };
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ ...meta, capabilities: filtered(meta.capabilities) }));
    });
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
