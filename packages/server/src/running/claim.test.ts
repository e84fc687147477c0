/** Who may run sessions on a data folder, and how a server is found and known. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataHome, dataHome } from '../data-home.js';
import { claimAlone, serverOrClaim } from './claim.js';
import { isProven, newNonce, proofHeader, proofOf } from './proof.js';
import { callable } from './server-file.js';

let dir: string;
let home: DataHome;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'taffrail-claim-'));
  home = dataHome(dir, {});
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A program that listens where a server is said to be. */
async function listening(answer: (nonce: string, host: string) => string) {
  const heard: IncomingHttpHeaders[] = [];
  const program = createServer((request, response) => {
    heard.push(request.headers);
    const host = request.headers.host ?? '';
    const nonce = new URL(request.url ?? '', `http://${host}`).searchParams.get('nonce') ?? '';
    response.writeHead(200, { [proofHeader]: answer(nonce, host) }).end('ok');
  });
  await new Promise<void>((ready) => program.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(program.address() as AddressInfo).port}`;
  writeFileSync(join(dir, 'server.json'), JSON.stringify({ url, pid: 1 }));
  return { url, heard, close: () => program.close() };
}

describe('H5: a data folder', () => {
  it('is one server’s alone, or any number of single turns’', async () => {
    const turns = [await serverOrClaim(home), await serverOrClaim(home)].map((claim) => 'lock' in claim && claim.lock);
    expect(() => claimAlone(home)).toThrow(/"taffrail run" or "taffrail app-server" is at work/);
    for (const lock of turns) if (lock) lock.release();
    const server = claimAlone(home);
    expect(() => claimAlone(home)).toThrow(/a server is just starting/);
    await expect(serverOrClaim(home, 0)).rejects.toThrow(/does not answer with this folder's token/);
    server.release();
    claimAlone(home).release();
  });

  it('names its server only where that proves to hold the token; nobody else is shown it', async () => {
    const lock = claimAlone(home);
    const stranger = await listening(() => 'guessed');
    await expect(serverOrClaim(home, 300)).rejects.toThrow(stranger.url);
    expect(stranger.heard.length).toBeGreaterThan(0);
    expect(JSON.stringify(stranger.heard)).not.toContain(home.token());
    stranger.close();
    const server = await listening((nonce, host) => proofOf({ token: home.token(), nonce, host }));
    expect(await serverOrClaim(home)).toEqual({ server: { url: server.url, pid: 1, token: home.token() } });
    server.close();
    lock.release();
  });
});

describe('a proof', () => {
  it('is worth nothing for another nonce, another name, another token', () => {
    const challenge = { token: 't', nonce: newNonce(), host: '127.0.0.1:7420' };
    const proof = proofOf(challenge);
    expect(isProven(proof, challenge)).toBe(true);
    for (const other of [{ nonce: newNonce() }, { host: '127.0.0.1:7421' }, { token: 'u' }])
      expect(isProven(proof, { ...challenge, ...other })).toBe(false);
    expect(isProven(null, challenge)).toBe(false);
  });
});

describe('the address of a server', () => {
  it('can be called from its own machine', () => {
    expect([callable('0.0.0.0', 1), callable('::', 2), callable('::1', 3), callable('localhost', 4)]).toEqual([
      'http://127.0.0.1:1',
      'http://127.0.0.1:2',
      'http://[::1]:3',
      'http://localhost:4',
    ]);
  });
});
