/** Files over HTTP: what is taken, how it is served, what is offered by name, and what goes when nobody names it. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import { type FoundFiles, fileLimits, type KeptFile, type PlacedItem, type Problem } from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataHome } from './data-home.js';
import { Uploads } from './files/uploads.js';
import { serve } from './serve.js';

const folder = mkdtempSync(join(tmpdir(), 'taffrail-files-'));
const project = join(folder, 'project');
const uploads = join(folder, 'data/uploads');
const stop = new AbortController();
let models: ModelServer;
let base = '';
let token = '';
let done: Promise<void>;

const config = (url: string) => `
[[keys]]
id = "main"
provider = "anthropic"
base_url = "${url}"
[[agents]]
name = "default"
models = ["main/claude-sonnet-4-5"]
`;
const stale = 'a'.repeat(64);

function file(path: string, content = ''): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
}

beforeAll(async () => {
  for (const path of ['.gitignore', 'README.md', 'src/main.ts', 'src/deep/mainsail.ts', 'dist/main.js', '.git/HEAD'])
    file(path, path === '.gitignore' ? 'dist\n' : '');
  mkdirSync(uploads, { recursive: true });
  writeFileSync(join(uploads, stale), 'old');
  utimesSync(join(uploads, stale), 1, 1);
  models = await startModelServer();
  writeFileSync(join(folder, 'data/config.toml'), config(models.url));
  const home = dataHome(join(folder, 'data'), {});
  token = home.token();
  await new Promise<void>((ready, failed) => {
    const onReady = ({ url }: { url: string }) => {
      base = `${url}/api/v1`;
      ready();
    };
    const place = { home, host: '127.0.0.1', port: 0, watch: false, importHome: folder, agents: [] };
    done = serve({ ...place, signal: stop.signal, onReady });
    done.catch(failed);
  });
  await order('/sessions', { id: 's', cwd: project });
}, 30_000);

afterAll(async () => {
  stop.abort();
  await done;
  await models.close();
  rmSync(folder, { recursive: true });
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${base}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
const order = (path: string, body: object) => ask(path, { method: 'POST', body: JSON.stringify(body) });
const send = (bytes: BodyInit, name: string, session = 's') =>
  ask(`/sessions/${session}/attachments?name=${encodeURIComponent(name)}`, { method: 'POST', body: bytes });
const kept = async (bytes: BodyInit, name: string) => (await (await send(bytes, name)).json()) as KeptFile;
const refusal = async (answer: Response) => [answer.status, ((await answer.json()) as Problem).detail];

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 7]);

async function until<Answer>(look: () => Promise<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> {
  for (const deadline = Date.now() + 10_000; ; ) {
    const answer = await look();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`it does not come to this: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('issue 3: a file that is sent', () => {
  it('is known by its hash, and is what its bytes are, whatever its name says', async () => {
    const hash = createHash('sha256').update(png).digest('hex');
    expect(await kept(png, '../../etc/page.html')).toEqual({
      hash,
      sizeBytes: png.length,
      mediaType: 'image/png',
      name: 'page.html',
    });
    expect((await kept('<svg xmlns="http://www.w3.org/2000/svg"/>', 'x.png')).mediaType).toBe('text/plain');
  });

  it('is refused with what is wrong with it', async () => {
    expect(await refusal(await send('', 'empty.txt'))).toEqual([400, 'empty.txt is empty.']);
    expect(await refusal(await send(new Uint8Array([0x50, 0x4b, 3, 4, 0]), 'a.zip'))).toEqual([
      400,
      'a.zip is a ZIP archive. Images (PNG, JPEG, GIF, WebP), PDF documents and text can be attached.',
    ]);
    expect((await refusal(await send('a'.repeat(fileLimits.textBytesMax + 1), 'log.txt')))[1]).toMatch(
      /^log\.txt is more text than can be attached \(512 KB\)/,
    );
    const large = new Uint8Array(fileLimits.bytesMax + 1);
    expect(await refusal(await send(large, 'large.png'))).toEqual([413, 'large.png is larger than 10 MB.']);
    expect((await send(png, 'a.png', 'nobody')).status).toBe(404);
  });

  it('is refused as soon as it is too long, also where it does not say how long it is', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1024 * 1024;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
    const answer = await ask('/sessions/s/attachments?name=endless', init).then(
      ({ status }) => status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(answer);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('is served as an image only where it is one, and then as nothing that a browser runs', async () => {
    const served = async (bytes: BodyInit) => {
      const { hash } = await kept(bytes, 'x.png');
      const answer = await ask(`/sessions/s/blobs/${hash}`);
      return Object.fromEntries(
        ['content-type', 'content-disposition', 'content-security-policy', 'x-content-type-options'].map((name) => [
          name,
          answer.headers.get(name),
        ]),
      );
    };
    const sealed = {
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
    };
    expect(await served(png)).toEqual({
      'content-type': 'image/png',
      'content-disposition': 'inline',
      ...sealed,
    });
    for (const page of ['<svg onload="alert(1)"/>', '<script>alert(1)</script>', '%PDF-1.7'])
      expect(await served(page)).toEqual({
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment',
        ...sealed,
      });
    expect((await ask('/sessions/s/blobs/..%2F..%2Ftoken')).status).toBe(404);
  });

  it('goes into the log when an order names it, and the same order again changes nothing', async () => {
    models.script('what is this?', [{ parts: [{ text: 'A dot.' }] }]);
    const { hash } = await kept(png, 'dot.png');
    const body = { id: 'turn', input: 'what is this?', attachments: [{ hash, name: 'dot.png' }] };
    const answers = [await order('/sessions/s/turns', body), await order('/sessions/s/turns', body)];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const items = await until(
      async () => ((await (await ask('/sessions/s/items')).json()) as { items: PlacedItem[] }).items,
      (found) => found.some(({ item }) => item.text === 'A dot.'),
    );
    expect(items[0]?.item).toMatchObject({
      attachments: [{ mediaType: 'image/png', name: 'dot.png', blob: { hash } }],
    });
    expect(items).toHaveLength(2);
    rmSync(join(uploads, hash));
    expect((await ask(`/sessions/s/blobs/${hash}`)).headers.get('content-type')).toBe('image/png');
  });

  it('cannot be named where it never was, nor may too many go with one message', async () => {
    const named = (count: number, hash: string) =>
      order('/sessions/s/turns', {
        input: 'x',
        attachments: Array.from({ length: count }, () => ({ hash, name: 'f' })),
      });
    expect((await refusal(await named(1, 'b'.repeat(64))))[1]).toMatch(/^f is no longer here: files wait for a day/);
    const { hash } = await kept(png, 'dot.png');
    expect((await refusal(await named(fileLimits.perTurn + 1, hash)))[0]).toBe(400);
    const heavy = await kept(Buffer.concat([png, Buffer.alloc(9_000_000)]), 'heavy.png');
    expect(await refusal(await named(3, heavy.hash))).toEqual([
      413,
      'The files of one message are larger than 24 MB together.',
    ]);
  });

  it('goes after a day when nobody names it', async () => {
    expect(readdirSync(uploads)).not.toContain(stale);
    const { hash } = await kept('kept', 'k.txt');
    const store = { queries: {} } as ConstructorParameters<typeof Uploads>[0]['store'];
    const at = (hours: number) =>
      new Uploads({ dataDir: join(folder, 'data'), store, now: () => Date.now() + hours * 3_600_000 });
    await at(23).sweep();
    expect(readdirSync(uploads)).toContain(hash);
    await at(25).sweep();
    expect(readdirSync(uploads)).toEqual([]);
  });
});

describe('UI: files of the folder by name', () => {
  const find = async (typed: string) =>
    ((await (await ask(`/sessions/s/files?q=${encodeURIComponent(typed)}`)).json()) as FoundFiles).files;

  it('are the likeliest first, without what git ignores', async () => {
    expect(await find('main')).toEqual(['src/main.ts', 'src/deep/mainsail.ts']);
    expect(await find('')).toEqual(['README.md', '.gitignore', 'src/main.ts', 'src/deep/mainsail.ts']);
    expect(await find('deep/')).toEqual(['src/deep/mainsail.ts']);
    expect(await find('sdm')).toEqual(['src/deep/mainsail.ts']);
    expect(await find('nothing like it')).toEqual([]);
  });
});
