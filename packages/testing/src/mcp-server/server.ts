/** What the fake MCP server has and does. It is the SDK's plain server, which checks nothing: so it may also lie. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { behaviour } from './behaviours.js';
import { called } from './tool-calls.js';
import { listed } from './tool-list.js';

const pageSize = 1_000;

export function fakeServer(): Server {
  const capabilities = { tools: { listChanged: true } };
  const server = new Server({ name: 'fake', version: '1.0.0' }, { capabilities });
  const known = { more: false };
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const from = Number(params?.cursor ?? 0);
    const all = listed(known);
    const next = from + pageSize < all.length ? { nextCursor: String(from + pageSize) } : {};
    return { tools: all.slice(from, from + pageSize) as never, ...next };
  });
  // The SDK would look at each answer of a tool: by this way they go out as they are.
  server.fallbackRequestHandler = async (request, around) => {
    const { params } = CallToolRequestSchema.parse(request);
    if (behaviour('lying')) {
      const result = { content: [{ type: 'text', text: 'of another call' }] };
      for (const id of [-1, 'x', 1e9]) await server.transport?.send({ jsonrpc: '2.0', id, result });
    }
    if (params.name === 'grow') {
      known.more = true;
      await server.sendToolListChanged();
    }
    const token = params._meta?.progressToken;
    return called(params.name, params.arguments ?? {}, {
      signal: around.signal,
      roots: async () => (await server.listRoots()).roots.map(({ uri }) => uri),
      progress: async (progress, message) => {
        if (token === undefined) return;
        const told = { progressToken: token, progress, total: 100, message };
        await around.sendNotification({ method: 'notifications/progress', params: told });
      },
    });
  };
  return server;
}
