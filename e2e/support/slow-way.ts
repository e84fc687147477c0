/** A bad network: a way to the server on which answers come byte by byte. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Address } from './line.js';
import type { RunningServer } from './program.js';

const tickMs = 100;

export interface SlowWay {
  /** What to connect to in place of the server. */
  server: Address;
  /** From now on it is as fast as any. */
  widen(): void;
  close(): void;
}

export async function slowWay(to: RunningServer, bytesPerSecond: number): Promise<SlowWay> {
  const ends = new Set<Socket>();
  let isSlow = true;
  const target = new URL(to.url);
  const proxy = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const end of [near, far]) ends.add(end.on('error', () => undefined));
    near.pipe(far);
    // Never more than its share is taken from the system's buffer, so that the server feels how slow it is.
    const timer = setInterval(() => {
      const share = isSlow ? (bytesPerSecond * tickMs) / 1_000 : undefined;
      const piece: Buffer | null = far.read(share) ?? (isSlow ? null : far.read());
      if (piece) near.write(piece);
    }, tickMs);
    far.once('close', () => near.end());
    near.once('close', () => {
      clearInterval(timer);
      far.destroy();
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    server: { url: `http://127.0.0.1:${port}`, token: to.token, host: target.host },
    widen: () => {
      isSlow = false;
    },
    close: () => {
      for (const end of ends) end.destroy();
      proxy.close();
    },
  };
}
