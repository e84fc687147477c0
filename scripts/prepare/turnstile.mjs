/**
 * Lets one process at a time install and build in a clone: two `npm ci` at once destroy each other's node_modules.
 * The lock is a folder that appears whole, by rename, with its owner's name inside. Its owner touches it every few
 * seconds. It is taken away when its processes are gone or, if they are on another machine, when nobody touched it for a
 * minute. (Here a time alone proves nothing: a machine that slept wakes with every lock old and every owner alive.)
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const touchEveryMs = 5_000;
const staleAfterMs = 60_000;
const waitMaxMs = 15 * 60_000;
const pollMs = 200;

/** What stands in the lock: this process, and the children that may outlive it when it is killed. */
function owner(childPids = []) {
  return JSON.stringify({ pids: [process.pid, ...childPids], host: hostname() });
}

function take(lock) {
  const mine = `${lock}.${hostname()}.${process.pid}`;
  rmSync(mine, { recursive: true, force: true });
  mkdirSync(mine, { recursive: true });
  writeFileSync(`${mine}/owner`, owner());
  try {
    renameSync(mine, lock);
    return true;
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    if (['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(error.code)) return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** True if the holder is gone. A lock that disappears while it is looked at is not stale: it was released. */
function isStale(lock) {
  try {
    const { pids, host } = JSON.parse(readFileSync(`${lock}/owner`, 'utf8'));
    if (host === hostname()) return !pids.some(isAlive);
    return Date.now() - statSync(lock).mtimeMs > staleAfterMs;
  } catch (error) {
    return error instanceof SyntaxError;
  }
}

/**
 * Takes a stale lock away, and says if it did. Only one process may do so at a time, and it looks again first: otherwise two could
 * judge the same lock, and the slower one would take away the new lock of the faster.
 */
function clearIfStale(lock) {
  if (!isStale(lock)) return false;
  const broom = `${lock}.broom`;
  try {
    mkdirSync(broom);
  } catch {
    const leftBehind = Date.now() - (statSync(broom, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > staleAfterMs;
    if (leftBehind) rmSync(broom, { recursive: true, force: true });
    return false;
  }
  const stillStale = isStale(lock);
  if (stillStale) takeAway(lock);
  rmSync(broom, { recursive: true, force: true });
  return stillStale;
}

function release(lock) {
  try {
    const { pids, host } = JSON.parse(readFileSync(`${lock}/owner`, 'utf8'));
    if (pids[0] === process.pid && host === hostname()) takeAway(lock);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** In one step: emptied in its place, it could be taken by another before it is removed, and be removed with that one in it. */
function takeAway(lock) {
  const gone = `${lock}.${hostname()}.${process.pid}.gone`;
  try {
    renameSync(lock, gone);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  rmSync(gone, { recursive: true, force: true });
}

/**
 * Runs `work` while holding the lock folder `lock`; `onWait` is called once if another process holds it. `work` is given a
 * function to name a child by its pid: the lock then stays while that child lives, even if this process is killed.
 */
export async function oneAtATime({ lock, onWait, work }) {
  const startedAt = Date.now();
  let told = false;
  while (!take(lock)) {
    if (clearIfStale(lock)) continue;
    if (!told) onWait();
    told = true;
    if (Date.now() - startedAt > waitMaxMs) throw new Error(`gave up waiting for ${lock}; remove it if nothing runs`);
    await sleep(pollMs);
  }
  // A lock that was taken away meanwhile is no reason to stop half-way: the failing touch is ignored.
  const touch = setInterval(() => utimes(lock, new Date(), new Date(), () => {}), touchEveryMs);
  try {
    return await work((childPid) => writeFileSync(`${lock}/owner`, owner([childPid])));
  } finally {
    clearInterval(touch);
    release(lock);
  }
}
