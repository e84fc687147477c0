/** The fake MCP server over streamable HTTP. It may want a token, and may forget whom it knows. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { fakeServer } from './server.js';

export interface FakeHttpServer {
  url: string;
  /** Headers of all requests so far. */
  seen: IncomingMessage['headers'][];
  /** As a server does that was started anew. */
  forget(): void;
  close(): Promise<void>;
}

/** @param token Requests without it are refused. */
export async function serveHttp(port = 0, token: string | null = null): Promise<FakeHttpServer> {
  let known = new Map<string, StreamableHTTPServerTransport>();
  const seen: IncomingMessage['headers'][] = [];
  const http = createServer((request, response) => {
    seen.push(request.headers);
    if (token !== null && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { 'content-type': 'text/plain' }).end('who are you?');
      return;
    }
    const id = request.headers['mcp-session-id'];
    const transport = typeof id === 'string' ? known.get(id) : undefined;
    if (transport) void transport.handleRequest(request, response);
    else if (id !== undefined) response.writeHead(404).end('no such session');
    else void newcomer().then((one) => one.handleRequest(request, response));
  });
  const newcomer = async () => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void known.set(id, transport),
    });
    await fakeServer().connect(transport);
    return transport;
  };
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    seen,
    forget: () => {
      known = new Map();
    },
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
