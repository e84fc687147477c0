/** `taffrail run` and the server as processes of their own: what becomes of a turn when either of them ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import { type Row, rowSchema } from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from './support/line.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { programPath, type RunningServer, startServer, taffrail, until } from './support/program.js';

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  server = await startServer(folder);
});

afterAll(async () => {
  await server.kill();
  await model.close();
  folder.remove();
});

/** An answer in two halves: the second one comes when the gate is opened. */
function halves(prompt: string): void {
  model.script(prompt, [
    { parts: [{ text: 'The keel is laid. The mast is up.' }], chunkSize: 17, gates: [{ at: 1, name: prompt }] },
  ]);
}

interface Running {
  child: ChildProcess;
  /** What it printed so far. */
  stdout(): string;
  stderr(): string;
  ended: Promise<number | null>;
}

function run(prompt: string, ...more: string[]): Running {
  const args = ['run', prompt, '--data-dir', folder.dataDir, '--cwd', folder.work('boat'), ...more];
  const env = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...folder.env };
  const child = spawn(process.execPath, [programPath, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (chunk: Buffer) => {
      printed[name] += chunk.toString();
    });
  const ended = once(child, 'exit').then(() => child.exitCode);
  return { child, stdout: () => printed.stdout, stderr: () => printed.stderr, ended };
}

const shows = (running: Running, text: string) =>
  until(
    async () => running.stdout() + running.stderr(),
    (printed) => printed.includes(text),
  );

interface Listed {
  id: string;
  title: string;
  status: string;
}

const sessionFor = async (prompt: string): Promise<Listed> => {
  const { sessions } = (await (await server.get('/sessions?open=true')).json()) as { sessions: Listed[] };
  return sessions.find(({ title }) => title === prompt) ?? { id: '', title: '', status: 'none' };
};

const rowsIn = (text: string): Row[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => rowSchema.parse(JSON.parse(line)));

describe('a turn of the command line in a running server', () => {
  it('B1: goes on when the command is killed', async () => {
    halves('lay the keel');
    const running = run('lay the keel');
    await shows(running, 'The keel is laid.');
    running.child.kill('SIGKILL');
    await running.ended;
    model.gate('lay the keel').open();
    const { id } = await until(
      () => sessionFor('lay the keel'),
      ({ status }) => status === 'idle',
    );
    const { state } = await replay(server, id);
    expect([...state.items.values()].at(-1)?.item.text).toBe('The keel is laid. The mast is up.');
  });

  it('issue 3: is stopped by the first Ctrl-C', async () => {
    halves('stop me');
    const running = run('stop me');
    await shows(running, 'The keel is laid.');
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(1);
    expect(running.stderr()).toContain('the turn was cancelled');
    expect((await sessionFor('stop me')).status).toBe('idle');
  });

  it('B-beyond: is told to its end through kill -9 of the server, each row once', async () => {
    halves('sail on');
    const running = run('sail on', '--json');
    await shows(running, 'The keel is laid.');
    await server.kill();
    server = await startServer({ ...folder, port: Number(new URL(server.url).port) });
    expect(await running.ended).toBe(1);
    expect(running.stderr()).toContain('the turn was interrupted');
    const told = rowsIn(running.stdout());
    const { id } = await sessionFor('sail on');
    const logged = (await replay(server, id)).rows;
    const seqs = told.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
    // All that the log has from the turn's beginning on.
    const from = told[0]?.seq ?? 0;
    expect(logged.filter(({ seq }) => seq >= from && !seqs.includes(seq))).toEqual([]);
    expect(told.at(-1)).toMatchObject({ kind: 'turn.completed', data: { outcome: 'interrupted' } });
  });

  it('H5: a second server on the same data folder is refused, and harms nothing', async () => {
    halves('undisturbed');
    const running = run('undisturbed');
    await shows(running, 'The keel is laid.');
    const second = await taffrail([
      'serve',
      '--no-open',
      '--port',
      '0',
      '--data-dir',
      folder.dataDir,
      '--home',
      folder.home,
    ]);
    expect(second).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`a server already runs on ${folder.dataDir}`),
    });
    model.gate('undisturbed').open();
    expect(await running.ended).toBe(0);
    expect(running.stdout()).toBe('The keel is laid. The mast is up.\n');
  });

  it('H5: where no server runs, the turn runs in the command, and a killed one lets go of the folder', async () => {
    await server.stop();
    halves('by itself');
    const running = run('by itself');
    await shows(running, 'The keel is laid.');
    running.child.kill('SIGKILL');
    await running.ended;
    server = await startServer(folder);
    expect((await sessionFor('by itself')).status).toBe('interrupted');
  });
});
