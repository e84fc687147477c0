/** The built program for other clients: over standard streams, over a port, and beside the web app. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appClient, appServerPort, appServerProcess } from './support/app-client.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { startServer, taffrail } from './support/program.js';

let model: ModelServer;
let folder: ModelFolder;
beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
});
afterAll(async () => {
  await model?.close();
  folder?.remove();
});

const usage = (inputTokens: number) => ({ usage: { inputTokens, outputTokens: 10, cacheReadTokens: 5 } });

describe('over standard streams', () => {
  it('G1: answers what it was asked before its input ended, and ends itself', async () => {
    const { client, child } = appServerProcess(folder, folder.work('streams'));
    await client.initialize();
    client.say({ id: 'last', method: 'model/list', params: {} });
    child.stdin?.end();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(client.messages.at(-1)?.result.data[0]).toMatchObject({ id: 'main/claude-sonnet-4-5', isDefault: true });
  });

  it('G1: a line that is too long, or no message, is passed over; what follows is answered', async () => {
    const { client, child } = appServerProcess(folder, folder.work('huge'));
    await client.initialize();
    const huge = { id: 'huge', method: 'model/list', params: { pad: 'x'.repeat(17 * 1024 * 1024) } };
    client.say(huge);
    child.stdin?.write('\u0000\u0001 no JSON\n');
    expect((await client.ask('model/list')).error).toBeUndefined();
    expect(client.messages.map(({ id }) => id)).not.toContain('huge');
    child.stdin?.end();
    await once(child, 'exit');
  });

  it('G4: a server that was killed in a turn is told by its log: the turn is over, its usage that turn’s', async () => {
    model.script('killed in a turn', [
      { parts: [{ text: 'One.' }], ...usage(100) },
      { parts: [{ toolCall: { name: 'run_command', input: { command: 'true', shell: true } } }], ...usage(200) },
      { parts: [{ text: 'Never' }], stallAfter: 'end' },
    ]);
    const cwd = folder.work('killed');
    const first = appServerProcess(folder, cwd);
    await first.client.initialize();
    const threadId: string = (await first.client.ask('thread/start')).result.thread.id;
    await first.client.turn(threadId, 'killed in a turn');
    const from = first.client.messages.length;
    const second: string = (
      await first.client.ask('turn/start', { threadId, input: [{ type: 'text', text: 'again' }] })
    ).result.turn.id;
    await first.client.until(({ method, params }) => method === 'item/agentMessage/delta' && params.delta !== '', from);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const next = appServerProcess(folder, cwd);
    await next.client.initialize();
    const { thread } = (await next.client.ask('thread/resume', { threadId })).result;
    const replay = await next.client.until(({ method }) => method === 'thread/tokenUsage/updated');
    expect(thread.turns.map(({ status }) => status)).toEqual(['completed', 'interrupted']);
    expect([replay.params.turnId, replay.params.tokenUsage.total.totalTokens]).toEqual([second, 320]);
    expect(await next.client.turn(threadId, 'and on')).not.toBe(second);
    next.child.kill('SIGTERM');
    await once(next.child, 'exit');
  });

  it('G1: its sessions are in the archive like all others', async () => {
    const { stdout } = await taffrail(['sessions', '--data-dir', folder.dataDir, '--json']);
    expect(stdout).toContain('killed in a turn');
  });
});

describe('on a port', () => {
  it('G1: lets in who shows the token, no page of a site, and tells that it lives', async () => {
    const { url, child } = await appServerPort(folder);
    const token = readFileSync(join(folder.dataDir, 'token'), 'utf8').trim();
    const bearer = { authorization: `Bearer ${token}` };
    await expect(appClient(url, {})).rejects.toThrow('401');
    await expect(appClient(url, { authorization: 'Bearer wrong' })).rejects.toThrow('401');
    await expect(appClient(url, { ...bearer, origin: 'http://127.0.0.1' })).rejects.toThrow('403');
    const { client, socket } = await appClient(url, bearer);
    expect((await client.initialize()).result.platformFamily).toBe('unix');
    const probe = url.replace('ws:', 'http:');
    expect((await fetch(`${probe}/readyz`)).status).toBe(200);
    expect((await fetch(`${probe}/healthz`, { headers: { origin: 'http://a.example' } })).status).toBe(403);
    socket.terminate();
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('G1: says in one line what is wrong with its address', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const at = (listen: string) => taffrail(['app-server', '--listen', listen, '--data-dir', folder.dataDir]);
    expect(await at('tcp://1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('neither stdio:// nor ws://'),
    });
    expect(await at(`ws://127.0.0.1:${port}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('EADDRINUSE'),
    });
    taken.close();
  });
});

describe('beside the web app', () => {
  it('G1: the same rules, the same session, whichever of the two asks', async () => {
    model.script('seen from both sides', [
      { parts: [{ text: 'One.' }], ...usage(100) },
      { parts: [{ text: 'Two.' }], ...usage(200) },
    ]);
    const server = await startServer(folder);
    const url = `${server.url.replace('http:', 'ws:')}/app-server`;
    const bearer = { authorization: `Bearer ${server.token}` };
    await expect(appClient(url, {})).rejects.toThrow('401');
    await expect(appClient(url, { ...bearer, host: 'rebound.example' })).rejects.toThrow('403');
    await expect(appClient(url, { ...bearer, origin: 'http://a.example' })).rejects.toThrow('403');
    const { client, socket } = await appClient(url, bearer);
    await client.initialize();
    const threadId: string = (await client.ask('thread/start', { cwd: folder.work('both') })).result.thread.id;
    await client.turn(threadId, 'seen from both sides');
    const session = (await (await server.get(`/sessions/${threadId}`)).json()) as { usage: { inputTokens: number } };
    expect(session.usage.inputTokens).toBe(100);
    const from = client.messages.length;
    await server.order('POST', `/sessions/${threadId}/turns`, { input: 'asked by the other' });
    await client.until(({ method }) => method === 'turn/completed', from);
    const said = client.messages
      .slice(from)
      .flatMap(({ method, params }) =>
        method === 'item/completed' ? [params.item.text ?? params.item.content[0].text] : [],
      );
    expect(said).toEqual(['asked by the other', 'Two.']);
    // A client on standard streams is led to the server that runs already.
    const { client: led, child } = appServerProcess(folder, folder.work('both'));
    await led.initialize();
    expect((await led.ask('thread/resume', { threadId })).result.thread.turns).toHaveLength(2);
    expect((await led.ask('thread/loaded/list')).result.data).toContain(threadId);
    led.say({ id: 'last', method: 'thread/read', params: { threadId } });
    child.stdin?.end();
    const [code] = await once(child, 'exit');
    expect([code, led.messages.at(-1)?.id]).toEqual([0, 'last']);
    socket.terminate();
    await server.stop();
  });
});
