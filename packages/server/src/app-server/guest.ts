/** The app-server as a guest of `taffrail serve`: on the same port under a path of its own, by the same rules. */
import type { Guest } from '../stream/hub.js';
import { AppServer, type AppServerParts } from './app-server.js';
import { AppServerSockets } from './websocket.js';

export interface AppServerGuest extends Guest {
  close(): void;
}

export function appServerGuest(parts: Omit<AppServerParts, 'cwd' | 'aloneAt' | 'now'>): AppServerGuest {
  // What another server left running was ended, or goes on here, before any client comes.
  const server = new AppServer({ ...parts, cwd: process.cwd(), aloneAt: null, now: Date.now });
  const sockets = new AppServerSockets(server);
  return {
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    changed: (ids) => server.changed(ids),
    close: () => sockets.close(),
  };
}
