/** `server.json`: where the server of a data folder listens, for who works on the same folder. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const serverFileName = 'server.json';

/** Returns how to take it away again. One that is left behind misleads nobody: the lock tells whether a server is there. */
export function writeServerFile(dir: string, url: string): () => void {
  const path = join(dir, serverFileName);
  writeFileSync(`${path}.part`, `${JSON.stringify({ url, pid: process.pid })}\n`, { mode: 0o600 });
  renameSync(`${path}.part`, path);
  return () => rmSync(path, { force: true });
}

/** An address that this machine can call: a server that listens everywhere also listens here. */
export function callable(host: string, port: number): string {
  const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}`;
}
