/**
 * SIGKILL of the server at any moment of a turn: what a client was shown is in the log, what was used is counted once, no
 * tool runs twice, and the session can be gone on with.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type ModelServer, randomSeed, startModelServer } from '@taffrail/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KilledSession } from './support/killed-session.js';
import { type ModelFolder, modelFolder } from './support/model-folder.js';
import { killWhileStarting, type RunningServer, startServer, taffrail } from './support/program.js';
import { Watcher } from './support/watcher.js';

const seed = randomSeed();
const killsMin = Number(process.env['TAFFRAIL_KILLS'] ?? 10);
const secondsPerKill = 15;

let model: ModelServer;
let folder: ModelFolder;
let server: RunningServer;
let watcher: Watcher;
/** How long a turn takes that nobody disturbs. */
let turnMs: number;
let startMs: number;

const made = (name: string, ending: 'stalls' | 'sleeps' | 'ends') =>
  new KilledSession(name, ending, { model, watcher, folder });

beforeAll(async () => {
  model = await startModelServer();
  folder = modelFolder(model.url);
  server = await startServer(folder);
  watcher = new Watcher(server);
  const undisturbed = made('undisturbed', 'ends');
  await undisturbed.create(server);
  const startedAt = performance.now();
  await undisturbed.begin(server);
  await watcher.shows(undisturbed.id, ({ turns }) => turns.get(undisturbed.turn('first'))?.outcome === 'complete');
  turnMs = performance.now() - startedAt;
  await server.kill();
  const stoppedAt = performance.now();
  server = await startServer(folder);
  startMs = performance.now() - stoppedAt;
  watcher.wake(server);
});

afterAll(async () => {
  watcher?.stop();
  await server?.kill();
  await model?.close();
  folder?.remove();
});

interface Moment {
  /** Where in the turn the server is killed, and where in its next start once more: as shares of what they take. */
  turn: number;
  start: number;
  isKilledInStart: boolean;
}

// Thousandths, all as likely: `fc.double` would draw nearly always a moment next to the beginning.
const share = (max: number) => fc.noBias(fc.integer({ min: 0, max: max * 1_000 })).map((drawn) => drawn / 1_000);
const moments = fc.record({ turn: share(1.1), start: share(1), isKilledInStart: fc.boolean() });

/** Two sessions at once: one that cannot end, with an input that waits, and one that may. Returns what is wrong. */
async function round(number: number, moment: Moment): Promise<string[]> {
  const endless = made(`endless${number}.`, number % 2 === 0 ? 'stalls' : 'sleeps');
  const other = made(`other${number}.`, 'ends');
  for (const session of [endless, other]) await session.create(server);
  await endless.begin(server);
  await endless.ask(server, 'queued');
  // Its answer may be what the kill cuts off.
  const asked = other.begin(server).catch(() => undefined);
  await wait(moment.turn * turnMs);
  await server.kill();
  await asked;
  await model.waitFor((served) => served.every(({ outcome }) => outcome !== null && outcome !== 'stalled'));
  if (moment.isKilledInStart) await killWhileStarting(folder, moment.start * startMs);
  server = await startServer(folder);
  const wrong = [await endless.wrongAfterRestart(server), await other.wrongAfterRestart(server)].flat();
  return [...wrong, ...(await goOn(endless, other))];
}

async function goOn(endless: KilledSession, other: KilledSession): Promise<string[]> {
  watcher.wake(server);
  const before = await watcher.shows(endless.id, ({ status }) => status === 'interrupted');
  for (const session of [endless, other]) await session.ask(server, 'go on');
  const isDone = (session: KilledSession, what: string) =>
    watcher.shows(session.id, ({ turns }) => turns.get(session.turn(what))?.outcome === 'complete');
  await isDone(other, 'go on');
  await isDone(endless, 'go on');
  const after = await isDone(endless, 'queued');
  const inTheEnd = [await endless.wrongInTheEnd(server), await other.wrongInTheEnd(server)].flat();
  // A socket follows so many sessions and no more.
  for (const session of [endless, other]) session.leave();
  return [
    ...(before.queue.has(endless.turn('queued')) ? [] : [`${endless.name}: what was queued waits no longer`]),
    ...(after.queue.size === 0 ? [] : [`${endless.name}: what was queued still waits`]),
    ...inTheEnd,
  ];
}

describe('a server that is killed while agents work', () => {
  it(
    `H1, A1, A6, B1, B3, E1: loses nothing that was shown, counts once, runs nothing twice, and goes on (seed ${seed})`,
    async () => {
      const sample = fc.sample(moments, { seed, numRuns: killsMin });
      const wrong: string[] = [];
      for (const [number, moment] of sample.entries())
        wrong.push(...(await round(number, moment)).map((words) => `${words} (killed at ${JSON.stringify(moment)})`));
      expect(wrong).toEqual([]);
      expect(watcher.lost).toEqual([]);
      expect(watcher.reports).toEqual([]);
    },
    killsMin * secondsPerKill * 1_000,
  );

  it('leaves sound data', async () => {
    const { code, stdout } = await taffrail(['doctor', '--json', '--data-dir', folder.dataDir, '--home', folder.home]);
    expect({ code, integrity: JSON.parse(stdout).integrity }).toEqual({ code: 0, integrity: [] });
  });
});
