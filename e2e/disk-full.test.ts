/** A disk that is full, a file that may not grow: one clear line, nothing spoiled, and it goes on when there is room. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpus } from '../bench/corpus/generate.js';
import { differences, dumpOf } from './support/archive-dump.js';
import { type Outcome, programPath, taffrail } from './support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'taffrail-full-'));
const [undisturbed, disk, limited] = [join(folder, 'undisturbed'), join(folder, 'disk'), join(folder, 'limited')];
const onDisk = join(disk, 'data');
let home: string;

/** Only root may mount; elsewhere the limit on a file's size stands for the disk. */
function canMount(): boolean {
  mkdirSync(disk, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const mounted = canMount();
const makeRoom = () => execFileSync('mount', ['-o', 'remount,size=500m', disk]);

const importInto = (dataDir: string) => taffrail(['import', '--data-dir', dataDir, '--home', home]);

/** An import whose files may not grow beyond so many blocks of 512 bytes. */
function importLimited(blocks: number): Promise<Outcome> {
  const command = `ulimit -f ${blocks}; exec "$0" "$@"`;
  const args = ['-c', command, process.execPath, programPath, 'import', '--data-dir', limited, '--home', home];
  const child = spawn('sh', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, stdout: '', stderr })));
}

beforeAll(async () => {
  home = corpus(folder, { seed: 11, sizeMb: 6 }).home;
  expect(await importInto(undisturbed)).toMatchObject({ code: 0 });
});
afterAll(() => {
  if (mounted) execFileSync('umount', ['--lazy', disk]);
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!mounted)('a full disk', () => {
  it('ends the import with one clear line', async () => {
    const { code, stderr } = await importInto(onDisk);
    expect(code).toBe(1);
    expect(stderr.trimEnd()).toMatch(/^taffrail: [^\n]*full[^\n]*$/);
  });

  it('leaves an archive that is sound, and can be read', async () => {
    expect(await taffrail(['usage', 'total', '--json', '--data-dir', onDisk])).toMatchObject({ code: 0 });
    expect(await taffrail(['sessions', '--json', '--data-dir', onDisk])).toMatchObject({ code: 0 });
  });

  it('with room again, the import goes on to the same state', async () => {
    makeRoom();
    expect(await importInto(onDisk)).toMatchObject({ code: 0 });
    expect(differences(await dumpOf(onDisk), await dumpOf(undisturbed))).toEqual([]);
  });
});

describe('a file that may not grow', () => {
  it('ends the import with one clear line', async () => {
    const { code, stderr } = await importLimited(6_000);
    expect(code).toBe(1);
    expect(stderr.trimEnd()).toMatch(/^taffrail: [^\n]+$/);
  });

  it('without the limit, the import goes on to the same state', async () => {
    expect(await importInto(limited)).toMatchObject({ code: 0 });
    expect(differences(await dumpOf(limited), await dumpOf(undisturbed))).toEqual([]);
  });
});
