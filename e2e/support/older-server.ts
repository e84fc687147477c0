/** A server that speaks an older contract: the real one behind a way that keeps some capabilities to itself. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { RunningServer } from './program.js';

export interface OlderServer {
  url: string;
  signInUrl: string;
  /** Every path that was asked for, with its query. */
  asked: string[];
  /** From now on it is as new as the server behind it; lines are cut, as by an upgrade. */
  upgrade(): void;
  close(): void;
}

export async function olderServer(real: RunningServer, lacks: readonly string[]): Promise<OlderServer> {
  const { hostname, port, host } = new URL(real.url);
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let missing = lacks;
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const path = incoming.url ?? '/';
    asked.push(path);
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
        const capabilities = meta.capabilities.filter((name) => !missing.includes(name));
        outgoing.writeHead(200, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify({ ...meta, capabilities }));
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const proxy = createServer(answer);
  // The socket's hello is not what the page goes by: it asks for /meta.
  proxy.on('upgrade', (incoming, near: Socket) => {
    const far = connect(Number(port), hostname);
    for (const end of [near, far]) sockets.add(end.on('error', () => undefined));
    const lines = Object.entries({ ...incoming.headers, host, origin: real.url }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    far.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const cut = () => {
    for (const end of sockets) end.destroy();
    sockets.clear();
  };
  return {
    url,
    signInUrl: real.signInUrl.replace(real.url, url),
    asked,
    upgrade: () => {
      missing = [];
      cut();
    },
    close: () => {
      cut();
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
