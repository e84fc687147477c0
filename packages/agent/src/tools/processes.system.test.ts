/** Programs of a server that is gone are ended by the next one; a stranger with the same number is not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isGroupAlive, sessionOf, signalGroup, startOf } from './process-table.js';
import { processRegistry, sweepProcesses } from './processes.js';

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'taffrail-processes-')), 'running');
  children = [];
});
afterEach(() => {
  for (const { pid = 0 } of children) signalGroup(pid, 'SIGKILL');
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

async function start(command: string): Promise<number> {
  const child = spawn('sh', ['-c', `echo on; ${command}`], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

/** The leader ends at once and leaves its group behind. */
async function startLeaderless(whileItRuns: (pid: number) => void): Promise<number> {
  const pid = await start('sleep 100 >/dev/null 2>&1 & sleep 100 >/dev/null 2>&1 & exec sleep 0.3');
  whileItRuns(pid);
  while (startOf(pid) !== null) await wait(10);
  return pid;
}

test('E1: what a crash left running is ended with all that it started, and told', async () => {
  const pid = await start('sleep 100 & sleep 100 & wait');
  processRegistry(folder).started({ pid, command: 'sleep 100' });
  expect(await sweepProcesses(folder)).toEqual(['sleep 100']);
  expect(isGroupAlive(pid)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test('E1: what a leader left behind before the crash is ended too', async () => {
  const pid = await startLeaderless((started) => processRegistry(folder).started({ pid: started, command: 'sh' }));
  expect(sessionOf(pid)).toHaveLength(2);
  expect(await sweepProcesses(folder)).toEqual(['sh']);
  expect(sessionOf(pid)).toEqual([]);
});

test('E1: a program that ended is forgotten', async () => {
  const pid = await start('sleep 100');
  processRegistry(folder).started({ pid, command: 'sleep 100' })();
  expect(readdirSync(folder)).toEqual([]);
  expect(await sweepProcesses(folder)).toEqual([]);
  expect(isGroupAlive(pid)).toBe(true);
});

test('E1: another process that has got the same number is left alone', async () => {
  const pid = await start('sleep 100');
  const [boot, ticks] = (startOf(pid) ?? '').split(' ');
  processRegistry(folder).started({ pid, command: 'sleep 100' });
  const path = join(folder, readdirSync(folder)[0] ?? '');
  const record = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...record, start: `${boot} ${Number(ticks) - 1}` }));
  expect(await sweepProcesses(folder)).toEqual([]);
  expect(isGroupAlive(pid)).toBe(true);
});

test('E1: a group from before the machine was started again is left alone', async () => {
  const pid = await startLeaderless((started) => processRegistry(folder).started({ pid: started, command: 'old' }));
  const path = join(folder, readdirSync(folder)[0] ?? '');
  writeFileSync(path, JSON.stringify({ pid, start: 'another-boot 123', command: 'old' }));
  expect(await sweepProcesses(folder)).toEqual([]);
  expect(sessionOf(pid)).toHaveLength(2);
});

test('E1: broken files and a missing folder are no trouble', async () => {
  expect(await sweepProcesses(folder)).toEqual([]);
  processRegistry(folder).started({ pid: process.pid, command: 'x' })();
  writeFileSync(join(folder, 'a.json'), '{"pid":');
  writeFileSync(join(folder, 'b.json'), '{"pid":1,"start":null,"command":"init"}');
  writeFileSync(join(folder, 'c.json'), '{"pid":-5,"start":"","command":"x"}');
  expect(await sweepProcesses(folder)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
